import { callSetup } from '../call.setup.ts';

/**
 * How long the call has lasted. A deadline that has passed stays passed: whoever can act on it does, as soon as they can.
 */
export const clock = callSetup.createStateConfig({
  id: 'clock',
  initial: 'talking',
  after: { maxCall: '.overdue' },
  on: { 'transcript.filled': '.overdue' },
  states: {
    talking: {
      on: {
        'call.restored': {
          guard: { type: 'wasWarned', params: ({ event }) => event.restored },
          target: 'warned',
        },
      },
      after: { lastWordsAfter: 'warning' },
    },

    /** The caller is to be told that the call ends soon; not while they speak, or wait for an answer. */
    warning: {
      always: {
        guard: 'isFreeToWarn',
        target: 'warned',
        actions: { type: 'tellModelToSpeak', params: 'lastMinute' },
      },
    },

    warned: {},

    /** The call has lasted, or its words have grown, as long as they may: the agent says goodbye when the caller has finished. */
    overdue: {},
  },
});
