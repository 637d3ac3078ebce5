import { setImmediate as audioPasses } from 'node:timers/promises';
import type { Clock } from '../../clock.ts';
import { noteOf } from '../../errors.ts';
import type { ShownBodies } from '../../protocol/console-calls.ts';
import type { LiveCall, LiveMessage } from '../../protocol/console-live.ts';
import { fullRowOf } from '../../protocol/shown-rows.ts';
import type { Log } from '../../log.ts';
import type { RowsPage } from '../storage/calls.port.ts';
import type { Journal } from '../storage/journal.port.ts';
import type { LiveCalls } from './live-calls.ts';
import type { Viewer, RowsWish } from './viewer.ts';

/** The other processes of the engine, while there are viewers. */
export interface LiveElsewhere {
  /** Called with every tick. What they have is put into the calls. @param words - the calls whose words somebody hears. */
  watch(words: readonly string[]): void;
  /** The last viewer is gone. */
  rest(): void;
}

export interface LiveFeedParts {
  readonly calls: LiveCalls;
  /** Absent: this process is the whole engine. */
  readonly elsewhere?: LiveElsewhere | undefined;
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
/** Rows that are masked and written as text before audio may pass: some 1 ms. */
const ROWS_BETWEEN_AUDIO = 150;

/**
 * Tells every viewer what happens in the calls, many times a second and no more.
 *
 * It never stands in a call's way: what happens in a call leaves a mark here and
 * nothing else. With the next tick the rows are read from the journal, masked,
 * and written as text once for all who are told the same, some at a time. So
 * what viewers see is durable and numbered, and a viewer that comes back goes on
 * from the row it has. Without viewers it does nothing at all.
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
    // So that the first list has everybody's calls.
    this.#parts.elsewhere?.watch([]);
    this.#wait();
  }

  remove(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    if (this.#viewers.size > 0) return;
    this.#parts.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#told.clear();
    this.#parts.elsewhere?.rest();
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
    const { calls, elsewhere } = this.#parts;
    elsewhere?.watch(this.#watched().map(({ identity }) => identity.callSid));
    // What another process tells has waited there already.
    const isListed = calls.takeNews() || this.#ticks % LIST_EVERY === 0;
    this.#ticks++;
    if (isListed) this.#tellList();
    for (const view of calls.all()) {
      const { callSid } = view.identity;
      for (const viewer of this.#viewers) viewer.meet(callSid);
      if (!view.isDirty) continue;
      view.isDirty = false;
      for (const viewer of this.#viewers) viewer.touch(callSid);
    }
    if (isListed) {
      this.#tellWords();
      calls.forgetEnded();
    }
    if (!this.#isReading) void this.#tellRows();
  }

  #tellList(): void {
    const { calls, clock } = this.#parts;
    const now = clock.steady();
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

  /** What is being said in the calls that somebody looks at closely: some ten times a second, and only when it changes. */
  #tellWords(): void {
    for (const { identity, words } of this.#watched()) {
      const lines = JSON.stringify(words);
      for (const viewer of this.#viewers) viewer.tellWords(identity.callSid, lines);
    }
  }

  #watched() {
    const viewers = [...this.#viewers];
    return [...this.#parts.calls.all()].filter(({ identity: { callSid } }) =>
      viewers.some((viewer) => viewer.hearsWords(callSid)),
    );
  }

  async #tellRows(): Promise<void> {
    const wishes = this.#takeWishes();
    if (wishes.size === 0) return;
    this.#isReading = true;
    try {
      const asked = [...wishes.values()];
      const read = await this.#parts.journal.query('rowsAfter', {
        after: asked.map(({ callSid, seq }) => ({ callSid, seq })),
        limit: ROWS_AT_ONCE,
      });
      let rows = 0;
      for (const [index, { bodies, viewers }] of asked.entries()) {
        const page = read[index];
        if (page === undefined) continue;
        if (rows + page.rows.length > ROWS_BETWEEN_AUDIO) {
          await audioPasses();
          rows = 0;
        }
        rows += page.rows.length;
        this.#pass(page, bodies, viewers);
      }
    } catch (thrown) {
      this.#parts.log.warn(
        { ...noteOf(thrown, 'STORAGE_UNAVAILABLE') },
        'live feed could not read the journal',
      );
      for (const { callSid, viewers } of wishes.values()) for (const viewer of viewers) viewer.touch(callSid);
    } finally {
      this.#isReading = false;
    }
  }

  /**
   * What is to be read: each place in a log once, however many viewers stand at it. One call of each viewer in turn, so
   * that one who follows many leaves room for the others.
   */
  #takeWishes(): Map<string, WishOfSome> {
    const wishes = new Map<string, WishOfSome>();
    let asking = [...this.#viewers].filter(({ isKeepingUp }) => isKeepingUp);
    while (asking.length > 0) asking = asking.filter((viewer) => this.#takeWish(viewer, wishes));
    return wishes;
  }

  /** False when the viewer has no more wishes, or there is no more room. */
  #takeWish(viewer: Viewer, wishes: Map<string, WishOfSome>): boolean {
    const { wish } = viewer;
    if (wish === undefined) return false;
    const key = keyOf(wish);
    const known = wishes.get(key);
    if (known === undefined && wishes.size >= CALLS_AT_ONCE) return false;
    if (known === undefined) wishes.set(key, { ...wish, viewers: [viewer] });
    else known.viewers.push(viewer);
    viewer.takeWish(wish);
    // Whoever was served comes after those who were not.
    this.#viewers.delete(viewer);
    this.#viewers.add(viewer);
    return true;
  }

  #pass(
    { callSid, after, lastSeq, behind, rows }: RowsPage,
    bodies: ShownBodies,
    viewers: readonly Viewer[],
  ): void {
    const text = JSON.stringify(rows.map((row) => fullRowOf(row, bodies)));
    const told = {
      after,
      bodies,
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

interface WishOfSome extends RowsWish {
  readonly viewers: Viewer[];
}

const keyOf = ({ callSid, seq, bodies }: RowsWish) => `${callSid} ${String(seq)} ${bodies}`;

const isOther = (one: LiveCall, other: LiveCall) =>
  one.state !== other.state ||
  one.isAwaited !== other.isAwaited ||
  one.speaking !== other.speaking ||
  one.activity !== other.activity;
