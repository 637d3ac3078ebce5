import type { FullRow } from '../protocol/console-calls.ts';
import { walkCall } from './call-walk.ts';

/** What a replay came to. */
export interface Replay {
  /** Rows that were walked through until then. */
  readonly rows: number;
  /** Undefined: today's chart does what was recorded. */
  readonly difference: Difference | undefined;
}

export interface Difference {
  /** The recorded row at which they part; the one before when the chart went on. */
  readonly seq: number;
  readonly recorded: string;
  readonly today: string;
}

/** How far from its time a timer of a real call can have fired, in ms. */
const SLACK_MS = 500;

/** Fields of an order that say what it is; the others hold words, which a file can have as dots. */
const TELLING = ['purpose', 'clip', 'next', 'allowed', 'muted', 'role'] as const;

/**
 * Walks today's chart through a recorded call, and compares the states it goes
 * through and the orders it gives, up to the first difference.
 *
 * @throws {EngineError} `REQUEST_INVALID` when the record lacks what the call began with.
 */
export async function replayCall(rows: readonly FullRow[]): Promise<Replay> {
  const { moments } = await walkCall(rows, { slackMs: SLACK_MS, maskDigits: true });
  let walked = 0;
  let seq = 0;
  for (const moment of moments) {
    // What is announced to nobody in particular changes nothing, and follows from the rest.
    const [recorded, today] = [moment.recorded, moment.today].map((some) =>
      some.filter(({ to }) => to !== null),
    ) as [FullRow[], FullRow[]];
    for (let index = 0; index < Math.max(recorded.length, today.length); index++) {
      const [then, now] = [recorded[index], today[index]];
      seq = then?.seq ?? seq;
      if (then === undefined || now === undefined || !isSame(then, now)) {
        return {
          rows: walked,
          difference: {
            seq,
            recorded: then === undefined ? 'nothing more' : inWords(then),
            today: now === undefined ? 'nothing' : inWords(now),
          },
        };
      }
      walked++;
    }
  }
  return { rows: walked, difference: undefined };
}

const isSame = (then: FullRow, now: FullRow) =>
  then.event === now.event &&
  // A fact is told here by the replay, whoever told it then.
  (then.to === 'call' || then.actor === now.actor) &&
  then.path === now.path &&
  TELLING.every((field) => then.body[field] === now.body[field]);

function inWords({ actor, event, path, body }: FullRow): string {
  const telling = TELLING.map((field) => body[field]).filter(
    (word) => typeof word === 'string' || typeof word === 'boolean',
  );
  return [
    `${event} (${actor}${telling.length > 0 ? `, ${telling.map(String).join(', ')}` : ''})`,
    `in ${path}`,
  ].join(' ');
}
