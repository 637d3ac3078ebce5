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
    'call.restored': [
      {
        guard: { type: 'isOwedTransfer', params: ({ event }) => event.restored },
        target: 'transferring.dialing',
        actions: 'tellModelToAllowReplies',
      },
      {
        guard: { type: 'isOwedGreeting', params: ({ event }) => event.restored },
        target: 'awaitingStream.greetingOwed',
      },
      {
        guard: { type: 'isOwedNothing', params: ({ event }) => event.restored },
        target: 'awaitingStream.quiet',
        actions: 'tellModelToAllowReplies',
      },
      { target: 'awaitingStream.replyOwed', actions: 'tellModelToAllowReplies' },
    ],
    // The stream that the carrier was given never came to us.
    'phone.left': [
      {
        guard: { type: 'mayReturn', params: ({ event }) => event },
        description: 'It is given another stream.',
      },
      { guard: 'hasPerson', target: '#floor.transferring.dialing' },
      { target: '#floor.ending.settling', actions: { type: 'recordEnd', params: 'failed' } },
    ],
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
