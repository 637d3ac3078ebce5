import { callSetup } from '../call.setup.ts';

/**
 * The caller has the floor: they are silent, they speak, they key in digits, or
 * they have finished and wait for the reply, which nobody can hear yet.
 */
export const listening = callSetup.createStateConfig({
  initial: 'quiet',
  states: {
    /** Nobody speaks. Silence is counted from the last word that was heard. */
    quiet: {
      always: [
        { guard: 'isTurnOwed', target: 'awaitingReply', actions: 'tellModelToReply' },
        { guard: 'isAnswerOwed', target: '#floor.conversing.toolExecuting' },
      ],
      on: {
        'caller.startedSpeaking': 'callerSpeaking',
        // The far end asks, where the profile lets it: that counts as well.
        'caller.keptSilent': [
          { guard: 'hasPromptsLeft', target: 'awaitingReply', actions: 'recordPrompt' },
          {
            target: '#floor.ending.farewell',
            actions: [{ type: 'recordEnd', params: 'idle' }, 'wantEnd'],
          },
        ],
        'caller.committed': [
          {
            guard: { type: 'isKnownNoise', params: ({ event }) => event.itemId },
            description: 'Ignored: the sound was noise, not a turn.',
          },
          { guard: 'isChartOwningTurns', target: 'awaitingReply', actions: 'tellModelToReply' },
          { target: 'awaitingReply' },
        ],
        'playback.started': '#floor.conversing.responding',
        'consent.wanted': {
          target: 'awaitingReply',
          actions: [
            {
              type: 'recordAsked',
              params: ({ context }) => ({ purpose: 'say', text: context.announcement }),
            },
            'tellModelToAnnounce',
          ],
        },
        'handOver.requested': { guard: 'isAtRest', target: '#call.handedOver' },
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
          {
            target: '#floor.ending.farewell',
            actions: [{ type: 'recordEnd', params: 'idle' }, 'wantEnd'],
          },
        ],
      },
    },

    /** The caller is speaking. Keys pressed meanwhile belong to the turn: its answer knows them. */
    callerSpeaking: {
      initial: 'talking',
      on: {
        'caller.stoppedSpeaking': 'awaitingReply',
        'caller.committed': [
          { guard: 'isChartOwningTurns', target: 'awaitingReply', actions: 'tellModelToReply' },
          { guard: 'isAnswerOwed', target: 'awaitingReply', actions: 'tellModelToReply' },
          { target: 'awaitingReply' },
        ],
        // Somebody made the agent speak into the caller's turn: the caller wins.
        'playback.started': '#floor.conversing.interrupted',
        // A new session has not heard the turn begin, and may not hear it end.
        'model.configured': '.rejoining',
      },
      after: {
        turnWithin: [
          { guard: 'isKeying', target: 'enteringDigits', actions: 'tellModelToCommit' },
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
              actions: { type: 'recordFirstDigit', params: ({ event }) => event.digit },
            },
          },
        },

        /** The session is another one than heard the caller begin: it hears them too, or they have finished meanwhile. */
        rejoining: {
          on: { 'caller.startedSpeaking': 'talking' },
          after: {
            rejoinWithin: {
              target: '#floor.conversing.listening.awaitingReply',
              actions: 'tellModelToReply',
            },
          },
        },

        /** The caller speaks, and an entry of digits has not ended: the turn is over when both are. */
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
            'caller.stoppedSpeaking': '#floor.conversing.listening.enteringDigits',
            'caller.committed': '#floor.conversing.listening.enteringDigits',
            'phone.lost': {
              guard: { type: 'isRecoverable', params: ({ event }) => event.error },
              target: '#floor.awaitingStream.replyOwed',
              actions: 'tellModelTheDigits',
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
            description: 'Ignored: the sound was noise, not a turn.',
          },
          { guard: 'isChartOwningTurns', actions: 'tellModelToReply' },
          { guard: 'isAnswerOwed', actions: 'tellModelToReply' },
        ],
        'playback.started': '#floor.conversing.responding',
        'response.finished': [
          {
            guard: { type: 'hasCalledTools', params: ({ event }) => event.outcome },
            target: '#floor.conversing.toolExecuting',
          },
          { guard: { type: 'isEmpty', params: ({ event }) => event.outcome }, target: 'stumbling' },
        ],
      },
      after: {
        replyWithin: { target: 'stumbling', actions: 'tellModelToCancel' },
      },
    },

    /** What was owed came to nothing. Asked for once more; then a clip says sorry; after three in a row the call is given up. */
    stumbling: {
      always: [
        // It is still owed: what asks for it again is the next session.
        { guard: 'isReconnecting', target: 'awaitingReply', actions: 'tellModelAgain' },
        { guard: 'hasRetriesLeft', target: 'awaitingReply', actions: ['recordRetry', 'tellModelAgain'] },
        { guard: 'isFailingWithPerson', target: '#floor.transferring.dialing' },
        {
          guard: 'isFailingForGood',
          target: '#floor.ending.apologizing',
          actions: { type: 'recordEnd', params: 'failed' },
        },
        { target: 'apologizing', actions: 'recordStumble' },
      ],
    },

    /** A clip says sorry and asks the caller to say it again. */
    apologizing: {
      entry: [{ type: 'tellPhoneToPlay', params: 'sorry' }, 'dropTurn'],
      on: {
        'playback.finished': 'quiet',
        'caller.startedSpeaking': '#floor.conversing.interrupted',
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
        'phone.lost': {
          guard: { type: 'isRecoverable', params: ({ event }) => event.error },
          target: '#floor.awaitingStream.replyOwed',
          actions: 'tellModelTheDigits',
        },
        // What began before the entry has ended does not know it.
        'response.started': { actions: 'tellModelToCancel' },
        'playback.started': { actions: ['tellPhoneToClear', 'tellModelToCancel'] },
      },
      after: {
        digitWithin: { target: 'awaitingReply', actions: ['tellModelTheDigits', 'tellModelToReply'] },
      },
    },
  },
});
