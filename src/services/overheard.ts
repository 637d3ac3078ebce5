import type { Frame } from '../inspector/frame.ts';
import type { Toolbox } from './tools/toolbox.ts';

/**
 * Passes on to the toolbox what its policy goes by: the words of the agent that
 * the caller has heard, and that the caller took a turn.
 *
 * The turn counts when it is committed: its words come later than the model's
 * answer to them, and a tool that the answer asks for cannot wait for them.
 */
export function overhear(frame: Frame, callSid: string, toolbox: Pick<Toolbox, 'overhear'>): void {
  if (frame.kind !== 'event' || frame.to !== 'call') return;
  if (frame.type === 'caller.committed') toolbox.overhear(callSid, 'callerSpoke');
  const { text } = frame.body;
  if (frame.type === 'agent.said' && typeof text === 'string') toolbox.overhear(callSid, { agentSaid: text });
}
