import { noteOf } from '../../errors.ts';
import { live } from './live.ts';
import { noteOfEnd, sessionSetup } from './session.setup.ts';

/**
 * The session with the model: lives as long as the call, and owns one socket at a time, or two while one takes over from
 * the other. Which of the two slots has the one that counts is in the context.
 *
 * The call says what it wants of the conversation and never asks of which socket. A socket that is lost is followed by
 * the next one, which is told the whole conversation as it was heard, and is asked for what the lost one owed. A far end
 * that is gone for good leaves the items: what was heard of them is still told. How long the caller waits for all of it
 * is bounded by the call.
 */
export const sessionMachine = sessionSetup.createMachine({
  id: 'session',
  context: ({ input }) => ({
    callSid: input.callSid,
    repliesAllowed: false,
    keptTools: input.keptTools,
    history: input.history ?? [],
    owed: [],
    socket: 'socket.0',
    attempts: 0,
    retryAfterMs: 0,
    missed: undefined,
  }),
  invoke: { id: 'items', src: 'agentItems', input: ({ context: { callSid } }) => ({ callSid }) },
  initial: 'open',
  on: {
    settleItems: { actions: { type: 'tellItems', params: ({ event }) => event } },
    rememberClip: { actions: { type: 'tellItems', params: ({ event }) => event } },
    'agent.*': {
      actions: [
        { type: 'recordFact', params: ({ event }) => event },
        { type: 'tellCall', params: ({ event }) => event },
      ],
    },
    allowReplies: { actions: { type: 'recordReplies', params: ({ event }) => event.allowed } },
    keepTools: { actions: { type: 'recordTools', params: ({ event }) => event.names } },
    addMessage: { actions: { type: 'recordMessage', params: ({ event }) => event } },
    answerTool: { actions: { type: 'recordOutput', params: ({ event }) => event } },
    createResponse: { actions: { type: 'recordOwed', params: ({ event }) => event } },
    cancelResponse: { actions: 'forgetOwed' },
    close: '.gone',
  },
  states: {
    /** There is a socket, or an attempt at one. */
    open: {
      initial: 'opening',
      entry: 'openSocket',
      exit: 'letGoOfSockets',
      on: {
        'xstate.error.actor.socket.*': {
          target: 'gone',
          actions: { type: 'tellCallItIsLost', params: ({ event }) => noteOf(event.error, 'CALL_FAILED') },
        },
        'caller.committed': {
          actions: [
            { type: 'recordFact', params: ({ event }) => event },
            { type: 'tellCall', params: ({ event }) => event },
          ],
        },
        'caller.said': {
          actions: [
            { type: 'recordFact', params: ({ event }) => event },
            { type: 'tellCall', params: ({ event }) => event },
          ],
        },
        'tool.requested': {
          actions: [
            { type: 'recordFact', params: ({ event }) => event },
            { type: 'tellCall', params: ({ event }) => event },
          ],
        },
        'caller.*': { actions: { type: 'tellCall', params: ({ event }) => event } },
        'response.*': { actions: { type: 'tellCall', params: ({ event }) => event } },
        'usage.*': { actions: { type: 'tellCall', params: ({ event }) => event } },
        'socket.updated': { description: 'Ignored: no update was sent.' },
        'socket.denied': {
          target: 'gone',
          actions: { type: 'tellCallItIsRefused', params: ({ event }) => noteOfEnd('MODEL_REFUSED', event) },
        },
        'socket.refused': {
          target: 'gone',
          actions: { type: 'tellCallItIsRefused', params: ({ event }) => noteOfEnd('MODEL_REFUSED', event) },
        },
        'socket.closed': [
          {
            guard: 'hasAttemptsLeft',
            target: 'backingOff',
            actions: [
              { type: 'recordLoss', params: ({ event }) => event },
              { type: 'tellCallItIsDisconnected', params: ({ event }) => noteOfEnd('MODEL_LOST', event) },
            ],
          },
          {
            target: 'gone',
            actions: { type: 'tellCallItIsLost', params: ({ event }) => noteOfEnd('MODEL_LOST', event) },
          },
        ],
      },
      states: {
        /** The far end has yet to make a session. */
        opening: {
          on: {
            'socket.opened': {
              target: 'configuring',
              actions: ['tellCallItIsOpen', 'tellSocketToConfigure'],
            },
            'socket.closed': [
              {
                guard: 'hasAttemptsLeft',
                target: '#session.backingOff',
                actions: [
                  { type: 'recordLoss', params: ({ event }) => event },
                  {
                    type: 'tellCallItIsDisconnected',
                    params: ({ event }) => noteOfEnd('MODEL_UNREACHABLE', event),
                  },
                ],
              },
              {
                target: '#session.gone',
                actions: {
                  type: 'tellCallItIsLost',
                  params: ({ event }) => noteOfEnd('MODEL_UNREACHABLE', event),
                },
              },
            ],
          },
          after: { openWithin: { actions: 'raiseTooLate' } },
        },

        /** Formats, voice, tools and turn detection are asked for, and not confirmed yet. */
        configuring: {
          on: {
            'socket.updated': [
              {
                guard: { type: 'isMisfit', params: ({ event }) => event },
                target: '#session.gone',
                actions: {
                  type: 'tellCallItIsRefused',
                  params: ({ event: { misfit = '' } }) => noteOfEnd('MODEL_FORMAT', { detail: misfit }),
                },
              },
              { target: 'live' },
            ],
          },
          after: { settleWithin: { actions: 'raiseTooLate' } },
        },

        live,
      },
    },

    /** The socket was lost, or none could be had. The next attempt waits. */
    backingOff: { after: { backOff: 'open' } },

    /** Closed, lost for good, or refused. Orders to it come to nothing, but for what was heard. */
    gone: {},
  },
});
