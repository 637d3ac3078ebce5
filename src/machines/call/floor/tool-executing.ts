import { callSetup } from '../call.setup.ts';

/**
 * The caller waits for a tool, with a filler when it takes long, and may speak
 * at any time: the tools go on. When all have settled, one answer is asked for.
 */
export const toolExecuting = callSetup.createStateConfig({
  initial: 'running',
  states: {
    /** Tools are at work, in silence. */
    running: {
      always: { guard: 'isAnswerUnderWay', target: 'answering' },
      on: {
        'caller.startedSpeaking': '#floor.conversing.listening.callerSpeaking',
        'playback.started': 'filling',
      },
      after: {
        fillerAfter: [
          { guard: 'isFillingByClip', actions: 'tellPhoneToFill' },
          { guard: 'isFillingByModel', actions: 'tellModelToFill' },
        ],
        toolsWithin: { actions: 'cancelToolCalls' },
      },
    },

    /** Tools are at work behind a short sentence that the caller hears. */
    filling: {
      on: {
        'caller.startedSpeaking': '#floor.conversing.interrupted',
        'playback.finished': [
          { guard: 'hasRunningTools', target: 'running' },
          { guard: 'isAnswerComing', target: 'answering' },
          // The answer was behind the filler, and was heard with it.
          { target: '#floor.conversing.listening' },
        ],
      },
      // Nobody fills for so long: it is the agent who speaks.
      after: { fillWithin: '#floor.conversing.responding' },
    },

    /** All tools have settled; the model puts their outputs into words. */
    answering: {
      on: {
        'playback.started': '#floor.conversing.responding',
        'caller.startedSpeaking': {
          target: '#floor.conversing.listening.callerSpeaking',
          actions: ['tellModelToCancel', 'dropAnswer'],
        },
        'response.finished': [
          { guard: { type: 'hasCalledTools', params: ({ event }) => event.outcome }, target: 'running' },
          {
            guard: { type: 'isEmpty', params: ({ event }) => event.outcome },
            target: '#floor.conversing.listening.stumbling',
            actions: 'dropAnswer',
          },
        ],
      },
      after: {
        replyWithin: {
          target: '#floor.conversing.listening.stumbling',
          actions: ['tellModelToCancel', 'dropAnswer'],
        },
      },
    },
  },
});
