import type { FeedEntry, StoredEntry } from '../../../src/protocol/call-feed.ts';
import { callLaws } from './call-laws.ts';
import { type Step, stepsOf } from './step.ts';

/** So many steps before the one that breaks a law say how it came to that. */
const STEPS_TOLD = 12;

/**
 * Every law is kept in a call.
 * @param call - how the call is named to whoever reads of it.
 * @throws {Error} otherwise, with each law that is broken in words, what broke it, and the steps up to there.
 */
export function keepsLaws(call: string, rows: readonly (FeedEntry | StoredEntry)[]): void {
  const told = unlawful(call, rows);
  if (told !== undefined) throw new Error(told);
}

/** What there is to say of a call that breaks a law; undefined of one that keeps them. */
export function unlawful(call: string, rows: readonly (FeedEntry | StoredEntry)[]): string | undefined {
  const steps = stepsOf(rows);
  const broken = callLaws.flatMap(({ sentence, broken }) =>
    broken(steps).map((fault) => `${fault}\n    the law: ${sentence}`),
  );
  const [first] = broken;
  if (first === undefined) return undefined;
  const place = Number(/row (\d+)/.exec(first)?.[1] ?? Infinity);
  const before = steps.filter((step) => step.place <= place).slice(-STEPS_TOLD);
  return [`${call} breaks a law`, ...broken.map((fault) => `  ${fault}`), ...before.map(inWords)].join('\n');
}

const inWords = ({ place, event, state, orders }: Step) =>
  `  row ${String(place)}: ${event} → ${state}${orders.map(({ name }) => `; ${name}`).join('')}`;
