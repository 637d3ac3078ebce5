import { type Clock, withoutJumps } from '../../clock.ts';
import { EngineError, noteOf } from '../../errors.ts';
import type { EndReason } from '../../machines/call/call.events.ts';
import { COMMAND_NAMES } from '../../protocol/console-commands.ts';
import { stateName } from '../../protocol/state-path.ts';
import type { RefusalCause } from '../../protocol/refusal-causes.ts';
import type { Admission, Arrival } from '../admission/admission.ts';
import type { Agents } from '../agents/agents.ts';
import type { AwaitedCalls } from './awaited-calls.ts';
import { callerIdOf } from './caller-id.ts';
import type { CallRegistry, CallInProgress } from './call-registry.ts';
import { EXAMPLES, eventOf } from './desk-commands.ts';
import { drainCalls } from './draining.ts';
import type { Successors } from './handing-over.ts';
import { NextSteps } from './next-steps.ts';
import { Resuming } from './resuming.ts';
import type { RunningCall } from './running-call.ts';
import type { OpenEndedCall } from './unfinished/unfinished-call.ts';
import type {
  AfterStream,
  CarrierNews,
  DeskCommand,
  CommandAnswer,
  Desk,
  AfterDial,
  IncomingCall,
  LiveCallStanding,
  NextStep,
  RecordingStatus,
} from '../desk/desk.ts';
import type { Log } from '../../log.ts';
import { everythingWritten, type Journal } from '../storage/journal.port.ts';
import { sentenceOf } from '../../protocol/profile-sentences.ts';
import type { CallFacts } from '../desk/call-facts.ts';
import { judgeNumber, servedCountries } from '../desk/number-policy.ts';
import type { StreamOfCall } from '../phone/stream-token.ts';

export interface LiveDeskParts {
  /** The calls in progress. The desk adds those that it accepts. */
  readonly registry: CallRegistry;
  readonly agents: Pick<Agents, 'find' | 'forNumber' | 'asOf'>;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** Who may take a line. */
  readonly admission: Admission;
  /** The calls that the process before this one left open. */
  readonly awaited: Pick<AwaitedCalls, 'forget'>;
  /** The number of the engine's account, E.164. */
  readonly ownNumber: string | undefined;
  /** Who takes this process's calls when it is to end; undefined where it is the whole engine. */
  readonly successors?: Successors | undefined;
  /** A token for the next stream of a call. */
  readonly mintToken: (stream: StreamOfCall) => string;
  /**
   * Builds a call with everything it needs, and does not start it. The clock is the call's own. `before`: what the process
   * before this one left of it.
   */
  readonly host: (facts: CallFacts, clock: Clock, before?: OpenEndedCall) => RunningCall;
}

/** What is being said, and then the busy message, is heard in this time; a model that is slow has had its chance. */
const DISMISS_AFTER_MS = 12_000;

const HANGUP: NextStep = { kind: 'hangup' };

/**
 * The desk in front of the calls in progress: what webhooks and operators ask is decided here. A call is put into the
 * registry when its acceptance is durable, and taken out when it has ended.
 */
export class LiveDesk implements Desk {
  readonly #parts: LiveDeskParts;
  /** Answers that are being decided: what is told of their calls waits for them. */
  readonly #answering = new Map<string, Promise<unknown>>();
  readonly #resuming: Resuming;
  readonly #steps: NextSteps;
  #isDraining = false;

