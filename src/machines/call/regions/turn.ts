import { callSetup } from '../call.setup.ts';

/** Whether a turn of the caller waits until the agent has finished. */
export const turn = callSetup.createStateConfig({
  id: 'turn',
  initial: 'answered',
  states: {
    answered: {
      on: {
        'caller.committed': [
          {
            guard: { type: 'isKnownNoise', params: ({ event }) => event.itemId },
            description: 'Ignored: the sound was noise, not a turn.',
          },
          { guard: 'isAgentFirst', target: 'owed' },
        ],
        'turn.held': { guard: 'isTurnAwaited', target: 'owed' },
        'response.finished': [
          { guard: 'isUnheard', description: 'Ignored: no audio of the agent is being heard.' },
          // It broke off in mid-sentence, or came to nothing behind what is still heard: the rest is owed.
          { guard: { type: 'isCutShort', params: ({ event }) => event.outcome }, target: 'owed' },
        ],
      },
    },

    /** A turn was committed while the agent spoke, or worked, and no response has begun since that could answer it. */
    owed: {
      always: { guard: 'isLeaving', target: 'answered' },
      on: {
        'reply.asked': 'answered',
        'turn.dropped': 'answered',
        'response.started': {
          guard: { type: 'isAnswering', params: ({ event }) => event.purpose },
          target: 'answered',
        },
      },
    },
  },
});
