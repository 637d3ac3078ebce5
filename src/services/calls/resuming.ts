import { type Clock, withoutJumps } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { EndReason } from '../../machines/call/call.events.ts';
import { sentenceOf } from '../../protocol/profile-sentences.ts';
import { isWithin } from '../../protocol/state-path.ts';
import type { Agents } from '../agents/agents.ts';
import type { CallFacts } from '../desk/call-facts.ts';
import type { NextStep } from '../desk/desk.ts';
import type { CallRecord } from '../storage/calls.port.ts';
import type { Journal } from '../storage/journal.port.ts';
import { type AwaitedCalls, comesBackWithin } from './awaited-calls.ts';
import type { CallInProgress, CallRegistry } from './call-registry.ts';
import { callerIdOf } from './caller-id.ts';
import { lastStandingAfter, NOT_BEGUN } from './unfinished/last-standing.fold.ts';
import { type OpenEndedCall, unfinishedCallOf } from './unfinished/unfinished-call.ts';

export interface ResumingParts {
  readonly registry: Pick<CallRegistry, 'find' | 'hasEnded'>;
  readonly agents: Pick<Agents, 'find' | 'forNumber' | 'asOf'>;
  readonly journal: Pick<Journal, 'query' | 'transact'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly awaited: Pick<AwaitedCalls, 'forget'>;
  /** The number of the engine's account, E.164. */
  readonly ownNumber: string | undefined;
  /** Starts a call, and puts it into the registry, within this step. */
  readonly put: (facts: CallFacts, clock: Clock, before: OpenEndedCall | undefined) => CallInProgress;
}

/** A call that has come back, and which of its streams comes next. */
export interface ReturnedCall {
  readonly call: CallInProgress;
  readonly nextEpoch: number;
}

/** What was lost so often is lost again: then the caller hears why, or a person. */
const MAX_COMEBACKS = 3;
const MAX_COMEBACKS_IN_A_ROW = 2;
const IN_A_ROW_MS = 30_000;

const HANGUP: NextStep = { kind: 'hangup' };

/**
 * Brings back calls whose process has ended before they did: nothing of one is left but its log. Each is brought back
 * once, however many ask for it at a time.
 */
export class Resuming {
  readonly #parts: ResumingParts;
  readonly #coming = new Map<string, Promise<ReturnedCall | NextStep | undefined>>();

  constructor(parts: ResumingParts) {
    this.#parts = parts;
  }

  /** Settles when a call that is just being brought back is here, or is not. */
  settled(callSid: string): Promise<unknown> | undefined {
    return this.#coming.get(callSid)?.catch(() => undefined);
  }

  /**
   * The call as it goes on here, or what its carrier does instead. Undefined for one that is not known, or has ended.
   *
   * @throws {EngineError} `STORAGE_UNAVAILABLE`: it may be asked for again.
   */
  bringBack(callSid: string): Promise<ReturnedCall | NextStep | undefined> {
    const coming = this.#coming.get(callSid);
    if (coming !== undefined) return coming;
    const back = this.#bringBack(callSid)
      .then((come) => {
        this.#parts.awaited.forget(callSid);
        return come;
      })
      .finally(() => {
        this.#coming.delete(callSid);
      });
    this.#coming.set(callSid, back);
    return back;
  }

  /** Whether a call whose stream is over may have another one, by how often it had. */
  async mayReturn({ facts, running }: CallInProgress): Promise<boolean> {
    const rows = await this.#parts.journal.query('events', { callSid: facts.callSid });
    const { comebacks } = rows.reduce(lastStandingAfter, NOT_BEGUN);
    // The last one is that which is asked about, where its loss has been noticed by now.
    const before = isWithin('awaitingStream', running.state) ? comebacks.slice(0, -1) : comebacks;
    return !isTooOften(before, facts.now());
  }

