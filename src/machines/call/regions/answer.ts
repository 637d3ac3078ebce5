import { callSetup } from '../call.setup.ts';

/** What becomes of the tools' outputs: the model has them, and one response puts all of them into words. */
export const answer = callSetup.createStateConfig({
  id: 'answer',
  initial: 'none',
  on: {
    'tool.settled': [
      {
        guard: { type: 'isConsequential', params: ({ event }) => event.outcome },
        description: 'The tool ends or transfers the call: no answer is owed.',
      },
      {
        guard: 'isFreeToAnswer',
        target: '.asked',
        actions: { type: 'tellModelToSpeak', params: 'toolAnswer' },
      },
      { target: '.owed' },
    ],
    'reply.asked': '.none',
    'answer.dropped': '.none',
  },
  states: {
    none: {},

    /** Outputs were given back while others were at work, or while the caller had the floor. */
    owed: {
      always: [
        { guard: 'isLeaving', target: 'none' },
        {
          guard: 'isAnswerDue',
          target: 'asked',
          actions: { type: 'tellModelToSpeak', params: 'toolAnswer' },
        },
      ],
    },

    /** The response that answers was asked for. One that began before does not answer. */
    asked: {
      always: { guard: 'isLeaving', target: 'none' },
      on: { 'response.started': 'begun' },
    },

    /** The response that answers is being generated. */
    begun: {
      always: { guard: 'isLeaving', target: 'none' },
      on: { 'response.finished': 'none' },
    },
  },
});
