import { callSetup } from '../call.setup.ts';

/**
 * The tool calls of the model, each an actor in a slot of its own. They go on whoever has the floor, and each gets one
 * answer; what the answers lead to is told by `answer` and `consequence`.
 */
export const tools = callSetup.createStateConfig({
  id: 'tools',
  initial: 'idle',
  // Whether or not others are at work: nobody converses.
  on: {
    'tool.requested': { actions: { type: 'declineToolCall', params: ({ event }) => event.request } },
  },
  states: {
    idle: {
      on: {
        'tool.requested': {
          guard: 'isConversing',
          target: 'running',
          actions: { type: 'startToolCall', params: ({ event }) => event.request },
        },
      },
    },

    running: {
      initial: 'unspoken',
      on: {
        'tool.requested': {
          guard: 'isConversing',
          actions: { type: 'startToolCall', params: ({ event }) => event.request },
        },
        'tool.settled': [
          {
            guard: 'isLastTool',
            target: 'idle',
            actions: { type: 'settleToolCall', params: ({ event }) => event },
          },
          { actions: { type: 'settleToolCall', params: ({ event }) => event } },
        ],
      },
      states: {
        /** Nothing that the agent said beside these calls was heard to its end. */
        unspoken: { on: { 'playback.finished': { guard: 'isResponding', target: 'spoken' } } },

        /** What the agent said beside them was heard: where it said goodbye, it has said goodbye. */
        spoken: { always: { guard: 'isCallersTurn', target: 'unspoken' } },
      },
    },
  },
});
