import { contextOf } from './call.context.ts';
import { callSetup } from './call.setup.ts';
import { configuring } from './states/configuring.ts';
import { connecting } from './states/connecting.ts';
import { conversing } from './states/conversing.ts';
import { ending } from './states/ending.ts';
import { transferring } from './states/transferring.ts';

/**
 * One phone call, from the first ring to the last word.
 *
 * Both legs are invoked here, above every state, because they live exactly as
 * long as the call does; tool calls are spawned under slot ids. What may happen
 * at any time is taken here; everything else is in the state that it belongs to.
 * The story of each state: docs/statecharts/call.md.
 *
 * Places kept for what is to come: `reconnecting`, a sibling of `configuring`
 * that `model.lost` will lead to, and `awaitingStream`, a sibling of
 * `transferring.returning` that `phone.lost` will lead to.
 */
export const callMachine = callSetup.createMachine({
  id: 'call',
  context: ({ input }) => contextOf(input),
  output: ({ context }) => ({ reason: context.endReason ?? 'completed' }),
  invoke: [
    {
      id: 'phone',
      src: 'phoneLeg',
      input: ({ context: { callSid } }) => ({ callSid }),
      onError: { target: '.ending.settling', actions: { type: 'recordEnd', params: 'failed' } },
    },
    {
      id: 'model',
      src: 'modelLeg',
      input: ({ context: { callSid } }) => ({ callSid }),
      onError: [
        {
          guard: 'isOpen',
          target: '.ending.apologizing',
          actions: { type: 'recordEnd', params: 'failed' },
        },
        { description: 'Too late to matter.' },
      ],
    },
  ],

  initial: 'connecting',
  on: {
    'phone.stopped': {
      target: '.ending.settling',
      actions: { type: 'recordHangUp', params: ({ event }) => event.heard },
    },
    'phone.lost': {
      target: '.ending.settling',
      actions: { type: 'recordLoss', params: ({ event }) => event },
    },
    'phone.completed': {
      target: '.ending.settling',
      actions: { type: 'recordEnd', params: ({ event }) => (event.failed ? 'failed' : 'caller_hung_up') },
    },
    'model.refused': {
      target: '.ending.apologizing',
      actions: [
        { type: 'recordFailure', params: ({ event }) => event.error },
        { type: 'announceFailure', params: ({ event }) => event.error },
      ],
    },
    'model.lost': {
      target: '.ending.apologizing',
      actions: [
        { type: 'recordFailure', params: ({ event }) => event.error },
        { type: 'announceFailure', params: ({ event }) => event.error },
      ],
    },
    'hangup.requested': {
      target: '.ending.closing',
      actions: ['tellPhoneToClear', 'tellModelToCancel', { type: 'recordEnd', params: 'operator' }],
    },

    'caller.committed': { actions: 'recordCommitted' },
    'caller.keptSilent': { description: 'Counts while nobody speaks; elsewhere it came late.' },
    'caller.said': { actions: 'recordWords' },
    'caller.unclear': { actions: 'recordWords' },
    'playback.finished': {
      actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard },
    },
    'playback.cleared': {
      actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard },
    },
    'tools.withdrawn': { actions: { type: 'tellModelToKeepTools', params: ({ event }) => event.kept } },
    'tool.cameLate': { description: 'Goes to the record: nobody talks with the model now.' },
    'tool.settled': { actions: { type: 'settleToolCall', params: ({ event }) => event } },
    'transcript.filled': [
      {
        guard: 'isConversing',
        target: '.ending.farewell',
        actions: ['tellPhoneToClear', 'tellModelToCancel', { type: 'recordEnd', params: 'max_duration' }],
      },
      { description: 'It ends already, or the two do not talk.' },
    ],
    'recording.requested': {
      guard: 'isRecorded',
      actions: { type: 'announceRecordingRequest', params: ({ event }) => event },
    },
    'agent.startedItem': { description: 'Goes to the transcript: the place of the item.' },
    'agent.said': { description: 'Goes to the transcript: the words that were heard.' },
    'usage.reported': { description: 'Goes to the record.' },
  },
  after: {
    lastWordsAfter: [
      { guard: 'isCallerFirst', actions: 'recordLastWords' },
      { guard: 'isConversing', actions: { type: 'tellModelToSpeak', params: 'lastMinute' } },
    ],
    maxCall: [
      {
        guard: 'isFreeToPart',
        target: '.ending.farewell',
        actions: [
          // The caller was warned: what is being said now is broken off, so that the goodbye comes in time.
          'tellPhoneToClear',
          'tellModelToCancel',
          { type: 'recordEnd', params: 'max_duration' },
        ],
      },
      { actions: 'recordGoodbyeOwed' },
    ],
  },

  states: {
    connecting,
    configuring,
    conversing,
    transferring,
    ending,

    /** Final: XState stops both legs and every tool still running. */
    ended: { type: 'final', entry: 'announceEnd' },
  },
});
