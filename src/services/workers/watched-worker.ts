import type { Clock } from '../../clock.ts';
import { EngineError } from '../../errors.ts';
import { BEAT, BEAT_MS, DRAIN, type DrainWords, LEAVE, LISTEN, OPEN, WARM } from './life-words.ts';
import type { Pipe } from './pipe.ts';

/** A process that was started to be a worker. */
export interface WorkerProcess {
  /** From 1; no other one has it, or had it. */
  readonly number: number;
  /** Undefined for one that the system could not start. */
  readonly processId: number | undefined;
  readonly pipe: Pipe;
  /** At once, whatever it does: also one that the system has stopped. */
  kill(): void;
  /** Called once, when it has ended. */
  onEnded(listener: (how: ProcessEnd) => void): void;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/**
 * Why a worker is none any more: it `ended` by itself, `stalled`, was too `late` to open or to drain, `failed` to
 * open, has `drained` as it was told, or was `dismissed`: killed, because nobody needs it.
 */
export type WorkerLoss = 'ended' | 'stalled' | 'late' | 'failed' | 'drained' | 'dismissed';

export interface WatchedWorkerDeps {
  readonly process: WorkerProcess;
  readonly clock: Clock;
  /** Called once: from then on it can do no harm, whatever its process still does. */
  readonly onLost: (why: WorkerLoss, end: ProcessEnd | undefined) => void;
}

/** An event loop that stands still for so long, in ms, keeps its callers in silence: they are better off elsewhere. */
const STALLED_MS = 5000;
const BEATS_MISSED = STALLED_MS / BEAT_MS;
/** A program is to be loaded, and agents have their servers to find. Each may take so long. */
const OPEN_WITHIN_MS = 60_000;
/** Beyond what the calls are given, in ms: closing what is open. Whoever started the engine gives 5 s. */
const LAST_STEPS_MS = 4000;

/**
 * A worker, from its start to its end, as the process that watches over it has it. One that is lost is killed, its pipe
 * is cut, and it stays lost: what comes of it later comes to nothing.
 */
export class WatchedWorker {
  readonly number: number;
  readonly processId: number | undefined;
  readonly pipe: Pipe;
  /** Its program is loaded. Rejects with `SIBLING_LOST` when it is lost before. */
  readonly warm: Promise<void>;
  /** Its process has ended. */
  readonly ended: Promise<void>;
  readonly #deps: WatchedWorkerDeps;
  #listensSince: number | undefined;
  #isDraining = false;
  #isLost = false;
  #missed = 0;
  #timer: unknown;
  #drainTimer: unknown;
  #becameCold: (error: EngineError) => void = () => undefined;

  constructor(deps: WatchedWorkerDeps) {
    const { process } = deps;
    this.#deps = deps;
    this.number = process.number;
    this.processId = process.processId;
    this.pipe = process.pipe;
    this.warm = new Promise((resolve, reject) => {
      this.#becameCold = reject;
      this.pipe.onTold(WARM, () => {
        this.#deps.clock.clearTimeout(this.#timer);
        resolve();
      });
    });
    this.#timer = this.#deps.clock.setTimeout(() => {
      this.giveUp('late');
    }, OPEN_WITHIN_MS);
    this.warm.catch(() => undefined); // Nobody waits for a spare one.
    this.ended = new Promise((resolve) => {
      process.onEnded((end) => {
        this.#lose(this.#isDraining && end.code === 0 ? 'drained' : 'ended', end);
        resolve();
      });
    });
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** How long it has taken calls, in ms. */
  get livedMs(): number {
    return this.#listensSince === undefined ? 0 : this.#deps.clock.steady() - this.#listensSince;
  }

  get hasListened(): boolean {
    return this.#listensSince !== undefined;
  }

  get isListening(): boolean {
    return this.hasListened && !this.#isLost && !this.#isDraining;
  }

  /** @throws {EngineError} what it says that keeps it from opening; `SIBLING_LOST` when it is lost meanwhile, or takes too long. */
  async open(words: unknown): Promise<void> {
    await this.pipe.ask(OPEN, words, { withinMs: OPEN_WITHIN_MS });
  }

  /** @throws {EngineError} as `open` does. */
  async listen(): Promise<void> {
    await this.pipe.ask(LISTEN, {}, { withinMs: OPEN_WITHIN_MS });
    this.#listensSince = this.#deps.clock.steady();
    this.pipe.onTold(BEAT, () => {
      this.#missed = 0;
    });
    this.#watch();
  }

  /** Lets its calls end, or be taken over. Resolves when its process has ended, within `withinMs` and some seconds. */
  async drain(words: DrainWords): Promise<void> {
    if (this.isListening) {
      this.#isDraining = true;
      this.pipe.tell(DRAIN, words);
      this.#drainTimer = this.#deps.clock.setTimeout(() => {
        this.giveUp('late');
      }, words.withinMs + LAST_STEPS_MS);
    }
    // One that has no calls yet has nothing to drain.
    if (!this.#isDraining) this.giveUp('dismissed');
    await this.ended;
  }

  /** Has it write down what it has, and end. Resolves when its process has ended: it is killed after `withinMs`. */
  async leave(withinMs: number): Promise<void> {
    this.pipe.tell(LEAVE, {});
    this.#deps.clock.clearTimeout(this.#drainTimer);
    this.#drainTimer = this.#deps.clock.setTimeout(() => {
      this.giveUp('dismissed');
    }, withinMs);
    await this.ended;
  }

  /** Kills it. */
  giveUp(why: WorkerLoss): void {
    this.#lose(why, undefined);
  }

  /**
   * Beats are missed one by one and not by the time that has passed: a machine that slept, or a process that was
   * stopped and goes on, has them all still to read.
   */
  #watch(): void {
    this.#timer = this.#deps.clock.setTimeout(() => {
      this.#missed += 1;
      if (this.#missed > BEATS_MISSED) this.giveUp('stalled');
      else this.#watch();
    }, BEAT_MS);
  }

  #lose(why: WorkerLoss, end: ProcessEnd | undefined): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#deps.clock.clearTimeout(this.#timer);
    this.#deps.clock.clearTimeout(this.#drainTimer);
    this.pipe.cut();
    this.#deps.process.kill();
    this.#becameCold(new EngineError('SIBLING_LOST'));
    this.#deps.onLost(why, end);
  }
}
