import type { Clock } from '../../clock.ts';
import { noteOf } from '../../errors.ts';
import type { LiveCall, LiveMessage } from '../../protocol/console-live.ts';
import type { Log } from '../log.ts';
import type { Journal, RowsText } from '../storage/journal.port.ts';
import type { LiveCalls } from './live-calls.ts';
import type { Viewer } from './viewer.ts';

export interface LiveFeedParts {
  readonly calls: LiveCalls;
  readonly journal: Pick<Journal, 'query'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often there is something to tell, in ms. With a list every other time, that is 30 messages a second of one call. */
const TICK_MS = 50;
const LIST_EVERY = 2;
/** Rows of one call in one message, some 15 KB, and calls in one reading. Whoever wants more is told with the next tick. */
const ROWS_AT_ONCE = 50;
const CALLS_AT_ONCE = 8;
/** A viewer that is further behind than this reads the call anew. */
const MAX_BEHIND = 2000;

/**
 * Tells every viewer what happens in the calls, many times a second and no more.
 *
 * It never stands in a call's way: what happens in a call leaves a mark here and
 * nothing else. With the next tick the rows are read from the journal, which
 * writes them as text in its own thread; here they are only passed on. So what
 * viewers see is durable and numbered, and a viewer that comes back goes on from
 * the row it has. Without viewers it does nothing at all.
 */
export class LiveFeed {
  readonly #parts: LiveFeedParts;
  readonly #viewers = new Set<Viewer>();
  /** What the viewers know of each call. */
  readonly #told = new Map<string, LiveCall>();
  #timer: unknown;
  #ticks = 0;
  #isReading = false;

  constructor(parts: LiveFeedParts) {
    this.#parts = parts;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  add(viewer: Viewer): void {
    this.#viewers.add(viewer);
    this.#wait();
  }

  remove(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    if (this.#viewers.size > 0) return;
    this.#parts.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#told.clear();
  }

  /** A call has ended and is written down. */
  ended(callSid: string): void {
    const { calls } = this.#parts;
    calls.end(callSid);
    if (this.#viewers.size === 0) calls.forgetEnded();
  }

  #wait(): void {
    this.#timer ??= this.#parts.clock.setTimeout(() => {
      this.#timer = undefined;
      this.#tick();
      if (this.#viewers.size > 0) this.#wait();
    }, TICK_MS);
  }

  #tick(): void {
    const { calls } = this.#parts;
    const isListed = this.#ticks++ % LIST_EVERY === 0;
    if (isListed) this.#tellList();
    for (const view of calls.all()) {
      const { callSid } = view.identity;
      for (const viewer of this.#viewers) viewer.meet(callSid);
      if (!view.isDirty) continue;
      view.isDirty = false;
      for (const viewer of this.#viewers) viewer.touch(callSid);
    }
    if (isListed) calls.forgetEnded();
    if (!this.#isReading) void this.#tellRows();
  }

  #tellList(): void {
    const { calls, clock } = this.#parts;
    const now = clock.now();
    const changed: LiveCall[] = [];
    const whole: LiveCall[] = [];
    for (const view of calls.all()) {
      const call = view.look(now);
      const before = this.#told.get(call.callSid);
      if (view.isOver) this.#told.delete(call.callSid);
      else this.#told.set(call.callSid, call);
      if (call.state !== 'ended') whole.push(call);
      if (before === undefined || isOther(before, call)) changed.push(call);
    }
    const delta =
      changed.length === 0
        ? undefined
        : Buffer.from(
            JSON.stringify({ type: 'calls', isWhole: false, calls: changed } satisfies LiveMessage),
          );
    for (const viewer of this.#viewers) {
      if (!viewer.isKeepingUp) viewer.needsWholeList = true;
      else if (viewer.needsWholeList) {
        viewer.needsWholeList = false;
        viewer.tell({ type: 'calls', isWhole: true, calls: whole });
      } else if (delta !== undefined) viewer.send(delta);
    }
  }

  async #tellRows(): Promise<void> {
    const wishes = this.#takeWishes();
    if (wishes.size === 0) return;
    this.#isReading = true;
    try {
      const after = [...wishes.values()].map(({ callSid, seq }) => ({ callSid, seq }));
      const read = await this.#parts.journal.query('rowsText', {
        after,
        bodies: 'full',
        limit: ROWS_AT_ONCE,
      });
      for (const rows of read) {
        this.#pass(rows, wishes.get(`${rows.callSid} ${String(rows.after)}`)?.viewers ?? []);
      }
    } catch (thrown) {
      this.#parts.log.warn({ ...noteOf(thrown, 'STORAGE_UNAVAILABLE') }, 'the live feed could not read');
      for (const { callSid, viewers } of wishes.values()) for (const viewer of viewers) viewer.touch(callSid);
    } finally {
      this.#isReading = false;
    }
  }

  /** What is to be read: each place in a log once, however many viewers stand at it. */
  #takeWishes(): Map<string, Wish> {
    const wishes = new Map<string, Wish>();
    for (const viewer of this.#viewers) {
      if (!viewer.isKeepingUp) continue;
      for (const { callSid, seq } of viewer.takeWishes(CALLS_AT_ONCE)) {
        const key = `${callSid} ${String(seq)}`;
        const known = wishes.get(key);
        if (known !== undefined) known.viewers.push(viewer);
        else if (wishes.size < CALLS_AT_ONCE) wishes.set(key, { callSid, seq, viewers: [viewer] });
        else viewer.touch(callSid);
      }
    }
    return wishes;
  }

  #pass({ callSid, after, lastSeq, behind, text }: RowsText, viewers: readonly Viewer[]): void {
    const told = {
      after,
      lastSeq,
      isAll: behind === lastSeq - after,
      message: Buffer.from(`{"type":"rows","callSid":${JSON.stringify(callSid)},"rows":${text}}`),
    };
    const isOver = this.#parts.calls.get(callSid) === undefined;
    for (const viewer of viewers) {
      if (!this.#viewers.has(viewer)) continue;
      if (behind > MAX_BEHIND) viewer.resync(callSid);
      else viewer.tellRows(callSid, told);
      if (isOver && told.isAll) viewer.leave(callSid);
    }
  }
}

interface Wish {
  readonly callSid: string;
  readonly seq: number;
  readonly viewers: Viewer[];
}

const isOther = (one: LiveCall, other: LiveCall) =>
  one.state !== other.state || one.speaking !== other.speaking || one.activity !== other.activity;
