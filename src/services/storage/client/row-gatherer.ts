import type { Clock } from '../../../clock.ts';
import { jsonOfBody } from '../folds/event-row.ts';
import type { RowsToWrite } from '../sqlite/journal-messages.ts';
import type { FeedEntry } from '../../../protocol/call-feed.ts';

/**
 * How long class B rows are gathered into one message to the thread, in ms: so
 * much of a log a killed process can lose. Message, wake-up and fsync cost ten
 * times what a row does, and rows of a hundred calls come one by one.
 */
const GATHER_MS = 50;

/** What a row costs beside its texts, in bytes: an object, its numbers, its place in a queue. An estimate on the safe side. */
const ROW_OVERHEAD_BYTES = 160;

/** The part of the engine's log that the journal uses. */
export interface JournalLog {
  info(fields: object, sentence: string): void;
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
}

export interface RowGathererDeps {
  readonly clock: Clock;
  /** The thread's: this is how two threads talk, and no time of a call. */
  readonly threadClock: Clock;
  readonly log: JournalLog;
  /** Asked for each row, with the bytes that it and those gathered with it would take. */
  readonly hasRoomFor: (bytes: number) => boolean;
  /** Takes what was gathered: rows of many calls, those of one call in order. */
  readonly send: (rows: readonly RowsToWrite[], bytes: number) => void;
}

/** Gathers class B rows of all calls for a moment. Never throws. */
export class RowGatherer {
  readonly #deps: RowGathererDeps;
  #waiting = new Map<string, RowsToWrite>();
  #bytes = 0;
  #timer: unknown;
  /** Rows dropped for want of room, by call. */
  readonly #dropped = new Map<string, number>();
  #allDropped = 0;

  constructor(deps: RowGathererDeps) {
    this.#deps = deps;
  }

  /** Rows dropped since the beginning. */
  get droppedRows(): number {
    return this.#allDropped;
  }

  add(callSid: string, rows: readonly FeedEntry[]): void {
    for (const row of rows) this.#add(callSid, row);
    if (this.#waiting.size === 0) return;
    this.#timer ??= this.#deps.threadClock.setTimeout(() => {
      this.send();
    }, GATHER_MS);
  }

  /** Sends what there is now, so that what comes next comes after it. */
  send(): void {
    this.#deps.threadClock.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.size === 0) return;
    const [rows, bytes] = [[...this.#waiting.values()], this.#bytes];
    this.#waiting = new Map();
    this.#bytes = 0;
    this.#deps.send(rows, bytes);
  }

  /** There is room again: a log with a hole says so, and how many rows it is. */
  tellDropped(): void {
    const dropped = [...this.#dropped];
    this.#dropped.clear();
    const at = this.#deps.clock.now();
    for (const [callSid, rows] of dropped) {
      this.add(callSid, [
        {
          ...{ at, from: 'journal', to: null, state: '', taken: null, regions: {} },
          ...{ event: 'rows.dropped', body: { rows } },
        },
      ]);
    }
  }

  #add(callSid: string, { at, from, to, event, state, taken, regions, body }: FeedEntry): void {
    const json = this.#jsonOf(event, body);
    // Two bytes a character, as V8 keeps texts at worst.
    const keys = [...(taken ?? []), ...Object.entries(regions ?? {}).flat()].reduce(
      (sum, key) => sum + key.length,
      0,
    );
    const bytes = ROW_OVERHEAD_BYTES + 2 * (from.length + event.length + state.length + json.length + keys);
    if (!this.#deps.hasRoomFor(this.#bytes + bytes)) {
      if (this.#dropped.size === 0) this.#deps.log.error({ callSid }, 'journal is full, rows dropped');
      this.#dropped.set(callSid, (this.#dropped.get(callSid) ?? 0) + 1);
      this.#allDropped += 1;
      return;
    }
    const gathered = this.#waiting.get(callSid) ?? { callSid, rows: [] };
    this.#waiting.set(callSid, gathered);
    const time = Number.isFinite(at) ? at : this.#deps.clock.now();
    gathered.rows.push({ at: time, from, to, event, state, taken, regions, body: json });
    this.#bytes += bytes;
  }

  /** A body that is no JSON is a bug of whoever told the row; the row itself still happened. */
  #jsonOf(event: string, body: FeedEntry['body']): string {
    try {
      return jsonOfBody(body);
    } catch {
      this.#deps.log.warn({ event }, 'row body is not JSON, left out');
      return '{}';
    }
  }
}
