import { setTimeout as after } from 'node:timers/promises';
import { systemClock } from '../../../src/clock.ts';
import { CallerManners } from '../../../src/cli/caller-manners.ts';
import { CallerVoice } from '../../../src/simulator/carrier/caller-voice.ts';
import type { CarrierEvent } from '../../../src/simulator/carrier/carrier-events.ts';
import { placeCall, type PlacedCall } from '../../../src/simulator/carrier/place-call.ts';
import type { FakeTwilioRest } from '../fake-twilio-rest.ts';

/** A sentence with a voice. */
export interface Spoken {
  readonly text: string;
  readonly audio: Uint8Array;
}

export interface ChaosCallerParts {
  readonly url: string;
  readonly rest: FakeTwilioRest;
  /** E.164: no other caller has it. */
  readonly from: string;
  readonly lines: readonly Spoken[];
}

/** What a loss has cost a caller, in ms since the stream broke. */
export interface Gap {
  /** Until the caller had again what they had: the agent's voice where it spoke or owed an answer, else the line. */
  readonly ms: number;
  readonly waitedFor: 'agent' | 'line';
  /** Until the carrier had its answer what comes after the stream. */
  readonly answeredMs: number;
  /** Until the next stream was open. */
  readonly attachedMs: number;
}

/** What became of one call, as its carrier saw it. */
export interface CallSeen {
  readonly callSid: string;
  /** How often its stream broke, and it did not end with that. */
  losses: number;
  readonly gaps: Gap[];
  /** Webhooks that failed for good. */
  refusedWebhooks: number;
  /** The engine, or the carrier, ended it. */
  wasEnded: boolean;
}

/** What the carrier says of a webhook that it has asked for the last time. */
const NOT_RETRIEVED = 11_200;
/** Whoever came back so often hangs up, and another one calls: one more comeback might be one too many by the engine's own rule. */
const ENOUGH_LOSSES = 2;
const LAST_WORDS_MS = 1500;

/** Somebody who calls, and talks until it is enough. */
export class ChaosCaller {
  readonly seen: CallSeen;
  /** The call is over. */
  readonly ended: Promise<void>;
  readonly #call: PlacedCall;
  readonly #manners: CallerManners;
  readonly #clock = systemClock;
  #isHeard = false;
  #isOwed = false;
  #lostAt: number | undefined;
  #answeredAt = 0;
  #attachedAt = 0;
  /** What the caller waits for since the loss. */
  #waitsFor: 'agent' | 'line' = 'line';
  #hangsUp = false;

  constructor({ url, rest, from, lines }: ChaosCallerParts) {
    const voice = new CallerVoice();
    this.#manners = new CallerManners({
      clock: this.#clock,
      lines: lines.map((line) => ({ kind: 'speak', bargeIn: false, ...line })),
      isOpen: true,
      speak: (audio, typed) => voice.say(audio, typed),
      press: () => undefined,
      hangUp: () => undefined,
      isAgentBusy: () => false,
    });
    this.#call = placeCall({
      ...{ url, from, to: '+12025550100', voice },
      // As the engine names itself.
      publicUrl: url.replace('127.0.0.1', 'localhost'),
      ...{ accountSid: rest.accountSid, authToken: rest.authToken },
      tell: (event) => {
        this.#take(event);
        this.#manners.take(event);
      },
    });
    const { callSid } = this.#call;
    this.seen = { callSid, losses: 0, gaps: [], refusedWebhooks: 0, wasEnded: false };
    rest.carry(callSid, (change) => {
      this.#call.update(change);
    });
    this.ended = this.#call.ended.then(({ by }) => {
      rest.callEnded(callSid);
      if (by !== 'caller') this.seen.wasEnded = true;
    });
  }

  /** Waits for what a loss still owes, and hangs up. */
  async hangUp(withinMs: number): Promise<void> {
    const until = this.#clock.steady() + withinMs;
    while (this.isWaiting && !this.seen.wasEnded && this.#clock.steady() < until) await after(50);
    this.#hangsUp = true;
    this.#call.hangUp();
    await this.ended;
  }

  #take(event: CarrierEvent): void {
    if (event.type === 'agent.audible') {
      this.#isHeard = true;
      this.#isOwed = false;
      this.#hasBack('agent');
    } else if (event.type === 'agent.quiet') this.#isHeard = false;
    else if (event.type === 'caller.quiet') this.#isOwed = true;
    else if (event.type === 'twiml') this.#answeredAt = this.#clock.steady();
    else if (event.type === 'stream.attached') {
      this.#attachedAt = this.#clock.steady();
      this.#hasBack('line');
    } else if (event.type === 'stream.ended') {
      if (event.by === 'network' && !this.#hangsUp) this.#lose(event.droppedMs > 0);
    } else if (event.type === 'carrier.alert' && event.alert.code === NOT_RETRIEVED)
      this.seen.refusedWebhooks += 1;
  }

  #lose(wasCutOff: boolean): void {
    this.seen.losses += 1;
    // A second loss before the first is made good: the caller waits on.
    this.#lostAt ??= this.#clock.steady();
    if (this.#isHeard || wasCutOff || this.#isOwed) this.#waitsFor = 'agent';
    this.#isHeard = false;
  }

  #hasBack(what: 'agent' | 'line'): void {
    if (this.#lostAt === undefined) return;
    if (what === 'line' && this.#waitsFor === 'agent') return;
    const since = this.#lostAt;
    const msUntil = (at: number) => Math.round(at - since);
    this.seen.gaps.push({
      ms: msUntil(this.#clock.steady()),
      waitedFor: this.#waitsFor,
      answeredMs: msUntil(this.#answeredAt),
      attachedMs: msUntil(this.#attachedAt),
    });
    this.#lostAt = undefined;
    this.#waitsFor = 'line';
    if (this.seen.losses >= ENOUGH_LOSSES)
      this.#clock.setTimeout(() => {
        if (this.#lostAt === undefined) void this.hangUp(0);
      }, LAST_WORDS_MS);
  }

  /** Waits for what a loss has taken, or is about to hang up. */
  get isBusy(): boolean {
    return this.isWaiting || this.seen.losses >= ENOUGH_LOSSES;
  }

  /** Waits for what a loss has taken. */
  get isWaiting(): boolean {
    return this.#lostAt !== undefined;
  }
}