  async #bringBack(callSid: string): Promise<ReturnedCall | NextStep | undefined> {
    const { journal, log, registry } = this.#parts;
    if (registry.hasEnded(callSid)) return undefined;
    const clock = withoutJumps(this.#parts.clock);
    // The carrier waits, and so does the caller: nothing is asked after another that can be asked beside it.
    const [facts, rows, effects] = await Promise.all([
      this.#openCall(callSid, clock),
      journal.query('events', { callSid }),
      journal.query('effectOutcomes', { callSid }),
    ]);
    if (facts === undefined) return undefined;
    // It was accepted, and its process ended before a word of it was written down: it begins anew.
    if (!rows.some(({ event }) => event === 'call.began')) return this.#start(facts, clock, undefined);

    const outcomes = new Map(effects.map(({ toolCallId, outcome }) => [toolCallId, outcome]));
    const call = unfinishedCallOf(rows, { now: clock.now(), outcomes });
    if ('over' in call) return this.#end(callSid, call.over, clock);
    if (call.gapMs > comesBackWithin(call.state)) return this.#end(callSid, 'lost', clock);
    if (isTooOften(call.comebacks, clock.now())) {
      log.warn({ callSid, resumes: call.comebacks.length }, 'call comes back too often');
      await this.#end(callSid, 'failed', clock);
      return this.#partingOf(facts);
    }
    return this.#start(facts, clock, call);
  }

  /** Last: it may have ended meanwhile, and from here on nobody else is asked. */
  async #start(
    facts: CallFacts,
    clock: Clock,
    before: OpenEndedCall | undefined,
  ): Promise<ReturnedCall | undefined> {
    const { registry, journal, log, put } = this.#parts;
    const { callSid } = facts;
    const next = await journal.transact('nextEpoch', { callSid });
    if (next === undefined) return undefined;
    if (before !== undefined) {
      const { gapMs, restored } = before;
      log.info({ callSid, gapMs, owed: restored.owed, resumes: restored.resumes }, 'call goes on');
    }
    return { call: registry.find(callSid) ?? put(facts, clock, before), nextEpoch: next.epoch };
  }

  async #end(callSid: string, reason: EndReason, clock: Clock): Promise<NextStep> {
    await this.#parts.journal.transact('endCall', { callSid, reason, at: clock.now() });
    this.#parts.log.info({ callSid, reason }, 'call ended');
    return HANGUP;
  }

  /** Of a call that is known, and has not ended. */
  async #openCall(callSid: string, clock: Clock): Promise<CallFacts | undefined> {
    const record = await this.#parts.journal.query('call', { callSid });
    return record?.endedAt === null ? this.#factsOf(record, clock) : undefined;
  }

  /** With the profile that it began with; with the one of today, where that cannot be found any more. */
  async #factsOf(record: CallRecord, clock: Clock): Promise<CallFacts> {
    const { agents } = this.#parts;
    const { callSid, agentId, direction, from, to, isTest, startedAt } = record;
    const profile =
      (await agents.asOf(agentId, startedAt)) ??
      agents.find(agentId) ??
      agents.forNumber(direction === 'inbound' ? to : from);
    return { callSid, agentId, direction, from, to, isTest, profile, now: () => clock.now() };
  }

  /** The agent is given up: a person takes over, or the caller hears that it does not work. */
  #partingOf(facts: CallFacts): NextStep {
    const { escalation } = facts.profile;
    if (escalation !== undefined) {
      return { kind: 'dial', to: escalation.phoneNumber, ...callerIdOf(facts, this.#parts.ownNumber) };
    }
    return apologyOf(facts);
  }
}

/** The caller hears that it does not work, and to call again. */
export function apologyOf({ profile }: Pick<CallFacts, 'profile'>): NextStep {
  const { text, language } = sentenceOf(profile, 'failed');
  return { kind: 'apology', message: text, language };
}

function isTooOften(comebacks: readonly number[], now: number): boolean {
  const inARow = comebacks.filter((at) => at > now - IN_A_ROW_MS);
  return comebacks.length >= MAX_COMEBACKS || inARow.length >= MAX_COMEBACKS_IN_A_ROW;
}
