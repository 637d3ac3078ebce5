import type { AgentProfile } from '../../src/protocol/agent-profile.ts';
import { board, limitsOf, profile, TEN } from './admission.ts';
import { storeJournal } from './stored-calls.ts';

export type Board = ReturnType<typeof board>;

export const CALL_SID = 'CA1';
export const CALLER = '+12025550123';

const agentsOf = (agent: AgentProfile) => ({ find: () => undefined, forNumber: () => agent });

/**
 * Two processes of one engine, the one after the other, and a call that was greeted in the first: it is told what happens,
 * and is killed. So long after that, in ms, the second is there.
 */
export async function killed(
  { agent = profile, gapMs = 3000 }: { agent?: AgentProfile; gapMs?: number } = {},
  happens: (first: Board) => unknown = () => undefined,
): Promise<Board> {
  const { journal } = storeJournal();
  const first = board(limitsOf(), { journal, agents: agentsOf(agent) });
  await first.rings(CALLER, { callSid: CALL_SID });
  first.isGreeted(CALL_SID);
  await happens(first);
  await first.clock.run(0);
  return next(first, agent, gapMs);
}

/** The process behind another one. What the dead one has in memory is not asked. */
export async function next({ journal, clock }: Board, agent: AgentProfile, gapMs: number): Promise<Board> {
  const second = board(limitsOf(), { journal, agents: agentsOf(agent) });
  await second.clock.run(clock.now() - TEN + gapMs);
  return second;
}
