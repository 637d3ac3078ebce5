import { noteOf } from '../../../errors.ts';
import { callSetup } from '../call.setup.ts';

/**
 * How far the session with the model has come, as the session tells it: a chart of its own, which lives here as long as
 * the call. That one acts; this one is what the floor asks.
 */
export const session = callSetup.createStateConfig({
  id: 'session',
  initial: 'opening',
  invoke: {
    id: 'model',
    src: 'modelSession',
    input: ({ context: { callSid, restored } }) => ({
      callSid,
      ...(restored && { history: restored.history }),
      ...(restored?.keptTools && { keptTools: restored.keptTools }),
    }),
    onError: {
      actions: { type: 'raiseModelLost', params: ({ event }) => noteOf(event.error, 'CALL_FAILED') },
    },
  },
  on: {
    'model.lost': [
      {
        guard: 'isModelMissed',
        target: '.gone',
        actions: { type: 'announceFailure', params: ({ event }) => event.error },
      },
      // Who comes back to the agent will miss it.
      { target: '.gone', actions: { type: 'recordFailure', params: ({ event }) => event.error } },
    ],
    'model.refused': [
      {
        guard: 'isModelMissed',
        target: '.gone',
        actions: { type: 'announceFailure', params: ({ event }) => event.error },
      },
      { target: '.gone', actions: { type: 'recordFailure', params: ({ event }) => event.error } },
    ],
    'response.finished': { actions: { type: 'recordAudio', params: ({ event }) => event.outcome } },
    'tools.withdrawn': { actions: { type: 'tellModelToKeepTools', params: ({ event }) => event.kept } },
    'agent.startedItem': { description: 'Goes to the transcript: the place of the item.' },
    'agent.said': { description: 'Goes to the transcript: the words that were heard.' },
    'usage.reported': { description: 'Recorded only.' },
    'model.rotated': { description: 'Recorded only: nothing has come to an end.' },
  },
  states: {
    /** The socket to the model is being opened. */
    opening: {
      always: { guard: 'isModelDoneWith', target: 'gone' },
      on: {
        'call.restored': {
          guard: { type: 'hasTalked', params: ({ event }) => event.restored },
          target: 'reconnecting',
        },
        'model.opened': 'configuring',
        'model.disconnected': { actions: { type: 'recordFailure', params: ({ event }) => event.error } },
      },
    },

    /** The far end has yet to confirm formats, voice, tools and turn detection. */
    configuring: {
      always: { guard: 'isModelDoneWith', target: 'gone' },
      on: {
        'model.configured': 'live',
        'model.disconnected': {
          target: 'opening',
          actions: { type: 'recordFailure', params: ({ event }) => event.error },
        },
      },
    },

    /** The model hears the caller, and can be asked to speak. */
    live: {
      always: { guard: 'isModelDoneWith', target: 'gone' },
      on: {
        'model.disconnected': {
          target: 'reconnecting',
          actions: { type: 'recordFailure', params: ({ event }) => event.error },
        },
      },
    },

    /** The socket was lost, and the session is at the next one: it will know what was said, and is asked for what was owed. */
    reconnecting: {
      initial: 'brief',
      always: { guard: 'isModelDoneWith', target: 'gone' },
      on: {
        'model.opened': { description: 'Expected: the next socket is open.' },
        'model.configured': 'live',
        'model.disconnected': { actions: { type: 'recordFailure', params: ({ event }) => event.error } },
      },
      after: {
        reconnectWithin: [
          { guard: 'isModelMissed', target: 'gone', actions: 'announceOldFailure' },
          { target: 'gone' },
        ],
      },
      states: {
        /** So short that nobody notices. */
        brief: { after: { holdAfter: 'long' } },

        /** Whoever waits for a reply is to be told. */
        long: { always: { guard: 'isReplyAwaited', target: 'held', actions: 'tellPhoneToHold' } },

        /** A clip has asked the caller to wait: once for each loss. */
        held: {},
      },
    },

    /** Refused, lost, or not needed any more. */
    gone: {
      entry: 'tellModelToClose',
      on: {
        'model.lost': { description: 'Ignored: the session was closed here, or reported before.' },
        'model.refused': { description: 'Ignored: the session was closed here.' },
      },
    },
  },
});
