import { lateModel, lateStream } from '../call.lateness.ts';
import { callSetup } from '../call.setup.ts';

/**
 * The caller hears ringing, or the first moment of silence. Two things happen
 * side by side, and only here: the phone leg waits for its stream, and the model
 * leg opens its session and is configured, so that no round trip is left for later.
 */
export const connecting = callSetup.createStateConfig({
  type: 'parallel',
  on: {
    'model.configured': { actions: 'recordConfigured' },
    'playback.started': { description: 'The clip that greets can be heard.' },
    'playback.finished': {
      actions: [{ type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard }, 'recordGreeted'],
    },
  },
  onDone: 'configuring',
  after: {
    connectWithin: [
      // Without a stream nobody could be heard, whatever the model did.
      {
        guard: 'isStreamAwaited',
        target: '#call.ending.apologizing',
        actions: [
          { type: 'recordFailure', params: lateStream },
          { type: 'announceFailure', params: lateStream },
        ],
      },
      {
        target: '#call.ending.apologizing',
        actions: [
          { type: 'recordFailure', params: lateModel },
          { type: 'announceFailure', params: lateModel },
        ],
      },
    ],
  },
  states: {
    phone: {
      initial: 'awaited',
      states: {
        /** The TwiML is out; the carrier opens its stream next. */
        awaited: {
          on: {
            'phone.attached': [
              { guard: 'isGreetingByClip', target: 'up', actions: 'tellLegsToGreet' },
              { target: 'up' },
            ],
          },
        },
        up: { type: 'final' },
      },
    },
    model: {
      initial: 'opening',
      states: {
        /** The socket to the model is being opened. */
        opening: { on: { 'model.opened': { target: 'up', actions: 'tellModelToConfigure' } } },
        up: { type: 'final' },
      },
    },
  },
});
