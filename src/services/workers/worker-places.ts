import type { Clock } from '../../clock.ts';
import { EngineError, noteOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { BackOff } from './back-off.ts';
import { type ProcessEnd, WatchedWorker, type WorkerLoss, type WorkerProcess } from './watched-worker.ts';

export interface WorkerPlacesDeps {
  readonly count: number;
  readonly startProcess: () => WorkerProcess;
  /** A worker is about to open: what it asks is answered from now on. @returns what it is told. */
  readonly onOpening: (worker: WatchedWorker) => unknown;
  /** It is none any more, for whatever reason; told of those that were opening, too, and of no other. */
  readonly onLost: (worker: WatchedWorker, why: WorkerLoss) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** A start takes a processor for a second, and calls come back just now: the next spare is started behind that, in ms. */
const SPARE_AFTER_MS = 1000;

/** A worker that has been started, and when it could take calls: rejects with what keeps it from that. */
interface Started {
  readonly worker: WatchedWorker;
  readonly opened: Promise<void>;
}

/** Where a worker is, or is to be. */
interface Place {
  worker: WatchedWorker | undefined;
  readonly backOff: BackOff;
  /** Until the next one is started. */
  timer: unknown;
}

/**
 * The workers of an engine: so many places, each with one that takes calls. One that ends is replaced at once, by a spare
 * one that is open already and has only to listen; one that ends again and again, after a while.
 */
export class WorkerPlaces {
  readonly #deps: WorkerPlacesDeps;
  readonly #places: readonly Place[];
  /** All processes that have not ended. */
  readonly #alive = new Set<WatchedWorker>();
  readonly #opening = new WeakSet<WatchedWorker>();
  #spareBackOff = new BackOff();
  #spare: Started | undefined;
  #spareTimer: unknown;
  #isStarted = false;
  #isEnding = false;
  #rolling: Promise<void> | undefined;
  #rollsAgain = false;

  constructor(deps: WorkerPlacesDeps) {
    this.#deps = deps;
    this.#places = Array.from({ length: deps.count }, () => ({
      worker: undefined,
      backOff: new BackOff(),
      timer: undefined,
    }));
  }

  /** Those that take calls. */
  get listening(): readonly WatchedWorker[] {
    return [...this.#alive].filter(({ isListening }) => isListening);
  }

  /** Those that have calls: also the ones that drain. */
  get counting(): readonly WatchedWorker[] {
    return [...this.#alive].filter(({ hasListened, isLost }) => hasListened && !isLost);
  }

  /**
   * Fills every place. Resolves when all listen.
   *
   * @param freePort - called when all are ready to listen.
   * @throws {EngineError} what keeps one of them from opening; none is left then.
   */
  async start(freePort: () => Promise<void>): Promise<void> {
    try {
      await Promise.all(
        this.#places.map(async (place) => {
          const { worker, opened } = this.#startWorker();
          place.worker = worker;
          await opened;
        }),
      );
      await freePort();
      await Promise.all(this.#places.map(async ({ worker }) => worker?.listen()));
      this.#isStarted = true;
      for (const { number, processId } of this.listening)
        this.#deps.log.info({ worker: number, processId }, 'worker listens');
      this.#keepSpare();
    } catch (thrown) {
      await this.kill();
      throw thrown;
    }
  }

  /** Replaces all of them, one after the other: a new one listens before an old one drains. Never rejects. */
  replaceAll(drainMs: number): Promise<void> {
    if (this.#rolling !== undefined) {
      this.#rollsAgain = true;
      return this.#rolling;
    }
    this.#rolling = this.#roll(drainMs).then(() => {
      this.#rolling = undefined;
      this.#keepSpare();
      if (!this.#rollsAgain) return undefined;
      this.#rollsAgain = false;
      return this.replaceAll(drainMs);
    });
    return this.#rolling;
  }

  /** Lets all calls end, and every worker then. No worker is started any more. */
  async drain(withinMs: number): Promise<void> {
    this.#end();
    const words = { withinMs, leavesPort: false };
    await Promise.all([...this.#alive].map((worker) => worker.drain(words)));
  }

  /** Ends all of them now, each when it has written down what it has, or after `withinMs`. */
  async leave(withinMs: number): Promise<void> {
    this.#end();
    await Promise.all([...this.#alive].map((worker) => worker.leave(withinMs)));
  }

  /** Ends all of them at once. */
  async kill(): Promise<void> {
    this.#end();
    const alive = [...this.#alive];
    for (const worker of alive) worker.giveUp('dismissed');
    await Promise.all(alive.map(({ ended }) => ended));
  }

  #end(): void {
    this.#isEnding = true;
    const { clock } = this.#deps;
    clock.clearTimeout(this.#spareTimer);
    for (const { timer } of this.#places) clock.clearTimeout(timer);
  }

  async #roll(drainMs: number): Promise<void> {
    const { log } = this.#deps;
    log.info({ workers: this.#places.length }, 'replacing all workers');
    // It has loaded what was there when it was started.
    this.#spare?.worker.giveUp('dismissed');
    for (const place of this.#places) {
      if (this.#isEnding) return;
      const { worker: fresh, opened } = this.#startWorker();
      try {
        await opened;
        await fresh.listen();
      } catch (thrown) {
        this.#tellUnopened(fresh, thrown);
        return;
      }
      const old = place.worker;
      place.worker = fresh;
      this.#deps.clock.clearTimeout(place.timer);
      const { number, processId } = fresh;
      log.info({ worker: number, processId, replaces: old?.number }, 'worker listens, the one before drains');
      await old?.drain({ withinMs: drainMs, leavesPort: true });
    }
    log.info({ workers: this.#places.length }, 'all workers are replaced');
  }

  #startWorker(): Started {
    const worker: WatchedWorker = new WatchedWorker({
      process: this.#deps.startProcess(),
      clock: this.#deps.clock,
      onLost: (why, end) => {
        this.#lost(worker, why, end);
      },
    });
    this.#alive.add(worker);
    void worker.ended.then(() => this.#alive.delete(worker));
    const opened = this.#open(worker);
    opened.catch(() => undefined); // Whoever needs it waits for it.
    return { worker, opened };
  }

  async #open(worker: WatchedWorker): Promise<void> {
    await worker.warm;
    if (worker.isLost) throw new EngineError('SIBLING_LOST');
    this.#opening.add(worker);
    await worker.open(this.#deps.onOpening(worker));
  }

  #lost(worker: WatchedWorker, why: WorkerLoss, end: ProcessEnd | undefined): void {
    const { log } = this.#deps;
    if (this.#opening.has(worker)) this.#deps.onLost(worker, why);
    if (worker === this.#spare?.worker) {
      this.#spare = undefined;
      if (why !== 'dismissed') this.#keepSpareAfter(this.#spareBackOff.waitMs(0));
    }
    const told = { worker: worker.number, why, exitCode: end?.code, signal: end?.signal };
    const place = this.#places.find((each) => each.worker === worker);
    if (place === undefined) {
      if (why !== 'dismissed') log.info(told, 'worker has left');
      return;
    }
    place.worker = undefined;
    // Whoever fills the places for the first time tells what kept one from opening.
    if (!this.#isStarted || this.#isEnding) return;
    const { livedMs } = worker;
    const waitMs = place.backOff.waitMs(livedMs);
    log.error({ ...told, livedMs, waitMs }, 'worker lost, replacing it');
    const since = this.#deps.clock.steady();
    if (waitMs === 0) void this.#fill(place, since);
    else place.timer = this.#deps.clock.setTimeout(() => void this.#fill(place, since), waitMs);
  }

  async #fill(place: Place, since: number): Promise<void> {
    const { clock, log } = this.#deps;
    const { worker, opened } = this.#spare ?? this.#startWorker();
    this.#spare = undefined;
    place.worker = worker;
    try {
      await opened;
      await worker.listen();
      const { number, processId } = worker;
      log.info({ worker: number, processId, afterMs: clock.steady() - since }, 'worker listens');
    } catch (thrown) {
      this.#tellUnopened(worker, thrown);
    }
    this.#keepSpareAfter(SPARE_AFTER_MS);
  }

  /** What keeps it from opening: of the folder of agents, say, which somebody has changed. One that was lost is told of as such. */
  #tellUnopened(worker: WatchedWorker, thrown: unknown): void {
    if (worker.isLost) return;
    const { code, message } = noteOf(thrown, 'INTERNAL');
    this.#deps.log.error({ worker: worker.number, code, message }, 'worker does not open');
    worker.giveUp(code === 'SIBLING_LOST' ? 'late' : 'failed');
  }

  #keepSpare(): void {
    if (this.#isEnding || this.#rolling !== undefined || this.#spare !== undefined) return;
    const { worker, opened } = (this.#spare = this.#startWorker());
    opened.then(
      () => {
        this.#spareBackOff = new BackOff();
        this.#deps.log.debug({ worker: worker.number }, 'spare worker is open');
      },
      (thrown: unknown) => {
        this.#tellUnopened(worker, thrown);
      },
    );
  }

  #keepSpareAfter(waitMs: number): void {
    if (this.#isEnding) return;
    this.#spareTimer = this.#deps.clock.setTimeout(() => {
      this.#keepSpare();
    }, waitMs);
  }
}
