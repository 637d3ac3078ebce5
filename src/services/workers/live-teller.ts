import type { Clock } from '../../clock.ts';
import type { LiveCall } from '../../protocol/console-live.ts';
import type { LiveCalls } from '../live/live-calls.ts';
import { everythingWritten, type Journal } from '../storage/journal.port.ts';
import {
  BELIEVED_MS,
  LIVE_CALLS,
  LIVE_REST,
  LIVE_WATCH,
  type LiveNews,
  RENEW_EVERY_MS,
} from './live-news.ts';
import { hearWorkers, tellWorkers } from './question.ts';
import type { Siblings } from './siblings.port.ts';

export interface LiveTellerParts {
  readonly siblings: Siblings;
  readonly calls: Pick<LiveCalls, 'own'>;
  readonly journal: Pick<Journal, 'query'>;
  readonly clock: Clock;
}

/** How often there is something to tell, in ms: with a tick of the other's feed it is seen within 100. */
const TICK_MS = 25;
/** How often calls in which nothing happens are looked at, for how busy their sockets are. */
const LOOK_EVERY_MS = 500;
/** As often as the feed tells its viewers what is being said. */
const WORDS_EVERY_MS = 100;

/** Another worker at which somebody watches. */
interface Watcher {
  /** By the steady clock. */
  readonly heardAt: number;
  readonly words: readonly string[];
}

/** What the others know of a call. */
interface Told {
  readonly call: LiveCall;
  readonly changes: number;
  /** The lines that were being spoken, as JSON. */
  words: string;
}

/** Tells the other workers what happens in the calls of this one, while somebody watches there and no longer. */
export class LiveTeller {
  readonly #parts: LiveTellerParts;
  readonly #watchers = new Map<number, Watcher>();
  readonly #told = new Map<string, Told>();
  /** Calls that have new rows, which are not told of. */
  readonly #touched = new Set<string>();
  #isStoring = false;
  #timer: unknown;
  #lookedAt = 0;
  #wordsAt = 0;
  /** Undefined: a watcher has come that knows nothing. */
  #wholeAt: number | undefined;

  constructor(parts: LiveTellerParts) {
    this.#parts = parts;
    const { siblings, clock } = parts;
    hearWorkers(siblings, LIVE_WATCH, ({ words }, from) => {
      if (!this.#watchers.has(from)) this.#wholeAt = undefined;
      this.#watchers.set(from, { heardAt: clock.steady(), words });
      if (this.#timer === undefined) this.#tick();
    });
    hearWorkers(siblings, LIVE_REST, (_args, from) => {
      this.#watchers.delete(from);
    });
  }

  close(): void {
    this.#watchers.clear();
    this.#parts.clock.clearTimeout(this.#timer);
  }

  #tick(): void {
    const { siblings, clock } = this.#parts;
    const now = clock.steady();
    this.#timer = undefined;
    for (const [worker, { heardAt }] of this.#watchers)
      if (now - heardAt >= BELIEVED_MS) this.#watchers.delete(worker);
    if (this.#watchers.size === 0) {
      this.#told.clear();
      return;
    }
    this.#timer = clock.setTimeout(() => {
      this.#tick();
    }, TICK_MS);
    const isWhole = this.#wholeAt === undefined || now - this.#wholeAt >= RENEW_EVERY_MS;
    if (isWhole) this.#wholeAt = now;
    const news = { isWhole, calls: this.#calls(now, isWhole), touched: [], words: this.#words(now, isWhole) };
    if (isWhole || news.calls.length + news.words.length > 0) tellWorkers(siblings, LIVE_CALLS, news);
    if (!this.#isStoring) void this.#tellTouched();
  }

  #calls(now: number, isWhole: boolean): LiveCall[] {
    const isLooked = isWhole || now - this.#lookedAt >= LOOK_EVERY_MS;
    if (isLooked) this.#lookedAt = now;
    const own = this.#parts.calls.own();
    const calls: LiveCall[] = [];
    for (const [callSid, view] of own) {
      const told = this.#told.get(callSid);
      const hasHappened = told?.changes !== view.changes;
      if (view.isOver || (!hasHappened && !isLooked)) continue;
      const call = view.look(now);
      if (isWhole || told === undefined || isOther(told.call, call)) calls.push(call);
      if (hasHappened) this.#touched.add(callSid);
      this.#told.set(callSid, { call, changes: view.changes, words: told?.words ?? '[]' });
    }
    for (const [callSid, { call }] of this.#told) {
      if (own.get(callSid)?.isOver === false) continue;
      this.#told.delete(callSid);
      calls.push({ ...call, state: 'ended', speaking: null, activity: 0 });
    }
    return calls;
  }

  /** What is being said in the calls that somebody hears elsewhere: all of it, or where it is not what was told last. */
  #words(now: number, isAll: boolean): LiveNews['words'] {
    if (!isAll && now - this.#wordsAt < WORDS_EVERY_MS) return [];
    this.#wordsAt = now;
    const wanted = new Set([...this.#watchers.values()].flatMap(({ words }) => words));
    return [...wanted].flatMap((callSid) => {
      const [view, told] = [this.#parts.calls.own().get(callSid), this.#told.get(callSid)];
      if (view === undefined || told === undefined) return [];
      const lines = [...view.words];
      const words = JSON.stringify(lines);
      if (words === told.words && !isAll) return [];
      told.words = words;
      return [{ callSid, lines }];
    });
  }

  /** Whoever is told of rows reads them at once: so what was recorded before is in the journal first. */
  async #tellTouched(): Promise<void> {
    const { siblings, journal } = this.#parts;
    this.#isStoring = true;
    while (this.#touched.size > 0) {
      const touched = [...this.#touched];
      this.#touched.clear();
      try {
        await everythingWritten(journal);
      } catch {
        // Whoever reads them cannot, either, and tries again.
      }
      if (this.#watchers.size > 0)
        tellWorkers(siblings, LIVE_CALLS, { isWhole: false, calls: [], touched, words: [] });
    }
    this.#isStoring = false;
  }
}

const isOther = (one: LiveCall, other: LiveCall) =>
  one.state !== other.state || one.speaking !== other.speaking || one.activity !== other.activity;
