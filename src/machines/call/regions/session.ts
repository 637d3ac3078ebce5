import { noteOf } from '../../../errors.ts';
import { callSetup } from '../call.setup.ts';

/**
 * How far the session with the model has come, as the session tells it: a chart of its own, which lives here as long as
 * the call. That one acts; this one is what the floor asks.
 *
 * Place kept for what is to come: `reconnecting`, beside `live`, while the session opens its next socket.
 */
export const session = callSetup.createStateConfig({
  id: 'session',
  initial: 'opening',
  invoke: {
    id: 'model',
    src: 'modelSession',
    input: ({ context: { callSid } }) => ({ callSid }),
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
  },
  states: {
    /** The socket to the model is being opened. */
    opening: {
      always: { guard: 'isModelDoneWith', target: 'gone' },
      on: { 'model.opened': 'configuring' },
    },

    /** The far end has yet to confirm formats, voice, tools and turn detection. */
    configuring: {
      always: { guard: 'isModelDoneWith', target: 'gone' },
      on: { 'model.configured': 'live' },
    },

    /** The model hears the caller, and can be asked to speak. */
    live: { always: { guard: 'isModelDoneWith', target: 'gone' } },

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
