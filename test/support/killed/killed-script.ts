import type { StoredEntry } from '../../../src/protocol/call-feed.ts';
import { isWithin } from '../../../src/protocol/state-path.ts';
import type { DeskCommand } from '../../../src/services/desk/desk.ts';
import type { EngineSettings } from '../golden/hosted-engine.ts';
import type { ScriptedCall } from '../golden/scripted-call.ts';
import type { Speech } from '../turn-taking/far-model.ts';
import { CallWorld, type Left, STEP_MS } from './call-world.ts';
import { gatedJournal } from './gated-journal.ts';

/** A caller who hears nothing says it again, and in the end goes. */
const SAYS_AGAIN_AFTER_MS = 5000;
const GIVES_UP_AFTER_MS = 15_000;
const HANGS_UP_AFTER_MS = 120_000;
const GONE_WITHIN_MS = 120_000;
const SETTLED_AFTER_MS = 2000;

const QUIET = 'conversing.listening.quiet';

/** What is left of a call whose process was killed. */
export interface LeftByKill extends Left {
  /** At how many points its process could have been killed. */
  readonly points: number;
  /** Where it was; undefined where it lived. */
  readonly killedAt: string | undefined;
  /** What was on the disk then. */
  readonly rowsBefore: readonly StoredEntry[];
}

export interface Kill {
  /** The numbers of the points, from 1: a process that took over may be killed, too. */
  readonly at: readonly number[];
  /** How long the disk takes, in ms. */
  readonly lagMs: number;
}

/**
 * A call of a script whose process is killed at some point, and replaced: the far ends see what they would see, and the
 * caller says what was not heard again. The world ends when the call has.
 */
export class KilledScript extends CallWorld implements ScriptedCall<LeftByKill> {
  readonly #kill: Kill;
  #points = 0;
  #quietMs = 0;
  #killedAt: string | undefined;
  #rowsBefore: readonly StoredEntry[] = [];
  #lastOrder: DeskCommand | undefined;
  #lastSaid: [words: string | undefined, ms: number, over: Partial<Speech>] | undefined;

  constructor(settings: EngineSettings, kill: Kill) {
    super({
      settings,
      onPoint: (point) => {
        this.#passes(point);
      },
      openJournal: (store, life) => gatedJournal(store, life, kill.lagMs),
    });
    this.#kill = kill;
  }

  override says(words: string | undefined, ms: number, over: Partial<Speech> = {}): void {
    this.#lastSaid = [words, ms, over];
    super.says(words, ms, over);
  }

  async until(what: string, isSo: () => boolean, withinMs = 60_000): Promise<void> {
    for (let waited = 0; !isSo() && !this.isOver; waited += STEP_MS) {
      if (this.#killedAt === undefined) {
        if (waited >= withinMs) throw new Error(`the call waits in vain, in ${this.state}: ${what}`);
      } else if (waited >= GIVES_UP_AFTER_MS) return;
      await this.run(STEP_MS);
      this.#saysAgain();
    }
  }

  reaches(state: string, withinMs?: number): Promise<void> {
    return this.until(state, () => isWithin(state, this.state), withinMs);
  }

  async ended(withinMs = HANGS_UP_AFTER_MS): Promise<LeftByKill> {
    const within = async (ms: number) => {
      for (let waited = 0; !this.isOver && waited < ms; waited += STEP_MS) {
        await this.run(STEP_MS);
        this.#saysAgain();
      }
    };
    await within(withinMs);
    // Who was not parted with hangs up.
    if (!this.isOver && this.#killedAt !== undefined) {
      this.carrier.hangUp();
      this.atCarrier.isCompleted();
    }
    await within(GONE_WITHIN_MS);
    await this.run(SETTLED_AFTER_MS);
    return {
      ...this.leave(),
      points: this.#points,
      killedAt: this.#killedAt,
      rowsBefore: this.#rowsBefore,
    };
  }

  /** An operator does it again who sees that it came to nothing. */
  protected override orders(command: DeskCommand): void {
    this.#lastOrder = command;
    super.orders(command);
  }

  /** What came to nothing by the kill is said, or ordered, once more. */
  #saysAgain(): void {
    this.#quietMs = this.#killedAt !== undefined && this.state === QUIET ? this.#quietMs + STEP_MS : 0;
    if (this.#quietMs !== SAYS_AGAIN_AFTER_MS) return;
    if (this.#lastOrder !== undefined) {
      this.orders(this.#lastOrder);
      return;
    }
    if (this.#lastSaid === undefined) return;
    this.says(...this.#lastSaid);
    this.#lastSaid = undefined;
  }

  #passes(point: string): void {
    if (!this.#kill.at.includes(++this.#points)) return;
    this.#killedAt = `${String(this.#points)}, ${point}, in ${this.state}`;
    this.#rowsBefore = this.rows;
    this.dies();
  }
}
