import type { CallPage, FullRow } from '../../../src/protocol/console-calls.ts';
import { unlawful } from './lawful.ts';
import { storedOf } from './stored-row.ts';

/** More than any test makes. */
const CALLS = 200;

/**
 * What there is to say of the calls of an engine that broke a law, those that go on included.
 * @param token - of its API, where it has one.
 */
export async function unlawfulCalls(url: string, token?: string): Promise<string[]> {
  const ask = async (path: string): Promise<unknown> => {
    const headers = { authorization: `Bearer ${token ?? ''}` };
    const response = await fetch(`${url}${path}`, { headers });
    if (!response.ok) throw new Error(`${path} answered ${String(response.status)}`);
    return await response.json();
  };
  const { items } = (await ask(`/api/calls?limit=${String(CALLS)}`)) as CallPage;
  const told = await Promise.all(
    items.map(async ({ callSid }) => {
      const rows = (await ask(`/api/calls/${callSid}/events?bodies=full`)) as FullRow[];
      return unlawful(callSid, rows.map(storedOf)) ?? [];
    }),
  );
  return told.flat();
}
