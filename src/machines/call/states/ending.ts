import { callSetup } from '../call.setup.ts';

/**
 * The call ends: the goodbye is heard to its end, the line closes, late words
 * are collected. Nothing speaks after `closing`; every way through is bounded.
 */
export const ending = callSetup.createStateConfig({
  initial: 'farewell',
  on: {
    'hangup.requested': { description: 'It is ending already.' },
    'model.lost': { description: 'It was closed here, or is not missed any more.' },
    'model.refused': { description: 'Too late to matter.' },
  },
  states: {
    /** The agent parts with the caller, who may still think of something. */
    farewell: {
      initial: 'choosing',
      entry: 'recordAnswered',
      on: {
        'caller.startedSpeaking': {
          guard: 'isFreeToStay',
          target: '#call.conversing.interrupted',
        },
        'hangup.requested': {
          target: '#call.ending.closing',
          actions: ['tellPhoneToClear', 'tellModelToCancel'],
        },
        'caller.committed': { actions: 'recordCommitted' },
        'model.lost': 'apologizing',
      },
      states: {
        choosing: {
          always: [
            { guard: 'hasSpokenWithTools', target: '#call.ending.closing' },
            // Whatever else was about to be said would pass for the goodbye.
            {
              target: 'asking',
              actions: ['tellModelToCancel', { type: 'tellModelToSpeak', params: 'goodbye' }],
            },
          ],
        },

        /** The model has been asked for the goodbye. */
        asking: {
          on: {
            'playback.started': { target: 'hearing', actions: 'recordSpeech' },
            'response.finished': [
              {
                guard: { type: 'isNoGoodbye', params: ({ event }) => event },
                target: '#call.ending.closing',
              },
              {
                guard: { type: 'isGoodbye', params: ({ event }) => event },
                target: 'hearing',
                actions: { type: 'recordResponseEnd', params: ({ event }) => event.outcome },
              },
            ],
          },
          after: { partWithin: '#call.ending.closing' },
        },

        /** The goodbye is being heard. Once it is generated, its length bounds how long that may take. */
        hearing: {
          on: {
            'response.finished': {
              target: 'hearing',
              reenter: true,
              actions: { type: 'recordResponseEnd', params: ({ event }) => event.outcome },
            },
            'playback.finished': {
              target: '#call.ending.closing',
              actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard },
            },
          },
          after: { farewellWithin: '#call.ending.closing' },
        },
      },
    },

    /** The model is gone for good: a clip apologises, as soon as there is a stream to play it on. */
    apologizing: {
      entry: ['tellModelToClose', { type: 'tellPhoneToPlay', params: 'failed' }],
      on: {
        'phone.attached': { description: 'Now the clip can be heard.' },
        'playback.finished': 'closing',
      },
      after: { apologyWithin: 'closing' },
    },

    /** Everything was heard; the last word travels to the ear, then the stream is left. */
    closing: {
      on: {
        // The far end has begun something by itself.
        'playback.started': { actions: ['tellPhoneToClear', 'tellModelToCancel'] },
      },
      after: { closeAfter: 'settling' },
    },

    /** The line is closed. Words of the caller that are still being transcribed are waited for, briefly. */
    settling: {
      entry: 'tellPhoneToHangUp',
      always: { guard: 'hasAllWords', target: '#call.ended' },
      on: {
        'phone.stopped': { description: 'The carrier confirms.' },
        'phone.completed': { description: 'The carrier confirms once more.' },
        'phone.lost': { description: 'The carrier confirms, in its way.' },
        'model.lost': '#call.ended',
      },
      after: { settleWithin: '#call.ended' },
    },
  },
});
