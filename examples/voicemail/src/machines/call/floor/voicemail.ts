import { callSetup } from '../call.setup.ts';

/**
 * Nobody is there: the caller hears so, and may leave a note; the model answers nothing of it. This says who may speak, and
 * when the caller has finished. What they say is the affair of `note`, which lives longer.
 */
export const voicemail = callSetup.createStateConfig({
  initial: 'asking',
  always: [
    {
      guard: 'isSessionGone',
      target: '#floor.ending.apologizing',
      actions: { type: 'recordEnd', params: 'failed' },
    },
    {
      guard: 'isGoodbyeDue',
      target: '#floor.ending.farewell',
      actions: ['tellPhoneToClear', { type: 'recordEnd', params: 'max_duration' }],
    },
  ],
  states: {
    /** The model has been asked for the message; nothing can be heard yet. */
    asking: {
      entry: { type: 'tellModelToSay', params: ({ context }) => context.voicemail ?? '' },
      on: {
        'playback.started': 'announcing',
        'caller.startedSpeaking': {
          target: 'forestalled',
          actions: ['tellPhoneToClear', 'tellModelToCancel'],
        },
        'response.finished': {
          guard: { type: 'isEmpty', params: ({ event }) => event.outcome },
          target: '#floor.ending.apologizing',
          actions: { type: 'recordEnd', params: 'failed' },
        },
      },
      after: {
        askWithin: {
          target: '#floor.ending.apologizing',
          actions: ['tellModelToCancel', { type: 'recordEnd', params: 'failed' }],
        },
      },
    },

    /** The caller speaks before the message can be heard: it is said when they have finished. */
    forestalled: {
      on: { 'caller.stoppedSpeaking': 'asking', 'caller.committed': 'asking' },
      after: { turnWithin: { target: 'asking', actions: 'tellModelToCommit' } },
    },

    /** The message is being heard. Who speaks now knows what it says. */
    announcing: {
      on: {
        'playback.finished': 'quiet',
        'caller.startedSpeaking': {
          target: 'speaking',
          actions: ['tellPhoneToClear', 'tellModelToCancel'],
        },
      },
      after: {
        messageWithin: { target: 'quiet', actions: ['tellPhoneToClear', 'tellModelToCancel'] },
      },
    },

    /** Nobody speaks: the caller thinks, or has finished. */
    quiet: {
      on: { 'caller.startedSpeaking': 'speaking' },
      after: {
        noteAfter: {
          target: '#floor.ending.farewell',
          actions: { type: 'recordEnd', params: 'completed' },
        },
      },
    },

    /** The caller says what they called for. */
    speaking: {
      on: { 'caller.stoppedSpeaking': 'quiet', 'caller.committed': 'quiet' },
      after: { turnWithin: { target: 'quiet', actions: 'tellModelToCommit' } },
    },
  },
});
