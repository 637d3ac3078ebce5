import type { Clock } from '../../clock.ts';
import { noteOf } from '../../errors.ts';
import type { Usage } from '../../machines/call/call.events.ts';
import type { Log } from '../../log.ts';
import type { DaySums } from '../storage/admission.port.ts';
import type { Journal } from '../storage/journal.port.ts';
import type { EngineDay } from './engine-day.ts';
import { limitTime } from './limit-clock.ts';
import { costMicrosOf, type ModelRates } from './model-rates.ts';

export interface SpendingMeterParts {
  readonly journal: Pick<Journal, 'transact'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly day: EngineDay;
  readonly rates: ModelRates;
  /** Called with the sums of the day, each time that something was stored. */
  readonly onSums: (day: string, sums: DaySums) => void;
}

/** How far the journal is behind, in ms, while a session is open: what a killed process forgets of each. */
const WRITE_EVERY_MS = 15_000;

/** The part of a model's socket that is looked at. */
interface Session {
  on(event: 'open' | 'close', listener: () => void): unknown;
}

interface Amount {
  modelMs: number;
  costMicros: number;
}

/**
 * What the model costs while it costs: how long its sessions are open, and the
 * tokens that it reports, added up and written down every now and then.
 */
export class SpendingMeter {
  readonly #parts: SpendingMeterParts;
  /** Open sessions, and up to when their time is counted. */
  readonly #open = new Map<Session, number>();
  #unwritten: Amount = { modelMs: 0, costMicros: 0 };
  #timer: unknown;
  #isClosed = false;
  #writes: Promise<unknown> = Promise.resolve();

  constructor(parts: SpendingMeterParts) {
    this.#parts = parts;
  }

  /** Counts the time from a socket's opening to its end. */
  watch<Socket extends Session>(socket: Socket): Socket {
    socket.on('open', () => {
      this.#open.set(socket, this.#now());
      this.#writeLater();
    });
    socket.on('close', () => {
      this.#count(socket);
      this.#open.delete(socket);
      // Whoever ends last is not forgotten when nothing else begins.
      if (this.#open.size === 0) this.write();
    });
    return socket;
  }

  used(usage: Usage): void {
    this.#unwritten.costMicros += costMicrosOf(usage, this.#parts.rates);
    this.#writeLater();
  }

  /** Tells the journal everything up to now: what is asked of it next goes by that. Never throws. */
  write(): void {
    for (const socket of this.#open.keys()) this.#count(socket);
    const { modelMs, costMicros } = this.#unwritten;
    if (modelMs === 0 && costMicros === 0) return;
    this.#unwritten = { modelMs: 0, costMicros: 0 };
    const { journal, day, log, onSums } = this.#parts;
    const today = day.of(this.#now());
    const written = journal
      .transact('addSpending', { day: today, modelMs, costMicros })
      .then((sums) => {
        onSums(today, sums);
      })
      .catch((thrown: unknown) => {
        this.#unwritten.modelMs += modelMs;
        this.#unwritten.costMicros += costMicros;
        const { code } = noteOf(thrown, 'STORAGE_UNAVAILABLE');
        log.debug({ code }, 'model cost not stored yet, retrying');
      });
    this.#writes = Promise.all([this.#writes, written]);
  }

  /** Resolves when everything is written down that can be. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#parts.clock.clearTimeout(this.#timer);
    this.write();
    await this.#writes;
  }

  #now(): number {
    return limitTime(this.#parts.clock);
  }

  #count(socket: Session): void {
    const since = this.#open.get(socket);
    if (since === undefined) return;
    const now = this.#now();
    this.#unwritten.modelMs += Math.max(0, now - since);
    this.#open.set(socket, now);
  }

  #writeLater(): void {
    if (this.#isClosed) return;
    this.#timer ??= this.#parts.clock.setTimeout(() => {
      this.#timer = undefined;
      this.write();
      if (this.#open.size > 0) this.#writeLater();
    }, WRITE_EVERY_MS);
  }
}
