import { callSetup } from '../call.setup.ts';

/**
 * The caller has the floor: they are silent, they speak, they key in digits, or
 * they have finished and wait for the reply, which nobody can hear yet.
 */
export const listening = callSetup.createStateConfig({
  initial: 'quiet',
  entry: 'recordSilentTools',
  states: {
    /** Nobody speaks. Silence is counted from the last word that was heard. */
    quiet: {
      always: [
        { guard: 'isAnswerOwed', target: '#call.conversing.toolExecuting' },
        { guard: 'areLastWordsOwed', target: 'awaitingReply', actions: 'tellModelToWarn' },
      ],
      on: {
        'caller.startedSpeaking': 'callerSpeaking',
        // The far end asks, where the profile lets it: that counts as well.
        'caller.keptSilent': [
          { guard: 'hasPromptsLeft', target: 'awaitingReply', actions: 'recordPrompt' },
          { target: '#call.ending.farewell', actions: { type: 'recordEnd', params: 'idle' } },
        ],
        'caller.committed': [
          {
            guard: { type: 'isKnownNoise', params: ({ event }) => event.itemId },
            actions: 'recordCommitted',
          },
          {
            guard: 'isChartOwningTurns',
            target: 'awaitingReply',
            actions: ['recordCommitted', 'tellModelToReply'],
          },
          { target: 'awaitingReply', actions: 'recordCommitted' },
        ],
        'playback.started': '#call.conversing.responding',
        'say.requested': {
          target: 'awaitingReply',
          actions: [
            { type: 'recordAsked', params: ({ event }) => ({ purpose: 'say', text: event.text }) },
            { type: 'tellModelToSay', params: ({ event }) => event.text },
          ],
        },
      },
      after: {
        idleAfter: [
          {
            guard: 'hasPromptsLeft',
            target: 'awaitingReply',
            actions: [
              'recordPrompt',
              { type: 'recordAsked', params: { purpose: 'idlePrompt' } },
              { type: 'tellModelToSpeak', params: 'idlePrompt' },
            ],
          },
          { target: '#call.ending.farewell', actions: { type: 'recordEnd', params: 'idle' } },
        ],
      },
    },

    /** The caller is speaking. Keys pressed meanwhile belong to the turn: its answer knows them. */
    callerSpeaking: {
      initial: 'talking',
      on: {
        'caller.stoppedSpeaking': 'awaitingReply',
        'caller.committed': [
          {
            guard: 'isChartOwningTurns',
            target: 'awaitingReply',
            actions: ['recordCommitted', 'tellModelToReply'],
          },
          {
            guard: 'isAnswerOwed',
            target: 'awaitingReply',
            actions: ['recordCommitted', 'tellModelToReply'],
          },
          { target: 'awaitingReply', actions: 'recordCommitted' },
        ],
        // Somebody made the agent speak into the caller's turn: the caller wins.
        'playback.started': '#call.conversing.interrupted',
      },
      after: {
        turnWithin: [
          { guard: 'areDigitsPending', target: 'enteringDigits', actions: 'tellModelToCommit' },
          // The turn is told as committed, and answered by that.
          { guard: 'isChartOwningTurns', target: 'awaitingReply', actions: 'tellModelToCommit' },
          { target: 'awaitingReply', actions: ['tellModelToCommit', 'tellModelToReply'] },
        ],
      },
      states: {
        talking: {
          on: {
            'digit.pressed': {
              target: 'keying',
              actions: { type: 'recordDigit', params: ({ event }) => event.digit },
            },
          },
        },

        /** They speak, and an entry of digits has not ended: the turn is over when both are. */
        keying: {
          on: {
            'digit.pressed': [
              {
                guard: { type: 'isEntryEnd', params: ({ event }) => event.digit },
                target: 'talking',
                actions: 'tellModelTheDigits',
              },
              {
                target: 'keying',
                reenter: true,
                actions: { type: 'recordDigit', params: ({ event }) => event.digit },
              },
            ],
            'caller.stoppedSpeaking': '#call.conversing.listening.enteringDigits',
            'caller.committed': {
              target: '#call.conversing.listening.enteringDigits',
              actions: 'recordCommitted',
            },
            'playback.started': { actions: ['tellPhoneToClear', 'tellModelToCancel'] },
          },
          after: { digitWithin: { target: 'talking', actions: 'tellModelTheDigits' } },
        },
      },
    },

    /** The caller has finished; the model thinks. */
    awaitingReply: {
      on: {
        'caller.startedSpeaking': { target: 'callerSpeaking', actions: 'tellModelToCancel' },
        'caller.committed': [
          {
            guard: { type: 'isKnownNoise', params: ({ event }) => event.itemId },
            actions: 'recordCommitted',
          },
          { guard: 'isChartOwningTurns', actions: ['recordCommitted', 'tellModelToReply'] },
          { guard: 'isAnswerOwed', actions: ['recordCommitted', 'tellModelToReply'] },
          { actions: 'recordCommitted' },
        ],
        'playback.started': '#call.conversing.responding',
        'response.finished': [
          {
            guard: { type: 'hasCalledTools', params: ({ event }) => event.outcome },
            target: '#call.conversing.toolExecuting',
            actions: { type: 'recordResponseEnd', params: ({ event }) => event.outcome },
          },
          {
            guard: { type: 'isEmpty', params: ({ event }) => event.outcome },
            target: 'stumbling',
            actions: { type: 'recordResponseEnd', params: ({ event }) => event.outcome },
          },
        ],
      },
      after: {
        replyWithin: { target: 'stumbling', actions: 'tellModelToCancel' },
      },
    },

    /** What was owed came to nothing. Asked for once more; then a clip says sorry; after three in a row the call is given up. */
    stumbling: {
      always: [
        { guard: 'hasRetriesLeft', target: 'awaitingReply', actions: ['recordRetry', 'tellModelAgain'] },
        { guard: 'isFailingWithPerson', target: '#call.transferring.dialing' },
        {
          guard: 'isFailingForGood',
          target: '#call.ending.apologizing',
          actions: { type: 'recordEnd', params: 'failed' },
        },
        { target: 'apologizing', actions: 'recordStumble' },
      ],
    },

    /** A clip says sorry and asks the caller to say it again. */
    apologizing: {
      entry: { type: 'tellPhoneToPlay', params: 'sorry' },
      on: {
        'playback.finished': {
          target: 'quiet',
          actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard },
        },
        'caller.startedSpeaking': '#call.conversing.interrupted',
      },
      after: { apologyWithin: 'quiet' },
    },

    /** The caller keys in digits, and is silent: an entry ends by `#` or by a pause, and reaches the model as text. */
    enteringDigits: {
      on: {
        'caller.startedSpeaking': 'callerSpeaking.keying',
        'digit.pressed': [
          {
            guard: { type: 'isEntryEnd', params: ({ event }) => event.digit },
            target: 'awaitingReply',
            actions: ['tellModelTheDigits', 'tellModelToReply'],
          },
          {
            target: 'enteringDigits',
            reenter: true,
            actions: { type: 'recordDigit', params: ({ event }) => event.digit },
          },
        ],
        // What began before the entry has ended does not know it.
        'response.started': {
          actions: [
            { type: 'recordResponseStart', params: ({ event }) => event.purpose },
            'tellModelToCancel',
          ],
        },
        'playback.started': { actions: ['tellPhoneToClear', 'tellModelToCancel'] },
      },
      after: {
        digitWithin: { target: 'awaitingReply', actions: ['tellModelTheDigits', 'tellModelToReply'] },
      },
    },
  },
});
