import type { CallItem } from '../../../protocol/console-calls.ts';
import { dayTimeText } from './figures.ts';

/** A party as people say it: its number, `Softphone`, `withheld`. */
export function partyText(party: string): string {
  if (party.startsWith('client:'))
    return party === 'client:softphone' ? 'Softphone' : party.slice('client:'.length);
  return party === '' ? 'withheld' : party;
}

/** A call by who was called from where, and when: `+12025550147, 25 Nov 2026, 10:00`. */
export function callName({
  direction,
  from,
  to,
  startedAt,
}: Pick<CallItem, 'direction' | 'from' | 'to' | 'startedAt'>) {
  const other = direction === 'inbound' ? `Call from ${partyText(from)}` : `Call to ${partyText(to)}`;
  return `${other}, ${dayTimeText(Date.parse(startedAt))}`;
}
