import { lateModel, lateStream } from '../call.lateness.ts';
import { callSetup } from '../call.setup.ts';

/**
 * The caller hears ringing, or the first moment of silence. Line and session come
 * up side by side, so that no round trip is left for later.
 */
export const connecting = callSetup.createStateConfig({
  always: [
    {
      guard: 'isSessionGone',
      target: '#floor.ending.apologizing',
      actions: { type: 'recordEnd', params: 'failed' },
    },
    { guard: 'isUp', target: 'configuring' },
  ],
  on: {
    'playback.started': { description: 'The greeting clip is audible.' },
  },
  after: {
    connectWithin: [
      // Without a stream nobody could be heard, whatever the model did.
      {
        guard: 'isStreamAwaited',
        target: '#floor.ending.apologizing',
        actions: [
          { type: 'announceFailure', params: lateStream },
          { type: 'recordEnd', params: 'failed' },
        ],
      },
      {
        target: '#floor.ending.apologizing',
        actions: [
          { type: 'announceFailure', params: lateModel },
          { type: 'recordEnd', params: 'failed' },
        ],
      },
    ],
  },
});
