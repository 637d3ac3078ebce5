import type { ToolOutcome, ToolRequest } from '../call/call.events.ts';
import { taskSlot } from '../slot.ts';

/** What a running tool needs to know of its call. */
export interface RunToolInput {
  readonly callSid: string;
  readonly request: ToolRequest;
}

/** The children a tool call needs. */
export const toolCallPorts = {
  /** Reads the arguments, asks the policy, runs the tool. Its signal aborts when the chart leaves `running`. */
  runTool: taskSlot<ToolOutcome, RunToolInput>('runTool'),
};

export type ToolCallPorts = typeof toolCallPorts;
