import type { CallEvent } from '../../machines/call/call.events.ts';
import type { AgentProfile } from '../../protocol/agent-profile.ts';
import type { StreamPeer } from '../phone/stream-token.ts';
import type { CallFacts } from '../desk/call-facts.ts';
import type { RunningCall } from './running-call.ts';

/** A call in progress. */
export interface CallInProgress {
  readonly facts: CallFacts;
  readonly running: RunningCall;
  /** Where an operator sends the call, E.164: for one transfer. */
  transferTo?: string | undefined;
  /** Who opens its streams. */
  readonly peer: StreamPeer;
  /** It is being ended because the day is overdrawn. */
  isDismissed?: boolean;
}

/** Told of a call that begins, when it is in the registry, or is over here, when it is there no more. */
export type CallListener = (facts: CallFacts) => void;

/** The calls in progress, by call SID. Whoever has something to say to a call finds it here; nobody else keeps one. */
export class CallRegistry {
  readonly #calls = new Map<string, CallInProgress>();
  /** Calls that ended here of late, by when, in ms since the Unix epoch: a disk that refuses does not know of it yet. */
  readonly #ended = new Map<string, number>();
  readonly #beginListeners: CallListener[] = [];
  readonly #endListeners: CallListener[] = [];
  readonly #handOverListeners: CallListener[] = [];

  get size(): number {
    return this.#calls.size;
  }

  /** The profiles that live calls were begun with. */
  get profiles(): ReadonlySet<AgentProfile> {
    return new Set(this.all().map(({ facts }) => facts.profile));
  }

  all(): readonly CallInProgress[] {
    return [...this.#calls.values()];
  }

  find(callSid: string): CallInProgress | undefined {
    return this.#calls.get(callSid);
  }

  factsOf(callSid: string): CallFacts | undefined {
    return this.#calls.get(callSid)?.facts;
  }

  /** The date by a call's own clock, in ms since the Unix epoch; undefined for a call that is not here, or has ended. */
  dateOf(callSid: string): number | undefined {
    return this.isLive(callSid) ? this.factsOf(callSid)?.now() : undefined;
  }

  /** True while the call is here and has not ended: a row that says otherwise is wrong. */
  isLive(callSid: string): boolean {
    const running = this.#calls.get(callSid)?.running;
    return running !== undefined && !OVER_HERE.includes(running.state);
  }

  /** True of a call that has ended here, for as long as its carrier asks about it. */
  hasEnded(callSid: string): boolean {
    return this.#ended.has(callSid);
  }

  /** Of a call that another process is to go on with: settles when that one can. Undefined for any other. */
  leaving(callSid: string): Promise<unknown> | undefined {
    const running = this.#calls.get(callSid)?.running;
    return running?.state === HANDED_OVER ? running.done : undefined;
  }

  /** Tells a call what happened. One that is not here has no use for it. */
  tell(callSid: string, event: CallEvent): void {
    this.#calls.get(callSid)?.running.tell(event);
  }

  /** A tool's arguments or result as the call may keep it: without card numbers, where its profile masks them. */
  maskFor(callSid: string, json: string): string {
    return this.#calls.get(callSid)?.running.masked(json) ?? json;
  }

  onBegun(listener: CallListener): void {
    this.#beginListeners.push(listener);
  }

  onEnded(listener: CallListener): void {
    this.#endListeners.push(listener);
  }

  /** Told of a call that another process is to go on with, when the journal has all of it. */
  onHandedOver(listener: CallListener): void {
    this.#handOverListeners.push(listener);
  }

  /** Told of a call that is here no more, either way. */
  onLeft(listener: CallListener): void {
    this.onEnded(listener);
    this.onHandedOver(listener);
  }

  /** Before the call is started: its legs look themselves up as soon as they start. */
  add(call: CallInProgress): void {
    this.#calls.set(call.facts.callSid, call);
    for (const listener of this.#beginListeners) listener(call.facts);
  }

  /** The call has ended, or goes on in another process. */
  remove({ facts, running }: CallInProgress): void {
    this.#calls.delete(facts.callSid);
    const isHandedOver = running.state === HANDED_OVER;
    if (!isHandedOver) this.#noteEnd(facts);
    const listeners = isHandedOver ? this.#handOverListeners : this.#endListeners;
    for (const listener of listeners) listener(facts);
  }

  #noteEnd(facts: CallFacts): void {
    const { callSid } = facts;
    const at = facts.now();
    for (const [ended, since] of this.#ended) if (since < at - ASKED_ABOUT_FOR_MS) this.#ended.delete(ended);
    this.#ended.set(callSid, at);
  }
}

/** A carrier asks what comes next as soon as a stream is over, and again for some seconds. */
const ASKED_ABOUT_FOR_MS = 120_000;

/** The states in which a chart does nothing any more. */
export const HANDED_OVER = 'handedOver';
const OVER_HERE: readonly string[] = ['ended', HANDED_OVER];
