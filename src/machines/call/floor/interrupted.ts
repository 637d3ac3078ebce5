import { callSetup } from '../call.setup.ts';

/**
 * Barge-in: the caller speaks over the agent, and what the agent had not said
 * yet is never said.
 *
 * By default the playback is cleared in the tick in which the speech was
 * reported, the response is cancelled, and the model's memory is cut to what was
 * heard. Where the profile wants it confirmed, the agent falls silent just as
 * fast, but keeps the unheard rest and goes on with it when no speech follows.
 */
export const interrupted = callSetup.createStateConfig({
  initial: 'deciding',
  entry: {
    type: 'recordDoubt',
    params: ({ event }) => (event.type === 'caller.startedSpeaking' ? event.itemId : undefined),
  },
  states: {
    deciding: {
      always: [
        { guard: 'isConfirming', target: 'doubting', actions: 'tellPhoneToPause' },
        { target: 'cut', actions: ['tellPhoneToClear', 'tellModelToCancel'] },
      ],
    },

    /** Silent, and able to go on: what was heard may have been a cough. */
    doubting: {
      on: {
        'playback.paused': { description: 'The agent is silent; the unheard rest is kept.' },
        'caller.stoppedSpeaking': [
          { guard: { type: 'isNoise', params: ({ event }) => event.speechMs }, target: 'resuming' },
          { target: 'weighing' },
        ],
        'caller.committed': 'weighing',
        // Who presses keys means it.
        'digit.pressed': {
          target: '#floor.conversing.listening.callerSpeaking.keying',
          actions: [
            'tellPhoneToClear',
            'tellModelToCancel',
            'recordFloor',
            { type: 'recordFirstDigit', params: ({ event }) => event.digit },
          ],
        },
      },
      after: {
        doubtWithin: { target: 'cut', actions: ['tellPhoneToClear', 'tellModelToCancel'] },
      },
    },

    /** The sound was long enough for speech; its words decide. */
    weighing: {
      on: {
        'caller.said': [
          {
            guard: { type: 'isOfAnotherTurn', params: ({ event }) => event.itemId },
            description: 'Ignored: the words are from an earlier turn.',
          },
          { guard: { type: 'isWordless', params: ({ event }) => event.text }, target: 'resuming' },
          { target: 'yielding', actions: ['tellPhoneToClear', 'tellModelToCancel'] },
        ],
        'caller.startedSpeaking': { target: 'cut', actions: ['tellPhoneToClear', 'tellModelToCancel'] },
      },
      after: {
        weighWithin: { target: 'yielding', actions: ['tellPhoneToClear', 'tellModelToCancel'] },
      },
    },

    /** The sound was noise: the agent goes on where it stopped. */
    resuming: {
      entry: 'tellPhoneToResume',
      always: [
        { guard: 'isParting', target: '#floor.ending.farewell.hearing' },
        { target: '#floor.conversing.responding' },
      ],
    },

    /** The caller's turn had ended by the time it was believed: it is answered at once. */
    yielding: {
      entry: 'recordFloor',
      on: {
        'playback.cleared': {
          target: '#floor.conversing.listening.awaitingReply',
          actions: [{ type: 'announceInterruption', params: ({ event }) => event.heard }, 'tellModelToReply'],
        },
        'caller.startedSpeaking': 'cut',
      },
      after: { clearWithin: '#floor.conversing.listening.awaitingReply' },
    },

    /** The caller has the floor; the agent's memory ends where the caller stopped listening. */
    cut: {
      entry: 'recordFloor',
      on: {
        'playback.cleared': {
          actions: { type: 'announceInterruption', params: ({ event }) => event.heard },
        },
        'digit.pressed': {
          target: '#floor.conversing.listening.callerSpeaking.keying',
          actions: { type: 'recordFirstDigit', params: ({ event }) => event.digit },
        },
        'model.configured': '#floor.conversing.listening.callerSpeaking.rejoining',
        'caller.stoppedSpeaking': '#floor.conversing.listening.awaitingReply',
        'caller.committed': [
          {
            guard: 'isChartOwningTurns',
            target: '#floor.conversing.listening.awaitingReply',
            actions: 'tellModelToReply',
          },
          { target: '#floor.conversing.listening.awaitingReply' },
        ],
      },
      after: {
        turnWithin: [
          {
            guard: 'isChartOwningTurns',
            target: '#floor.conversing.listening.awaitingReply',
            actions: 'tellModelToCommit',
          },
          {
            target: '#floor.conversing.listening.awaitingReply',
            actions: ['tellModelToCommit', 'tellModelToReply'],
          },
        ],
      },
    },
  },
});