  constructor(parts: LiveDeskParts) {
    this.#parts = parts;
    this.#resuming = new Resuming({
      ...parts,
      put: (facts, clock, before) => this.#put({ ...facts, peer: 'carrier' }, facts, clock, before),
    });
    this.#steps = new NextSteps({ ...parts, mayReturn: (call) => this.#resuming.mayReturn(call) });
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  async answer(call: IncomingCall): Promise<NextStep> {
    const { callSid } = call;
    const answer = this.#answer(call);
    const answers = Promise.allSettled([this.#answering.get(callSid), answer]);
    this.#answering.set(callSid, answers);
    try {
      return await answer;
    } finally {
      if (this.#answering.get(callSid) === answers) this.#answering.delete(callSid);
    }
  }

  async #answer(call: IncomingCall): Promise<NextStep> {
    const { registry, agents, journal, log, mintToken, admission } = this.#parts;
    const { callSid, direction, from, to, isTest = false } = call;
    const named = call.agentId === undefined ? undefined : agents.find(call.agentId);
    const profile = call.profile ?? named ?? agents.forNumber(direction === 'inbound' ? to : from);
    const busy = (cause: RefusalCause): NextStep => {
      admission.refused(call, cause);
      const { text, language } = sentenceOf(profile, 'busy');
      return { kind: 'busy', message: text, language, cause };
    };
    if (this.#isDraining && registry.find(callSid) === undefined) return busy('draining');
    const refused = admission.enter(call);
    if (refused !== undefined) return busy(refused);

    try {
      const clock = withoutJumps(this.#parts.clock);
      const terms = admission.termsOf(call);
      const known = { callSid, agentId: profile.id, direction, from, to, ...(isTest && { isTest }) };
      const accepted = await journal.transact('admitCall', {
        ...known,
        at: clock.now(),
        isLive: registry.isLive(callSid),
        ...(terms !== undefined && { terms }),
      });
      if (accepted === undefined) return HANGUP;
      if ('refused' in accepted) return busy(accepted.refused);
      // The carrier asks anew about a call that it could not connect, or whose process has ended.
      const back = accepted.isNew ? undefined : await this.#hereOrBack(callSid);
      if (back !== undefined && 'kind' in back) return back;
      if (registry.find(callSid) === undefined)
        this.#put(call, { ...known, isTest, profile, now: () => clock.now() }, clock);
      const { epoch } = accepted;
      return { kind: 'stream', token: mintToken({ callSid, epoch, peer: call.peer }), epoch };
    } catch (thrown) {
      log.error({ callSid, error: noteOf(thrown, 'STORAGE_UNAVAILABLE') }, 'call not accepted');
      return busy('storage');
    } finally {
      // A call in the registry has a hold on the line of its own.
      admission.leave(callSid);
    }
  }

  async afterStream({ callSid, over, epoch }: AfterStream): Promise<NextStep> {
    if (await this.#isOver(callSid, over)) return HANGUP;
    const live = this.#parts.registry.find(callSid);
    if (live !== undefined) return this.#steps.afterStream(live, epoch);
    const back = await this.#resuming.bringBack(callSid);
    if (back === undefined) return HANGUP;
    return 'kind' in back ? back : this.#steps.afterReturn(back, epoch);
  }

  async dialResult({ callSid, over, result }: AfterDial): Promise<NextStep> {
    const { registry } = this.#parts;
    // The two have talked, whichever process knows of it.
    const end = over !== undefined && result === 'reached' ? 'transferred' : over;
    const isGone = end !== undefined && registry.find(callSid) === undefined;
    if (isGone && (await this.#isOver(callSid, end))) return HANGUP;
    const live = await this.#hereOrBack(callSid);
    if (live === undefined) return HANGUP;
    if ('kind' in live) return live;
    // Told again after its process died, a call has gone on from there.
    const ended = { type: 'transfer.ended', result } as const;
    if (live.running.takes(ended)) live.running.tell(ended);
    live.transferTo = undefined;
    await this.#untilWritten();
    return (await this.#isOver(callSid, over)) ? HANGUP : this.#steps.stream(live);
  }

  /** A call in progress: here, or brought back from the journal. */
  async #hereOrBack(callSid: string): Promise<CallInProgress | NextStep | undefined> {
    const here = this.#parts.registry.find(callSid);
    if (here !== undefined) return here;
    const back = await this.#resuming.bringBack(callSid);
    return back !== undefined && 'call' in back ? back.call : back;
  }

  async status(news: CarrierNews, outboxId?: string): Promise<void> {
    const { journal, clock, log } = this.#parts;
    switch (news.of) {
      case 'call': {
        const { callSid, status, over } = news;
        // Whoever is told of a call by name has placed it, whatever became of the answer.
        if (outboxId !== undefined && (await journal.query('errand', { id: outboxId })) !== undefined) {
          const candidates = [{ providerSid: callSid, status, ...(over !== undefined && { over }) }];
          await journal.keep('settleOutbox', { id: outboxId, candidates, at: clock.now() });
        }
        await this.#isOver(callSid, over);
        return;
      }
      case 'message':
        await journal.keep('settleMessage', {
          providerSid: news.messageSid,
          ...(outboxId !== undefined && { id: outboxId }),
          status: news.status,
          at: clock.now(),
        });
        return;
      case 'stream':
        log.info({ callSid: news.callSid, event: news.event }, 'stream status received');
        return;
    }
  }

  /** The carrier tells it again until it is answered, and long after the call. */
  async recording({ callSid, recordingSid, status, durationS }: RecordingStatus): Promise<void> {
    const { journal, clock } = this.#parts;
    await journal.keep('noteRecording', {
      ...{ callSid, recordingSid, status, at: clock.now() },
      ...(durationS !== undefined && { durationS }),
    });
  }

  command(callSid: string, command: DeskCommand): Promise<CommandAnswer> {
    const live = this.#parts.registry.find(callSid);
    if (live === undefined) return Promise.resolve('unknown');
    const to = command.type === 'transfer' ? command.to : undefined;
    const refusal = to === undefined ? undefined : this.#refusalOf(to, live.facts);
    if (refusal !== undefined) return Promise.reject(refusal);
    const event = eventOf(command);
    if (!live.running.takes(event)) return Promise.resolve({ conflict: stateName(live.running.state) });
    if (command.type === 'transfer') live.transferTo = to;
    live.running.tell(event);
    return Promise.resolve('accepted');
  }

  /** Why an operator's number may not be dialled; the profile's own may always. */
  #refusalOf(to: string, { profile, ...facts }: CallFacts): EngineError | undefined {
    if (to === profile.escalation?.phoneNumber) return undefined;
    const own = callerIdOf(facts, this.#parts.ownNumber).callerId ?? '';
    const verdict = judgeNumber(to, servedCountries(profile.countries, own));
    return verdict.ok
      ? undefined
      : new EngineError('NUMBER_REFUSED', `to: rule "${verdict.rule}": ${verdict.reason}`);
  }

  liveCall(callSid: string): Promise<LiveCallStanding | undefined> {
    const running = this.#parts.registry.find(callSid)?.running;
    if (running === undefined) return Promise.resolve(undefined);
    const commands = COMMAND_NAMES.filter((name) => running.takes(eventOf(EXAMPLES[name])));
    return Promise.resolve({ commands, delays: running.delays() });
  }

  /**
   * Takes no new call. When it resolves, after `withinMs` and the time that ends take, it has none any more, or only such as
   * another process goes on with when this one has ended.
   */
  async drain(withinMs: number): Promise<void> {
    this.#isDraining = true;
    await drainCalls(this.#parts, withinMs);
  }

  /**
   * Ends the calls in progress, each once: its caller hears the busy message in the agent's voice first, where the
   * state that the call is in lets the agent speak.
   */
  dismissAll(): void {
    const { clock, registry } = this.#parts;
    for (const call of registry.all()) {
      if (call.isDismissed === true) continue;
      call.isDismissed = true;
      const { facts, running } = call;
      running.tell({ type: 'say.requested', text: sentenceOf(facts.profile, 'busy').text });
      clock.setTimeout(() => {
        running.tell({ type: 'hangup.requested' });
      }, DISMISS_AFTER_MS);
    }
  }

  /**
   * Whether the carrier has said its last of a call; then whoever has the call is told: its chart, or the journal,
   * which knows of it before anybody has accepted the call.
   */
  async #isOver(callSid: string, reason: EndReason | undefined): Promise<boolean> {
    if (reason === undefined) return false;
    // A call that is being answered has its chart, or is refused, behind that.
    for (let busy = this.#busyWith(callSid); busy !== undefined; busy = this.#busyWith(callSid)) await busy;
    const live = this.#parts.registry.find(callSid);
    if (live !== undefined) {
      live.running.tell({ type: 'phone.completed', failed: reason === 'failed' });
      await this.#untilWritten();
    } else {
      const { awaited, journal, clock } = this.#parts;
      await journal.keep('noteCallOver', { callSid, reason, at: clock.now() });
      awaited.forget(callSid);
    }
    return true;
  }

  /** The carrier, once answered, does not tell it again. A disk that refuses is not waited for. */
  async #untilWritten(): Promise<void> {
    const { journal } = this.#parts;
    if (journal.trouble === undefined) await everythingWritten(journal).catch(() => undefined);
  }

  /** What is being decided of a call; undefined for nothing. */
  #busyWith(callSid: string): Promise<unknown> | undefined {
    return this.#answering.get(callSid) ?? this.#resuming.settled(callSid);
  }

  #put(call: Arrival, facts: CallFacts, clock: Clock, before?: OpenEndedCall): CallInProgress {
    const { callSid } = facts;
    const { log, registry, admission } = this.#parts;
    admission.enter(call);
    const running = this.#parts.host(facts, clock, before);
    const live: CallInProgress = { facts, running, peer: call.peer };
    registry.add(live);
    log.info({ callSid, agentId: facts.agentId }, 'call began');
    void running.done.then((reason) => {
      admission.leave(callSid);
      if (reason === undefined) log.info({ callSid }, 'call handed over');
      else log.info({ callSid, reason }, 'call ended');
      registry.remove(live);
    });
    running.start();
    return live;
  }
}
