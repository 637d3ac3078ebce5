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
    'caller.startedSpeaking': { description: 'The greeting answers it.' },
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
        'response.finished': [
          {
            guard: { type: 'isEmptyWithRetriesLeft', params: ({ event }) => event.outcome },
            target: 'awaited',
            reenter: true,
            actions: ['recordRetry', { type: 'tellModelToSpeak', params: 'greeting' }],
          },
          {
            guard: { type: 'isEmpty', params: ({ event }) => event.outcome },
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

    /** The greeting is being heard. */
    audible: {
      on: {
        'caller.startedSpeaking': '#call.conversing.interrupted',
      },
      after: { speakWithin: '#call.conversing.listening' },
    },
  },
});
