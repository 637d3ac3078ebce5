import type { Clock } from '../../clock.ts';
import { noteOf } from '../../errors.ts';
import type { Sender } from './sender.port.ts';
import type { Log } from '../../log.ts';
import type { OutboxDelivery } from './outbox.port.ts';
import type { Journal, Errand } from '../storage/journal.port.ts';
import { afterLooking, afterSending, inVain, type ErrandStep } from './outbox-plan.ts';

export type Senders = Readonly<Record<Errand['kind'], Sender>>;

export interface OutboxParts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** In [0, 1): spreads attempts that failed together. */
  readonly chance?: () => number;
  /** How long one attempt may take before its owner counts as dead, in ms. Default: an attempt at the REST API and 3 s. */
  readonly ownerMs?: number;
}

const OWNER_MS = 8000;
/** What other processes left is looked for so often, in ms, and so much of it at a time. */
const SWEEP_MS = 30_000;
const AT_A_TIME = 20;
/** A journal that refuses is asked again after this, in ms. */
const JOURNAL_RETRY_MS = 1000;

type Waiter = (errand: Errand | undefined) => void;

/**
 * Takes what is on its way to the carrier, one step at a time, each written
 * down before the next. Whatever dies in between, here or anywhere, leaves an
 * errand whose state says what may have happened: the next process goes on from
 * there, and nothing is sent twice.
 */
export class Outbox implements OutboxDelivery {
  readonly #parts: OutboxParts;
  #senders: Senders | undefined;
  readonly #waiters = new Map<string, Waiter[]>();
  /** Steps that are being taken. */
  readonly #steps = new Map<string, Promise<void>>();
  #timer: unknown;
  #wakesAt = Number.POSITIVE_INFINITY;
  #isClosed = false;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Begins with what an earlier process left. Entries put in before wait until now. */
  start(senders: Senders): void {
    this.#senders = senders;
    for (const id of this.#waiters.keys()) this.#take(id);
    void this.#sweep();
  }

  deliver(id: string): Promise<Errand | undefined> {
    return new Promise((resolve) => {
      this.#waiters.set(id, [...(this.#waiters.get(id) ?? []), resolve]);
      this.#take(id);
    });
  }

  /** Takes nothing up any more; resolves when what was taken up is settled or put back, within one attempt's time. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#parts.clock.clearTimeout(this.#timer);
    await Promise.all(this.#steps.values());
  }

  #take(id: string): void {
    const senders = this.#senders;
    if (senders === undefined || this.#isClosed || this.#steps.has(id)) return;
    const step = this.#step(id, senders)
      .catch((thrown: unknown) => {
        const { code } = noteOf(thrown, 'INTERNAL');
        this.#parts.log.error({ code }, 'outbox step failed');
        this.#wakeAt(this.#parts.clock.now() + JOURNAL_RETRY_MS);
      })
      .finally(() => this.#steps.delete(id));
    this.#steps.set(id, step);
  }

  async #step(id: string, senders: Senders): Promise<void> {
    const { journal, clock, ownerMs = OWNER_MS } = this.#parts;
    const at = clock.now();
    const claimed = await journal.transact('claimOutbox', { id, at, until: at + ownerMs });
    if (claimed === undefined) {
      const errand = await journal.query('errand', { id });
      if (errand === undefined || errand.state === 'done') this.#settled(id, errand);
      else this.#wakeAt(errand.due);
      return;
    }
    const { errand, task } = claimed;
    const sender = senders[errand.kind];
    const step =
      task === 'send'
        ? afterSending(errand, await sender.send(errand), this.#moment())
        : afterLooking(errand, await sender.find(errand), this.#moment());
    await this.#conclude(errand, step);
  }

  async #conclude(errand: Errand, step: ErrandStep): Promise<void> {
    const { journal, clock, log } = this.#parts;
    const { id, claim } = errand;
    if (step.kind === 'return') {
      const { to, due, hasLooked } = step;
      await journal.transact('returnOutbox', { id, claim, to, due, hasLooked });
      this.#wakeAt(due);
      return;
    }
    try {
      const settled = await journal.transact('settleOutbox', { ...endOf(step), id, at: clock.now() });
      if (settled.state === 'done') this.#settled(id, settled);
      // All that looks like it is somebody else's.
      else await this.#conclude(errand, inVain(errand, clock.now()));
    } catch (thrown) {
      // The outcome is the truth all the same. The errand stays as it is, and will be looked for.
      log.error({ code: noteOf(thrown, 'INTERNAL').code }, 'outbox outcome not stored');
      this.#settled(id, standInFor(errand, step));
      this.#wakeAt(errand.due);
    }
  }

  #settled(id: string, errand: Errand | undefined): void {
    const waiters = this.#waiters.get(id) ?? [];
    this.#waiters.delete(id);
    for (const resolve of waiters) resolve(errand);
  }

  /** Takes up what is due, and sleeps until something is. */
  async #sweep(): Promise<void> {
    const { journal, clock, log } = this.#parts;
    this.#wakesAt = Number.POSITIVE_INFINITY;
    try {
      const at = clock.now();
      const { ids, nextDue } = await journal.query('outboxDue', { at, limit: AT_A_TIME });
      // Whoever is waited for may have been brought to its end by another process.
      for (const id of new Set([...ids, ...this.#waiters.keys()])) this.#take(id);
      this.#wakeAt(Math.min(nextDue ?? Number.POSITIVE_INFINITY, at + SWEEP_MS));
    } catch (thrown) {
      log.warn({ code: noteOf(thrown, 'INTERNAL').code }, 'outbox not readable');
      this.#wakeAt(clock.now() + JOURNAL_RETRY_MS);
    }
  }

  #wakeAt(at: number): void {
    if (this.#isClosed || at >= this.#wakesAt) return;
    const { clock } = this.#parts;
    clock.clearTimeout(this.#timer);
    this.#wakesAt = at;
    this.#timer = clock.setTimeout(() => void this.#sweep(), Math.max(0, at - clock.now()));
  }

  #moment() {
    return { now: this.#parts.clock.now(), chance: this.#parts.chance?.() ?? 0.5 };
  }
}

/** What a settling step says of the errand's end. */
function endOf({ status, candidates, reason }: Extract<ErrandStep, { kind: 'settle' }>) {
  return {
    ...(status !== undefined && { status }),
    ...(candidates !== undefined && { candidates }),
    ...(reason !== undefined && { reason }),
  };
}

function standInFor(errand: Errand, { status, candidates, reason }: Extract<ErrandStep, { kind: 'settle' }>) {
  const found = candidates?.[0];
  return {
    ...errand,
    state: 'done' as const,
    status: found?.status ?? status ?? 'unknown',
    providerSid: found?.providerSid ?? null,
    reason: reason ?? null,
  };
}
