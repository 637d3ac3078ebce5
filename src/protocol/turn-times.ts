/**
 * How long the caller waits for each answer: the one reckoning of it.
 *
 * The engine's metrics, its API and analytics, the console and the command line all count by this fold of a call's
 * rows. The wait begins when the caller falls silent, which is before it is noticed, and ends when the agent is heard
 * on the line, which is after its audio was sent (docs/guide/latency.md).
 */

import type { BodyOf, FeedEvent, UnreadEvent } from './call-feed.ts';
import type { TurnTimes } from './console-calls.ts';

/** What the fold reads of an entry: its number, when it was in ms since the Unix epoch, and what it tells. */
type Happening = { readonly seq: number; readonly at: number } & (FeedEvent | UnreadEvent);

/** One wait and what it was spent on, in ms. The parts make the whole; what has not happened yet took none. */
export interface Wait {
  /** From the caller's silence until the engine knew of it. */
  readonly noticedMs: number;
  /** From then until the first audio of the answer came, without the time in tools. */
  readonly modelMs: number;
  /** While a tool ran. */
  readonly toolsMs: number;
  /** From the first audio until it was heard on the line. */
  readonly playbackMs: number;
  /** Undefined while the answer is not heard. */
  readonly totalMs: number | undefined;
  /** The caller may have been silent for longer: the log does not say since when. */
  readonly isAtLeast: boolean;
}

/** What the agent says unasked is no answer to a turn that it comes after. */
const UNASKED: ReadonlySet<string> = new Set<BodyOf<'response.started'>['purpose']>([
  'greeting',
  'idlePrompt',
  'lastMinute',
  'say',
  'transferFailed',
]);

type Building = { -readonly [Field in keyof TurnTimes]: TurnTimes[Field] };

/**
 * When each turn of the caller ended, and when its answer began: at the model,
 * and in the caller's ear. A turn that the caller takes up again before any
 * answer is one turn.
 */
export class TurnTimesFold {
  readonly #turns: Building[] = [];
  /** The turn whose answer has not been heard. */
  #open: Building | undefined;
  /** Tool calls that run, and since when one does that the open turn waits for. */
  readonly #running = new Set<string>();
  #busySince: number | undefined;
  #attachedAt: number | undefined;
  #greetingMs: number | undefined;

  get turns(): readonly TurnTimes[] {
    return this.#turns;
  }

  /** From the beginning of the first stream to the agent being heard on it, in ms; undefined until then. */
  get greetingMs(): number | undefined {
    return this.#greetingMs;
  }

  /** @returns the turn whose answer is heard by this. */
  take(row: Happening): TurnTimes | undefined {
    const { seq, at } = row;
    switch (row.event) {
      case 'phone.attached':
        this.#attachedAt ??= at;
        return undefined;
      case 'caller.startedSpeaking':
        // What came of an answer was not heard, and the caller begins anew.
        if (this.#open?.firstDeltaAt != null) this.#open = undefined;
        return undefined;
      case 'caller.stoppedSpeaking':
        this.#stopped(seq, at, row.body);
        return undefined;
      case 'caller.committed':
        if (this.#open !== undefined) this.#open.committedAt ??= at;
        return undefined;
      case 'caller.keptSilent':
        this.#open = undefined;
        return undefined;
      case 'response.started':
        if (UNASKED.has(row.body.purpose)) this.#open = undefined;
        return undefined;
      case 'tool.requested':
        if (this.#running.size === 0) this.#busySince = at;
        this.#running.add(row.body.request.toolCallId);
        return undefined;
      case 'tool.settled':
        this.#running.delete(row.body.toolCallId);
        if (this.#running.size === 0) this.#countTools(at);
        return undefined;
      case 'agent.startedItem':
        this.#answered(at);
        return undefined;
      case 'playback.started':
        return this.#heard(at + (row.body.roundTripMs ?? 0));
      default:
        return undefined;
    }
  }

  #stopped(seq: number, at: number, { silentMs, isAtLeast }: BodyOf<'caller.stoppedSpeaking'>): void {
    const turn = this.#open?.turn ?? this.#turns.length + 1;
    this.#open = {
      turn,
      seq,
      callerStoppedAt: at - (silentMs ?? 0),
      isAtLeast: silentMs === undefined || isAtLeast === true,
      noticedAt: at,
      committedAt: null,
      firstDeltaAt: null,
      toolsMs: 0,
      audibleAt: null,
    };
    this.#turns[turn - 1] = this.#open;
    this.#busySince = this.#running.size === 0 ? undefined : at;
  }

  #answered(at: number): void {
    if (this.#open === undefined || this.#open.firstDeltaAt !== null) return;
    this.#countTools(at);
    this.#open.firstDeltaAt = at;
  }

  #heard(at: number): TurnTimes | undefined {
    if (this.#attachedAt !== undefined) this.#greetingMs ??= at - this.#attachedAt;
    const turn = this.#open;
    if (turn === undefined) return undefined;
    this.#open = undefined;
    if (turn.firstDeltaAt === null) this.#countTools(at, turn);
    turn.audibleAt = at;
    return turn;
  }

  #countTools(at: number, turn = this.#open): void {
    if (turn?.firstDeltaAt === null && this.#busySince !== undefined) turn.toolsMs += at - this.#busySince;
    this.#busySince = undefined;
  }
}

export function turnTimesOf(rows: readonly Happening[]): readonly TurnTimes[] {
  const fold = new TurnTimesFold();
  for (const row of rows) fold.take(row);
  return fold.turns;
}

/** What a turn's wait was spent on, as far as it has gone. */
export function waitOf({
  callerStoppedAt,
  noticedAt,
  firstDeltaAt,
  toolsMs,
  audibleAt,
  isAtLeast,
}: TurnTimes): Wait {
  // An answer that is no item of the model's, a clip, is heard when it is there.
  const firstAt = firstDeltaAt ?? audibleAt;
  return {
    noticedMs: noticedAt - callerStoppedAt,
    modelMs: firstAt === null ? 0 : firstAt - noticedAt - toolsMs,
    toolsMs,
    playbackMs: firstAt === null || audibleAt === null ? 0 : audibleAt - firstAt,
    totalMs: audibleAt === null ? undefined : audibleAt - callerStoppedAt,
    isAtLeast,
  };
}

/** How long the caller waited for each answer that was heard, in ms. */
export function waitsOf(turns: readonly TurnTimes[]): number[] {
  return turns.flatMap((turn) => waitOf(turn).totalMs ?? []);
}

/** The value that a share of all do not exceed, by nearest rank; undefined of none. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
