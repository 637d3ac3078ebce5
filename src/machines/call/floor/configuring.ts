import { lateModel } from '../call.lateness.ts';
import { callSetup } from '../call.setup.ts';

/**
 * Both legs are up, and the model has yet to confirm its configuration: formats,
 * voice, tools, turn detection. Passed through at once when it already has.
 */
export const configuring = callSetup.createStateConfig({
  always: [
    {
      guard: 'isSessionGone',
      target: '#floor.ending.apologizing',
      actions: { type: 'recordEnd', params: 'failed' },
    },
    { guard: 'isLive', target: 'conversing' },
  ],
  on: {
    'playback.started': { description: 'The greeting clip is audible.' },
  },
  after: {
    configureWithin: {
      target: '#floor.ending.apologizing',
      actions: [
        { type: 'announceFailure', params: lateModel },
        { type: 'recordEnd', params: 'failed' },
      ],
    },
  },
});
