import type { Clock } from '../../clock.ts';
import { noteOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { isWithin } from '../../protocol/state-path.ts';
import type { CallRecord } from '../storage/calls.port.ts';
import type { Journal, OpenCall } from '../storage/journal.port.ts';
import { endAsLost, endStaleCalls } from './stale-calls.ts';

export interface AwaitedCallsParts {
  readonly journal: Pick<Journal, 'query' | 'transact'>;
  readonly clock: Clock;
  readonly log: Log;
  /** True of a call that has come back. */
  readonly isHere: (callSid: string) => boolean;
  /** A call is waited for. */
  readonly onAwaited: (call: CallRecord) => void;
  /** It has come back: somebody has it. */
  readonly onBack: (callSid: string) => void;
  /** It has ended, and did not come back. */
  readonly onOver: (callSid: string) => void;
}

/** The part of it that whoever takes calls uses. */
export type WaitingForCalls = Pick<AwaitedCalls, 'open' | 'forget' | 'close'>;

/** How long after its last row a call may come back, in ms: the carrier asks within a quarter of a minute, or never. */
export const COMES_BACK_WITHIN_MS = 90_000;
/** The same of one who talks with a person: the carrier asks when the two have finished. An hour, and the wait for an answer. */
const PERSON_WITHIN_MS = 3_700_000;
const WITH_A_PERSON = ['transferring.dialing', 'transferring.connected'];

/** How long after its last row a call may come back that stood in a state, in ms. */
export const comesBackWithin = (state: string): number =>
  WITH_A_PERSON.some((each) => isWithin(each, state)) ? PERSON_WITHIN_MS : COMES_BACK_WITHIN_MS;

/**
 * The calls that a process has left open that is gone, and that the carrier may bring back: it asks what comes next when
 * their streams have ended. Who is not brought back in time has ended as `lost`.
 */
export class AwaitedCalls {
  readonly #parts: AwaitedCallsParts;
  /** When each is given up, by its SID: on the steady clock, so that nobody who sets the other ends a call. */
  readonly #until = new Map<string, number>();
  #timer: unknown;

  constructor(parts: AwaitedCallsParts) {
    this.#parts = parts;
  }

  /** Ends what cannot come back any more, and waits for the rest. To be done before anything is asked of the calls. */
  async open(): Promise<void> {
    const { journal, clock, onAwaited } = this.#parts;
    const now = clock.now();
    const awaited = await endStaleCalls(journal, (call) => leftOf(call, now) > 0);
    for (const call of awaited) {
      const record = await journal.query('call', { callSid: call.callSid });
      if (record === undefined) continue;
      this.#until.set(call.callSid, clock.steady() + leftOf(call, now));
      onAwaited(record);
    }
    this.#wait();
  }

  /** The worker that had these calls is gone, and they are here no more: they are waited for from now on. */
  async lost(callSids: readonly string[]): Promise<void> {
    const { clock, log } = this.#parts;
    for (const callSid of callSids) {
      // Until the journal has said more: it may be asked of one that is just being opened anew.
      this.#until.set(callSid, clock.steady() + COMES_BACK_WITHIN_MS);
      try {
        await this.#awaitLost(callSid);
      } catch (thrown) {
        log.warn({ callSid, error: noteOf(thrown, 'STORAGE_UNAVAILABLE') }, 'state of a lost call not known');
      }
    }
    this.#wait();
  }

  async #awaitLost(callSid: string): Promise<void> {
    const { journal, clock, onAwaited } = this.#parts;
    const record = await journal.query('call', { callSid });
    if (!this.#until.has(callSid)) return;
    // It was about to be accepted, or its worker had just no time to say that it has ended.
    if (record?.endedAt !== null) this.#until.delete(callSid);
    else {
      this.#until.set(callSid, clock.steady() + comesBackWithin(record.state));
      onAwaited(record);
    }
  }

  /** A call has ended, or has come back: nobody waits for it any more. */
  forget(callSid: string): void {
    const { isHere, onBack, onOver } = this.#parts;
    if (this.#until.delete(callSid)) this.#wait();
    // Of one that was handed over others may know that it was waited for.
    if (isHere(callSid)) onBack(callSid);
    else onOver(callSid);
  }

  close(): void {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#until.clear();
  }

  #wait(): void {
    const { clock } = this.#parts;
    clock.clearTimeout(this.#timer);
    if (this.#until.size === 0) return;
    const next = Math.min(...this.#until.values());
    this.#timer = clock.setTimeout(
      () => {
        void this.#sweep().then(() => {
          this.#wait();
        });
      },
      Math.max(0, next - clock.steady()),
    );
  }

  async #sweep(): Promise<void> {
    const { journal, clock, log, isHere } = this.#parts;
    for (const [callSid, until] of this.#until) {
      if (until > clock.steady()) continue;
      try {
        if (!isHere(callSid)) await endAsLost(journal, callSid);
      } catch (thrown) {
        log.error({ callSid, error: noteOf(thrown, 'STORAGE_UNAVAILABLE') }, 'end of the call not stored');
      }
      this.forget(callSid);
    }
  }
}

/** For how long it is still waited for, in ms. A clock that was set back makes nobody wait for longer. */
const leftOf = ({ state, lastAt }: OpenCall, now: number) =>
  comesBackWithin(state) - Math.max(0, now - lastAt);
