import { assign, sendParent, setup } from 'xstate';
import { type ErrorCode, ERRORS, noteOf } from '../../errors.ts';
import type { ToolFact, ToolOutcome, ToolRequest } from '../call/call.events.ts';
import { toolCallPorts } from './tool-call.ports.ts';

export interface ToolCallInput {
  readonly callSid: string;
  /** The id of this actor (`tool.0`): bounded, where call ids are not. */
  readonly slot: string;
  readonly request: ToolRequest;
  /** How long the tool may take, in ms. */
  readonly timeoutMs: number;
}

interface ToolCallContext extends ToolCallInput {
  /** Set on leaving `running`; undefined where it was cancelled. */
  readonly outcome: ToolOutcome | undefined;
}

/** The outcome of a tool call that nobody waits for any more, or ever did. */
export const CANCELLED: ToolOutcome = { status: 'cancelled', output: '{"error":"cancelled"}' };

/** What a tool was doing does not end with the time it had, and nobody knows yet what comes of it. */
const LATE =
  'No answer came in time. What was to be done may still happen: say that it is not certain yet, and promise nothing.';

/** What the model is told of a failure: a text of ours, never the message, which can hold what nobody should say aloud. */
const failure = (
  status: ToolOutcome['status'],
  error: ErrorCode,
  reason: string = ERRORS[error].text,
): ToolOutcome => ({
  status,
  output: JSON.stringify({ status, error, reason }),
});

/**
 * One tool call: it settles exactly once, and always with something the model
 * can say aloud. A tool that fails or is late does not fail the call.
 */
export const toolCallMachine = setup({
  types: {
    input: {} as ToolCallInput,
    context: {} as ToolCallContext,
    events: {} as { type: 'cancel' },
  },
  actors: toolCallPorts,
  delays: {
    settleWithin: ({ context }) => context.timeoutMs,
  },
  actions: {
    recordOutcome: assign((_, outcome: ToolOutcome) => ({ outcome })),
    tellCallItSettled: sendParent(({ context: { slot, request, outcome } }): ToolFact => ({
      type: 'tool.settled',
      slot,
      toolCallId: request.toolCallId,
      name: request.name,
      outcome: outcome ?? CANCELLED,
    })),
  },
}).createMachine({
  id: 'toolCall',
  context: ({ input }) => ({ ...input, outcome: undefined }),
  initial: 'running',
  states: {
    /** The tool is at work: reading its arguments, asking the policy, acting. */
    running: {
      invoke: {
        id: 'run',
        src: 'runTool',
        input: ({ context: { callSid, request } }) => ({ callSid, request }),
        onDone: {
          target: 'settled',
          actions: { type: 'recordOutcome', params: ({ event }) => event.output },
        },
        onError: {
          target: 'settled',
          actions: {
            type: 'recordOutcome',
            params: ({ event }) => failure('failed', noteOf(event.error, 'TOOL_FAILED').code),
          },
        },
      },
      on: {
        // Leaving `running` aborts the tool's signal.
        cancel: 'settled',
      },
      after: {
        settleWithin: {
          target: 'settled',
          actions: { type: 'recordOutcome', params: failure('timedOut', 'TOOL_TIMEOUT', LATE) },
        },
      },
    },

    /** Final: the call has been told the outcome. */
    settled: { type: 'final', entry: 'tellCallItSettled' },
  },
});
