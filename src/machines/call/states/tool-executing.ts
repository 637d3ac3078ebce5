import { callSetup } from '../call.setup.ts';

/**
 * The caller waits for a tool, with a filler when it takes long, and may speak
 * at any time: the tools go on. When all have settled, one answer is asked for.
 */
export const toolExecuting = callSetup.createStateConfig({
  initial: 'running',
  on: {
    'caller.committed': {
      actions: [{ type: 'recordTurn', params: ({ event }) => event.itemId }, 'recordCommitted'],
    },
  },
  states: {
    /** Tools are at work, in silence. */
    running: {
      always: [
        { guard: 'isAnswerUnderWay', target: 'answering' },
        { guard: 'hasNoRunningTools', target: 'answering', actions: 'tellModelToAnswer' },
      ],
      on: {
        'caller.startedSpeaking': '#call.conversing.listening.callerSpeaking',
        'playback.started': 'filling',
      },
      after: {
        fillerAfter: [
          { guard: 'isFillingByClip', actions: { type: 'tellPhoneToPlay', params: 'filler' } },
          { guard: 'isFillingByModel', actions: { type: 'tellModelToSpeak', params: 'filler' } },
        ],
        toolsWithin: { actions: 'cancelToolCalls' },
      },
    },

    /** Tools are at work behind a short sentence that the caller hears. */
    filling: {
      on: {
        'caller.startedSpeaking': '#call.conversing.interrupted',
        'playback.finished': [
          {
            guard: 'hasRunningTools',
            target: 'running',
            actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard },
          },
          {
            guard: 'isAnswerComing',
            target: 'answering',
            actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard },
          },
          {
            // The answer was behind the filler, and was heard with it.
            target: '#call.conversing.listening',
            actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard },
          },
        ],
      },
      // Nobody fills for so long: it is the agent who speaks.
      after: { fillWithin: '#call.conversing.responding' },
    },

    /** All tools have settled; the model puts their outputs into words. */
    answering: {
      on: {
        'playback.started': '#call.conversing.responding',
        'caller.startedSpeaking': {
          target: '#call.conversing.listening.callerSpeaking',
          actions: ['tellModelToCancel', 'recordNoAnswer'],
        },
        'response.finished': [
          {
            guard: { type: 'hasCalledTools', params: ({ event }) => event.outcome },
            target: 'running',
            actions: { type: 'recordResponseEnd', params: ({ event }) => event.outcome },
          },
          {
            guard: { type: 'isEmpty', params: ({ event }) => event.outcome },
            target: '#call.conversing.listening.stumbling',
            actions: 'recordNoAnswer',
          },
        ],
      },
      after: {
        replyWithin: {
          target: '#call.conversing.listening.stumbling',
          actions: ['tellModelToCancel', 'recordNoAnswer'],
        },
      },
    },
  },
});
