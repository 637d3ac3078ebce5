import { isWithin } from '../../protocol/state-path.ts';
import type { NextStep } from '../desk/desk.ts';
import type { StreamOfCall } from '../phone/stream-token.ts';
import type { Journal } from '../storage/journal.port.ts';
import type { CallInProgress, CallRegistry } from './call-registry.ts';
import { callerIdOf } from './caller-id.ts';
import { apologyOf, type ReturnedCall } from './resuming.ts';

export interface NextStepsParts {
  readonly registry: Pick<CallRegistry, 'isLive'>;
  readonly journal: Pick<Journal, 'query' | 'transact' | 'trouble'>;
  /** The number of the engine's account, E.164. */
  readonly ownNumber: string | undefined;
  /** A token for the next stream of a call. */
  readonly mintToken: (stream: StreamOfCall) => string;
  /** Whether a call whose stream is over may have another one. */
  readonly mayReturn: (call: CallInProgress) => Promise<boolean>;
}

/** The state of the chart in which the stream is left for the carrier to dial. */
const DIALLING = 'transferring.dialing';
/** States in which the carrier is to bring a stream. */
const AWAITING = ['connecting', 'awaitingStream', 'transferring.returning'];
/** States in which it is to bring none. */
const OVER = ['ending', 'ended'];

const HANGUP: NextStep = { kind: 'hangup' };

/** What the carrier does next with a call that is here, when its stream is over. */
export class NextSteps {
  readonly #parts: NextStepsParts;

  constructor(parts: NextStepsParts) {
    this.#parts = parts;
  }

  /** @param epoch - which of its streams is over; undefined where that is not said. */
  async afterStream(live: CallInProgress, epoch: number | undefined): Promise<NextStep> {
    const { facts, running } = live;
    // Told again of a stream that was followed by another: that one goes on.
    if (await this.#isFollowed(live, epoch)) return this.#streamOf(live);
    const wasOver = isOneOf(OVER, running.state);
    const mayReturn = await this.#parts.mayReturn(live);
    running.tell({ type: 'phone.left', mayReturn });
    if (await this.#isDialling(live)) return this.#dial(live);
    return mayReturn || wasOver ? this.stream(live) : apologyOf(facts);
  }

  /** The same of a call that has come back for this question: what its log says is known, and nothing has happened since. */
  async afterReturn({ call, nextEpoch }: ReturnedCall, epoch: number | undefined): Promise<NextStep> {
    const isFollowed = epoch !== undefined && nextEpoch > epoch + 1;
    if (isFollowed) return this.#streamOfEpoch(call, nextEpoch);
    call.running.tell({ type: 'phone.left', mayReturn: true });
    if (await this.#isDialling(call)) return this.#dial(call);
    return isOneOf(AWAITING, call.running.state) ? this.#streamOfEpoch(call, nextEpoch) : HANGUP;
  }

  /** A stream for a call that waits for one. */
  stream(live: CallInProgress): Promise<NextStep> {
    return isOneOf(AWAITING, live.running.state) ? this.#streamOf(live) : Promise.resolve(HANGUP);
  }

  async #dial(live: CallInProgress): Promise<NextStep> {
    const { facts, running, transferTo } = live;
    const { registry, ownNumber } = this.#parts;
    const to =
      transferTo ?? (await this.#namedBefore(facts.callSid)) ?? facts.profile.escalation?.phoneNumber;
    if (!registry.isLive(facts.callSid)) return HANGUP;
    if (to !== undefined) return { kind: 'dial', to, ...callerIdOf(facts, ownNumber) };
    running.tell({ type: 'transfer.ended', result: 'failed' });
    return this.stream(live);
  }

  /** Whom an operator named to the process before this one. */
  async #namedBefore(callSid: string): Promise<string | undefined> {
    const { journal } = this.#parts;
    if (journal.trouble !== undefined) return undefined;
    const rows = await journal.query('events', { callSid });
    return rows.findLast((row) => row.event === 'next.decided')?.body.to;
  }

  async #isFollowed({ facts: { callSid } }: CallInProgress, epoch: number | undefined): Promise<boolean> {
    const { journal } = this.#parts;
    if (epoch === undefined || journal.trouble !== undefined) return false;
    const standing = await journal.query('standing', { callSid });
    return standing !== undefined && standing.epoch > epoch;
  }

  /**
   * The decision is on the disk, and the dialling has not ended since: the next stream only takes it back. Where the disk
   * refuses, it is on its way there, and nobody but the chart knows.
   */
  async #isDialling({ facts: { callSid }, running }: CallInProgress): Promise<boolean> {
    const { journal } = this.#parts;
    if (running.state !== DIALLING || journal.trouble !== undefined) return running.state === DIALLING;
    const standing = await journal.query('standing', { callSid });
    return standing?.next === 'dial';
  }

  async #streamOf(live: CallInProgress): Promise<NextStep> {
    const { callSid } = live.facts;
    const next = await this.#parts.journal.transact('nextEpoch', { callSid, isLive: true });
    return next === undefined ? HANGUP : this.#streamOfEpoch(live, next.epoch);
  }

  #streamOfEpoch({ facts: { callSid } }: CallInProgress, epoch: number): NextStep {
    return { kind: 'stream', token: this.#parts.mintToken({ callSid, epoch, peer: 'carrier' }), epoch };
  }
}

const isOneOf = (states: readonly string[], path: string) => states.some((state) => isWithin(state, path));
