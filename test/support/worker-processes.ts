import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EngineError } from '../../src/errors.ts';
import { BEAT, BEAT_MS, DRAIN, LEAVE, LISTEN, OPEN, WARM } from '../../src/services/workers/life-words.ts';
import type { Pipe } from '../../src/services/workers/pipe.ts';
import type { ProcessEnd, WorkerProcess } from '../../src/services/workers/watched-worker.ts';
import { pipePair } from './pipe-pair.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A process of a test's: it says and does what a worker does, when the test lets it. */
export class TestWorker implements WorkerProcess {
  readonly number: number;
  readonly processId = undefined;
  readonly pipe: Pipe;
  /** Its own end of the pipe. */
  readonly far: Pipe;
  /** What it was told to do, in order. */
  readonly told: string[] = [];
  /** False: it stands still. */
  beats = true;
  isKilled = false;
  readonly #clock: VirtualClock;
  #onEnded: (how: ProcessEnd) => void = () => undefined;

  constructor(number: number, clock: VirtualClock, openError: EngineError | undefined) {
    this.number = number;
    this.#clock = clock;
    [this.pipe, this.far] = pipePair(clock);
    this.far.onAsked(OPEN, () => {
      this.told.push('open');
      return openError === undefined ? Promise.resolve() : Promise.reject(openError);
    });
    this.far.onAsked(LISTEN, () => {
      this.told.push('listen');
      this.#beat();
      return Promise.resolve();
    });
    this.far.onTold(DRAIN, (words) => this.told.push(`drain ${JSON.stringify(words)}`));
    this.far.onTold(LEAVE, () => this.told.push('leave'));
    this.far.tell(WARM, {});
  }

  kill(): void {
    if (this.isKilled) return;
    this.isKilled = true;
    this.end({ code: null, signal: 'SIGKILL' });
  }

  onEnded(listener: (how: ProcessEnd) => void): void {
    this.#onEnded = listener;
  }

  /** Its process ends. */
  end(how: ProcessEnd = { code: 0, signal: null }): void {
    setImmediate(() => {
      this.#onEnded(how);
    });
  }

  #beat(): void {
    if (this.beats) this.far.tell(BEAT, {});
    this.#clock.setTimeout(() => {
      this.#beat();
    }, BEAT_MS);
  }
}

/** Starts such processes, and keeps them in the order in which they were started. */
export class TestWorkers {
  readonly all: TestWorker[] = [];
  /** What keeps those that are started from now on from opening. */
  openError: EngineError | undefined;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  readonly start = (): TestWorker => {
    const worker = new TestWorker(this.all.length + 1, this.#clock, this.openError);
    this.all.push(worker);
    return worker;
  };

  /** The one with this number. */
  at(number: number): TestWorker {
    const worker = this.all[number - 1];
    if (worker === undefined) throw new Error(`no worker ${String(number)}`);
    return worker;
  }
}

/** Everything that is said through pipes has arrived, and what follows from it. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await nextTurn();
}

/** Lets time pass, a beat at a time. */
export async function pass(clock: VirtualClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= BEAT_MS / 5) {
    clock.advance(Math.min(left, BEAT_MS / 5));
    for (let turn = 0; turn < 3; turn++) await nextTurn();
  }
  await settled();
}
