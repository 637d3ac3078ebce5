import { callSetup } from '../call.setup.ts';

/**
 * The greeting by clip, for calls whose profile wants it: it is heard as soon as there is a stream, and needs no model.
 */
export const clip = callSetup.createStateConfig({
  id: 'clip',
  initial: 'unplayed',
  states: {
    /** There is no stream yet that it could be played on; or the model says the greeting. */
    unplayed: {
      on: {
        'phone.attached': { guard: 'isGreetingByClip', target: 'playing', actions: 'tellLegsToGreet' },
        'call.restored': {
          guard: { type: 'hasTalked', params: ({ event }) => event.restored },
          target: 'heard',
        },
      },
    },

    /** The caller hears it, or is about to. */
    playing: { on: { 'playback.finished': 'heard', 'playback.cleared': 'heard', 'phone.lost': 'heard' } },

    /** The clip was heard to its end, until the caller interrupted it, or until its stream was lost. */
    heard: { type: 'final' },
  },
});
