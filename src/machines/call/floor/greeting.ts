import { callSetup } from '../call.setup.ts';

/**
 * The caller hears the greeting, word for word the profile's. Replies of the
 * far end are held back meanwhile: a caller who says "hello?" first is answered
 * by the greeting, and a turn that was committed under it is answered after it.
 */
export const greeting = callSetup.createStateConfig({
  initial: 'choosing',
  exit: 'tellModelToAllowReplies',
  on: {
    'playback.finished': 'listening',
  },
  states: {
    choosing: {
      always: [
        { guard: 'isGreetingClipHeard', target: '#floor.conversing.listening' },
        { guard: 'isGreetingByClip', target: 'audible' },
        { target: 'awaited', actions: { type: 'tellModelToSpeak', params: 'greeting' } },
      ],
    },

    /** The model has been asked for the greeting; nothing can be heard yet. Twice in vain, and a clip asks the caller to speak. */
    awaited: {
      on: {
        'playback.started': { target: 'audible', actions: 'recordSpeech' },
        'caller.startedSpeaking': 'forestalled',
        'response.finished': [
          {
            guard: { type: 'isGreetingLostWithRetriesLeft', params: ({ event }) => event.outcome },
            target: 'awaited',
            reenter: true,
            actions: ['recordRetry', { type: 'tellModelToSpeak', params: 'greeting' }],
          },
          {
            guard: { type: 'isGreetingLost', params: ({ event }) => event.outcome },
            target: '#floor.conversing.listening.apologizing',
            actions: 'recordStumble',
          },
        ],
      },
      after: {
        greetWithin: [
          {
            guard: 'hasRetriesLeft',
            target: 'awaited',
            reenter: true,
            actions: ['tellModelToCancel', 'recordRetry', { type: 'tellModelToSpeak', params: 'greeting' }],
          },
          {
            target: '#floor.conversing.listening.apologizing',
            actions: ['tellModelToCancel', 'recordStumble'],
          },
        ],
      },
    },

    /** The caller speaks before the greeting can be heard: it answers them, and comes when it comes. */
    forestalled: {
      on: {
        'playback.started': { target: 'talkedOver', actions: 'recordSpeech' },
        'playback.finished': '#floor.conversing.listening.callerSpeaking',
        'caller.stoppedSpeaking': 'awaited',
        'caller.committed': 'awaited',
        // A new session may not hear the turn end. It is asked for the greeting by itself.
        'model.configured': 'awaited',
        'digit.pressed': {
          target: '#floor.conversing.listening.callerSpeaking.keying',
          actions: ['tellModelToCancel', { type: 'recordFirstDigit', params: ({ event }) => event.digit }],
        },
        'response.finished': {
          guard: { type: 'isGreetingLost', params: ({ event }) => event.outcome },
          target: 'withheld',
        },
      },
      after: { turnWithin: { target: 'awaited', actions: 'tellModelToCommit' } },
    },

    /** The greeting failed while the caller spoke: it is requested again when they stop. */
    withheld: {
      on: {
        'playback.finished': { description: 'Ignored: other playback ended, not the greeting.' },
        'model.configured': {
          target: 'awaited',
          actions: { type: 'tellModelToSpeak', params: 'greeting' },
        },
        'caller.stoppedSpeaking': {
          target: 'awaited',
          actions: { type: 'tellModelToSpeak', params: 'greeting' },
        },
        'caller.committed': {
          target: 'awaited',
          actions: { type: 'tellModelToSpeak', params: 'greeting' },
        },
        'digit.pressed': {
          target: '#floor.conversing.listening.callerSpeaking.keying',
          actions: { type: 'recordFirstDigit', params: ({ event }) => event.digit },
        },
      },
      after: {
        turnWithin: {
          target: 'awaited',
          actions: ['tellModelToCommit', { type: 'tellModelToSpeak', params: 'greeting' }],
        },
      },
    },

    /** The greeting became audible over the caller's first words. A caller who speaks on interrupts it. */
    talkedOver: {
      on: {
        // Again, while they hear it: that is no first word any more.
        'caller.startedSpeaking': '#floor.conversing.interrupted',
        'caller.stoppedSpeaking': 'audible',
        'caller.committed': 'audible',
        'digit.pressed': {
          target: '#floor.conversing.listening.callerSpeaking.keying',
          actions: [
            'tellPhoneToClear',
            'tellModelToCancel',
            { type: 'recordFirstDigit', params: ({ event }) => event.digit },
          ],
        },
        'playback.finished': '#floor.conversing.listening.callerSpeaking',
      },
      after: { doubtWithin: '#floor.conversing.interrupted' },
    },

    /** The greeting is being heard. */
    audible: {
      on: {
        'caller.startedSpeaking': '#floor.conversing.interrupted',
      },
      after: {
        speakWithin: {
          target: '#floor.conversing.listening',
          actions: ['tellPhoneToClear', 'tellModelToCancel'],
        },
      },
    },
  },
});
