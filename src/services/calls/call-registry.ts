import type { CallEvent } from '../../machines/call/call.events.ts';
import type { AgentProfile } from '../../protocol/agent-profile.ts';
import type { CallFacts } from '../desk/call-facts.ts';
import type { RunningCall } from './running-call.ts';

/** A call in progress. */
export interface LiveCall {
  readonly facts: CallFacts;
  readonly running: RunningCall;
  /** Where an operator sends the call, E.164: for one transfer. */
  transferTo?: string | undefined;
  /** It is being ended because the day is overdrawn. */
  isDismissed?: boolean;
}

/** Told of a call that has ended, when it is in the registry no more. */
export type EndListener = (facts: CallFacts) => void;

/** The calls in progress, by call SID. Whoever has something to say to a call finds it here; nobody else keeps one. */
export class CallRegistry {
  readonly #calls = new Map<string, LiveCall>();
  readonly #endListeners: EndListener[] = [];

  get size(): number {
    return this.#calls.size;
  }

  /** The profiles that live calls were begun with. */
  get profiles(): ReadonlySet<AgentProfile> {
    return new Set(this.all().map(({ facts }) => facts.profile));
  }

  all(): readonly LiveCall[] {
    return [...this.#calls.values()];
  }

  find(callSid: string): LiveCall | undefined {
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
    return running !== undefined && running.state !== 'ended';
  }

  /** Tells a call what happened. One that is not here has no use for it. */
  tell(callSid: string, event: CallEvent): void {
    this.#calls.get(callSid)?.running.tell(event);
  }

  /** A tool's arguments or result as the call may keep it: without card numbers, where its profile masks them. */
  maskFor(callSid: string, json: string): string {
    return this.#calls.get(callSid)?.running.masked(json) ?? json;
  }

  onEnded(listener: EndListener): void {
    this.#endListeners.push(listener);
  }

  /** Before the call is started: its legs look themselves up as soon as they start. */
  add(call: LiveCall): void {
    this.#calls.set(call.facts.callSid, call);
  }

  /** The call has ended. */
  remove({ facts }: LiveCall): void {
    this.#calls.delete(facts.callSid);
    for (const listener of this.#endListeners) listener(facts);
  }
}
