import type { CallItem } from '../../src/protocol/console-calls.ts';
import { dayTimeText } from './figures.ts';

/** A party of a call as text: its number, `Softphone`, or `withheld`. */
export function partyText(party: string): string {
  if (party.startsWith('client:'))
    return party === 'client:softphone' ? 'Softphone' : party.slice('client:'.length);
  return party === '' ? 'withheld' : party;
}

/** The name of a call, by the other party and the time: `Call from +12025550147, 25 Nov 2026, 10:00`. */
export function callName({
  direction,
  from,
  to,
  startedAt,
}: Pick<CallItem, 'direction' | 'from' | 'to' | 'startedAt'>) {
  const other = direction === 'inbound' ? `Call from ${partyText(from)}` : `Call to ${partyText(to)}`;
  return `${other}, ${dayTimeText(Date.parse(startedAt))}`;
}
