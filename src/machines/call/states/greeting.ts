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
    'caller.committed': {
      actions: [{ type: 'recordTurn', params: ({ event }) => event.itemId }, 'recordCommitted'],
    },
    'playback.finished': [
      {
        guard: 'isTurnOwed',
        target: 'listening.awaitingReply',
        actions: [{ type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard }, 'tellModelToReply'],
      },
      {
        target: 'listening',
        actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard },
      },
    ],
  },
  states: {
    choosing: {
      always: [
        { guard: 'hasGreeted', target: '#call.conversing.listening' },
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
            target: '#call.conversing.listening.apologizing',
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
            target: '#call.conversing.listening.apologizing',
            actions: ['tellModelToCancel', 'recordStumble'],
          },
        ],
      },
    },

    /** The caller speaks before the greeting can be heard: it answers them, and comes when it comes. */
    forestalled: {
      on: {
        'playback.started': { target: 'talkedOver', actions: 'recordSpeech' },
        'caller.stoppedSpeaking': 'awaited',
        'caller.committed': {
          target: 'awaited',
          actions: [{ type: 'recordTurn', params: ({ event }) => event.itemId }, 'recordCommitted'],
        },
        'digit.pressed': {
          target: '#call.conversing.listening.callerSpeaking.keying',
          actions: ['tellModelToCancel', { type: 'recordDigit', params: ({ event }) => event.digit }],
        },
        'response.finished': {
          guard: { type: 'isGreetingLost', params: ({ event }) => event.outcome },
          target: 'withheld',
        },
      },
      after: { turnWithin: { target: 'awaited', actions: 'tellModelToCommit' } },
    },

    /** It came to nothing while the caller spoke: it is asked for when they have finished. */
    withheld: {
      on: {
        'caller.stoppedSpeaking': {
          target: 'awaited',
          actions: [{ type: 'tellModelToSpeak', params: 'greeting' }],
        },
        'caller.committed': {
          target: 'awaited',
          actions: [
            { type: 'recordTurn', params: ({ event }) => event.itemId },
            'recordCommitted',
            { type: 'tellModelToSpeak', params: 'greeting' },
          ],
        },
        'digit.pressed': {
          target: '#call.conversing.listening.callerSpeaking.keying',
          actions: { type: 'recordDigit', params: ({ event }) => event.digit },
        },
      },
      after: {
        turnWithin: {
          target: 'awaited',
          actions: ['tellModelToCommit', { type: 'tellModelToSpeak', params: 'greeting' }],
        },
      },
    },

    /** The greeting has begun over the caller's first words. Who goes on speaking did not ask for it. */
    talkedOver: {
      on: {
        // Again, while they hear it: that is no first word any more.
        'caller.startedSpeaking': '#call.conversing.interrupted',
        'caller.stoppedSpeaking': 'audible',
        'caller.committed': {
          target: 'audible',
          actions: [{ type: 'recordTurn', params: ({ event }) => event.itemId }, 'recordCommitted'],
        },
        'digit.pressed': {
          target: '#call.conversing.listening.callerSpeaking.keying',
          actions: [
            'tellPhoneToClear',
            'tellModelToCancel',
            { type: 'recordDigit', params: ({ event }) => event.digit },
          ],
        },
        'playback.finished': {
          target: '#call.conversing.listening.callerSpeaking',
          actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard },
        },
      },
      after: { doubtWithin: '#call.conversing.interrupted' },
    },

    /** The greeting is being heard. */
    audible: {
      on: {
        'caller.startedSpeaking': '#call.conversing.interrupted',
      },
      after: { speakWithin: '#call.conversing.listening' },
    },
  },
});
