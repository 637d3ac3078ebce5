import { rotating } from './rotating.ts';
import { firstWords, lateWords, noteOfEnd, sessionSetup } from './session.setup.ts';

/** The model hears the caller, knows what was put into the conversation, and can be asked to speak. */
export const live = sessionSetup.createStateConfig({
  initial: 'alone',
  entry: ['tellSocketToBegin', 'tellCallItIsConfigured'],
  on: {
    createResponse: { actions: { type: 'tellSocket', params: ({ event }) => event } },
    cancelResponse: { actions: { type: 'tellSocket', params: ({ event }) => event } },
    commitTurn: { actions: { type: 'tellSocket', params: ({ event }) => event } },
    addMessage: {
      actions: [
        { type: 'recordMessage', params: ({ event }) => event },
        { type: 'tellSocket', params: ({ event }) => event },
      ],
    },
    answerTool: {
      actions: [
        { type: 'recordOutput', params: ({ event }) => event },
        { type: 'tellSocket', params: ({ event }) => event },
      ],
    },
    allowReplies: {
      actions: [
        { type: 'recordReplies', params: ({ event }) => event.allowed },
        { type: 'tellSocket', params: ({ event }) => event },
      ],
    },
    keepTools: {
      actions: [
        { type: 'recordTools', params: ({ event }) => event.names },
        { type: 'tellSocket', params: ({ event }) => event },
      ],
    },
    'item.settled': [
      {
        guard: { type: 'isHeardClip', params: ({ event }) => event.item },
        actions: { type: 'tellSocket', params: ({ event }) => firstWords(event.item) },
      },
      {
        guard: { type: 'isInMemory', params: ({ event }) => event.item },
        actions: {
          type: 'tellSocket',
          params: ({ event: { item } }) => ({ type: 'cutItem' as const, item }),
        },
      },
      {
        guard: { type: 'isUntold', params: ({ event }) => event.item },
        actions: { type: 'tellSocket', params: ({ event }) => lateWords(event.item) },
      },
    ],
    // It had worked: there is hope that the next one does at once.
    'socket.closed': {
      guard: 'isFirstLoss',
      target: '#session.open',
      reenter: true,
      actions: [
        { type: 'recordLoss', params: ({ event }) => event },
        { type: 'tellCallItIsDisconnected', params: ({ event }) => noteOfEnd('MODEL_LOST', event) },
      ],
    },
    'socket.updated': { description: 'Expected: an update of the live session is confirmed.' },
    'socket.denied': {
      description: 'Ignored: the error concerns one event, and its sender is told.',
    },
    'socket.fellQuiet': { description: 'Ignored: the session that was to follow has come to nothing.' },
  },
  after: { steadyAfter: { actions: 'recordSteady' } },
  states: {
    /** There is one socket. */
    alone: { on: { 'socket.aged': 'rotating' } },

    rotating,

    /** An attempt at the next session came to nothing. The one that is there goes on, and another attempt waits. */
    resting: { after: { rotateAgain: 'rotating' } },
  },
});
