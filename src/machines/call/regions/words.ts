import { callSetup } from '../call.setup.ts';

/** Whether words of the caller are still being transcribed: the end of a call waits for them, briefly. */
export const words = callSetup.createStateConfig({
  id: 'words',
  initial: 'settled',
  states: {
    settled: {
      on: {
        'caller.committed': { target: 'awaited', actions: 'recordCommitted' },
        'caller.said': { actions: 'recordStrayWords' },
        'caller.unclear': { actions: 'recordStrayWords' },
      },
    },

    awaited: {
      on: {
        'caller.committed': { actions: 'recordCommitted' },
        'caller.said': [
          { guard: 'isLastWordsOwed', target: 'settled', actions: 'recordWords' },
          { actions: 'recordWords' },
        ],
        'caller.unclear': [
          { guard: 'isLastWordsOwed', target: 'settled', actions: 'recordWords' },
          { actions: 'recordWords' },
        ],
      },
    },
  },
});
