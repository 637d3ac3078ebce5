import { MU_LAW_BYTES_PER_MS, SILENCE } from '../../media/mu-law.ts';
import type { SimulatedCall } from './simulated-call.ts';

/** Joins the streams of one call into two lines of mu-law, equally long, each stream at its time. */
export function joinStreams(streams: readonly SimulatedCall[]): { caller: Uint8Array; agent: Uint8Array } {
  const origin = streams[0]?.startedAt ?? 0;
  const parts = streams.map((stream) => ({
    at: Math.round((stream.startedAt - origin) * MU_LAW_BYTES_PER_MS),
    ...stream.render(),
  }));
  const length = Math.max(0, ...parts.map(({ at, agent }) => at + agent.length));
  const caller = new Uint8Array(length).fill(SILENCE);
  const agent = new Uint8Array(length).fill(SILENCE);
  for (const part of parts) {
    caller.set(part.caller, part.at);
    agent.set(part.agent, part.at);
  }
  return { caller, agent };
}
