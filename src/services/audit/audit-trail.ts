import { createHmac, randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { noteOf } from '../../errors.ts';
import type { ActFindings, ActName, ActorName, ClientName } from '../../protocol/console-audit.ts';
import type { Log } from '../../log.ts';
import type { Journal } from '../storage/journal.port.ts';

export interface AuditTrailParts {
  readonly journal: Pick<Journal, 'transact' | 'keep'>;
  readonly clock: Clock;
  readonly log: Log;
  /** What numbers are digested with: without it, a digest is found by trying all numbers. */
  readonly key: Buffer;
}

/** What an operator is about to do. */
export interface Act {
  readonly who: Exclude<ActorName, 'disk'>;
  readonly client: ClientName;
  readonly address: string;
  readonly act: ActName;
  readonly callSid?: string;
  readonly agentId?: string;
  /** E.164. It is digested before it is written down. */
  readonly phone?: string;
  /** It waits for no disk: calls are ended while nothing can be written, too. */
  readonly isUrgent?: boolean;
}

/** An act that has begun. */
export interface BegunAct {
  /** Resolves when it is durable that it has; rejects when the journal refuses. Need not be waited for. */
  readonly written: Promise<void>;
  /** The act is over. @param status - HTTP. */
  conclude(status: number, findings?: ActFindings): void;
}

/**
 * Acts that a page repeats by itself, such as each part of a recording that is
 * played: the same one by the same client is one row for so long, in ms.
 */
const REPEATED: ReadonlySet<ActName> = new Set(['readRecording', 'previewAgent', 'softphoneSay']);
const ONE_ROW_MS = 600_000;
const MAX_REMEMBERED = 1000;

const DONE: BegunAct = { written: Promise.resolve(), conclude: () => undefined };

/**
 * What operators did, kept in the journal for 400 days: who, what, when, on
 * which call or agent, from where, and what came of it. No number, no word and
 * no value is in it. A row is told to the journal before its act begins.
 */
export class AuditTrail {
  readonly #parts: AuditTrailParts;
  /** When acts that are repeated were last written down. */
  readonly #written = new Map<string, number>();

  constructor(parts: AuditTrailParts) {
    this.#parts = parts;
  }

  begin({ phone, isUrgent = false, ...act }: Act): BegunAct {
    const { journal, clock, log } = this.#parts;
    const at = clock.now();
    const repeated = REPEATED.has(act.act) ? JSON.stringify(act) : undefined;
    if (repeated !== undefined && !this.#isNews(repeated, at)) return DONE;

    const id = randomUUID();
    const caller = phone === undefined ? {} : { caller: numberDigest(this.#parts.key, phone) };
    const row = { ...act, ...caller, id, at };
    const written = isUrgent ? journal.keep('beginAct', row) : journal.transact('beginAct', row);
    const unwritten = (thrown: unknown) => {
      if (repeated !== undefined) this.#written.delete(repeated);
      log.error({ act: act.act, code: noteOf(thrown, 'INTERNAL').code }, "operator's act not stored");
    };
    written.catch(unwritten);
    return {
      written,
      conclude: (status, findings = {}) => {
        // What failed may be tried again, and come to something.
        if (status >= 400 && repeated !== undefined) this.#written.delete(repeated);
        journal.keep('concludeAct', { ...findings, id, status }).catch(unwritten);
      },
    };
  }

  /** Tells which profiles stand in their folder: somebody may have changed them while no engine ran. */
  async foundProfiles(profiles: readonly { agentId: string; version: string }[]): Promise<void> {
    const { journal, clock, log } = this.#parts;
    try {
      await journal.transact('noteProfiles', { profiles, at: clock.now() });
    } catch (thrown) {
      log.error({ code: noteOf(thrown, 'INTERNAL').code }, 'profile changes not stored');
    }
  }

  #isNews(act: string, at: number): boolean {
    const last = this.#written.get(act);
    if (last !== undefined && at - last < ONE_ROW_MS) return false;
    this.#written.delete(act);
    this.#written.set(act, at);
    const [oldest] = this.#written.keys();
    if (this.#written.size > MAX_REMEMBERED && oldest !== undefined) this.#written.delete(oldest);
    return true;
  }
}

/** Stands for a number in the trail. @param phone - E.164. */
export const numberDigest = (key: Buffer, phone: string): string =>
  createHmac('sha256', key).update(phone).digest('hex').slice(0, 32);
