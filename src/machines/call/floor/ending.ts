import { callSetup } from '../call.setup.ts';

/**
 * The call ends: the goodbye is heard to its end, the line closes, late words
 * are collected. Nothing speaks after `closing`; every way through is bounded.
 */
export const ending = callSetup.createStateConfig({
  initial: 'farewell',
  on: {
    'hangup.requested': { description: 'Ignored: the call is ending already.' },
    // It ends as it was decided; the carrier may not have noticed.
    'phone.lost': {
      target: '.settling',
      actions: ['tellPhoneToEndCall', { type: 'recordLoss', params: ({ event }) => event.error }],
    },
  },
  states: {
    /** The agent parts with the caller, who may still think of something. */
    farewell: {
      initial: 'asking',
      always: { guard: 'isSessionGone', target: 'apologizing' },
      on: {
        'caller.startedSpeaking': {
          guard: 'isParting',
          target: '#floor.conversing.interrupted',
        },
        'hangup.requested': {
          target: '#floor.ending.closing',
          actions: ['tellPhoneToClear', 'tellModelToCancel'],
        },
      },
      states: {
        /** The model has been asked for the goodbye: whatever else was about to be said would pass for it. */
        asking: {
          entry: ['tellModelToCancel', { type: 'tellModelToSpeak', params: 'goodbye' }],
          on: {
            'playback.started': { target: 'hearing', actions: 'recordSpeech' },
            'response.finished': [
              {
                guard: { type: 'isNoGoodbye', params: ({ event }) => event },
                target: '#floor.ending.closing',
              },
              { guard: { type: 'isGoodbye', params: ({ event }) => event }, target: 'hearing' },
            ],
          },
          after: { partWithin: '#floor.ending.closing' },
        },

        /** The goodbye is being heard. Once it is generated, its length bounds how long that may take. */
        hearing: {
          on: {
            'response.finished': { target: 'hearing', reenter: true },
            'playback.finished': '#floor.ending.closing',
          },
          after: { farewellWithin: '#floor.ending.closing' },
        },
      },
    },

    /** The model is gone for good: a clip apologises, as soon as there is a stream to play it on. */
    apologizing: {
      entry: { type: 'tellPhoneToPlay', params: 'failed' },
      on: { 'playback.finished': 'closing' },
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
      always: [
        { guard: 'hasAllWords', target: '#call.ended' },
        { guard: 'isSessionGone', target: '#call.ended' },
      ],
      on: {
        'phone.stopped': { description: 'The carrier confirms the end of the stream.' },
        'phone.completed': { description: 'The carrier confirms the end of the call.' },
        'phone.lost': { description: 'The stream is lost: this confirms its end, too.' },
      },
      after: { settleWithin: '#call.ended' },
    },
  },
});
