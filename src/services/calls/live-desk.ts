import { type Clock, withoutJumps } from '../../clock.ts';
import { EngineError, noteOf } from '../../errors.ts';
import type { CallEvent, EndReason } from '../../machines/call/call.events.ts';
import { COMMAND_NAMES, type CommandName } from '../../protocol/console-commands.ts';
import { carriedNumberOf } from '../../protocol/carried-number.ts';
import { stateName } from '../../protocol/state-path.ts';
import type { RefusalCause } from '../../protocol/refusal-causes.ts';
import type { Admission } from '../admission/admission.ts';
import type { Agents } from '../agents/agents.ts';
import type { CallRegistry, LiveCall } from './call-registry.ts';
import type { RunningCall } from './running-call.ts';
import type {
  AfterStream,
  CarrierNews,
  Command,
  CommandAnswer,
  Desk,
  DialResult,
  IncomingCall,
  LiveCallStanding,
  NextStep,
  RecordingStatus,
} from '../desk/desk.ts';
import type { Log } from '../../log.ts';
import type { Journal } from '../storage/journal.port.ts';
import { sentenceOf } from '../../protocol/profile-sentences.ts';
import type { CallFacts } from '../desk/call-facts.ts';
import { judgeNumber, servedCountries } from '../desk/number-policy.ts';
import type { StreamOfCall } from '../phone/stream-token.ts';

export interface LiveDeskParts {
  /** The calls in progress. The desk adds those that it accepts. */
  readonly registry: CallRegistry;
  readonly agents: Pick<Agents, 'find' | 'forNumber'>;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** Who may take a line. */
  readonly admission: Admission;
  /** The number of the engine's account, E.164. */
  readonly ownNumber: string | undefined;
  /** A token for the next stream of a call. */
  readonly mintToken: (stream: StreamOfCall) => string;
  /** Builds a call with everything it needs, and does not start it. The clock is the call's own. */
  readonly host: (facts: CallFacts, clock: Clock) => RunningCall;
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
  #isDraining = false;

  constructor(parts: LiveDeskParts) {
    this.#parts = parts;
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
      const accepted = await journal.transact('admitCall', {
        ...{ callSid, agentId: profile.id, direction, from, to, at: clock.now() },
        ...(isTest && { isTest }),
        isLive: registry.isLive(callSid),
        ...(terms !== undefined && { terms }),
      });
      if (accepted === undefined) return HANGUP;
      if ('refused' in accepted) return busy(accepted.refused);
      if (registry.find(callSid) === undefined)
        this.#put(call, { ...call, isTest, agentId: profile.id, profile, now: () => clock.now() }, clock);
      return { kind: 'stream', token: mintToken({ callSid, epoch: accepted.epoch, peer: call.peer }) };
    } catch (thrown) {
      log.error({ callSid, error: noteOf(thrown, 'STORAGE_UNAVAILABLE') }, 'call not accepted');
      return busy('storage');
    } finally {
      // A call in the registry has a hold on the line of its own.
      admission.leave(callSid);
    }
  }

  async afterStream({ callSid, over }: AfterStream): Promise<NextStep> {
    if (await this.#isOver(callSid, over)) return HANGUP;
    const live = this.#parts.registry.find(callSid);
    const standing = await this.#parts.journal.query('standing', { callSid });
    const person = live?.transferTo ?? live?.facts.profile.escalation?.phoneNumber;
    if (live === undefined || standing === undefined || !this.#parts.registry.isLive(callSid)) return HANGUP;
    if (standing.next !== 'dial' || person === undefined) return HANGUP;
    return { kind: 'dial', to: person, ...this.#callerIdOf(live.facts) };
  }

  async dialResult({ callSid, over, result }: DialResult): Promise<NextStep> {
    const live = this.#parts.registry.find(callSid);
    live?.running.tell({ type: 'transfer.ended', result });
    if (live !== undefined) live.transferTo = undefined;
    if ((await this.#isOver(callSid, over)) || live === undefined) return HANGUP;
    if (live.running.state !== 'transferring.returning') return HANGUP;
    const next = await this.#parts.journal.transact('nextEpoch', { callSid, isLive: true });
    if (next === undefined) return HANGUP;
    return { kind: 'stream', token: this.#parts.mintToken({ callSid, epoch: next.epoch, peer: 'carrier' }) };
  }

  async status(news: CarrierNews, outboxId?: string): Promise<void> {
    const { journal, clock, log } = this.#parts;
    switch (news.of) {
      case 'call': {
        const { callSid, status, over } = news;
        // Whoever is told of a call by name has placed it, whatever became of the answer.
        if (outboxId !== undefined && (await journal.query('outboxEntry', { id: outboxId })) !== undefined) {
          const candidates = [{ providerSid: callSid, status, ...(over !== undefined && { over }) }];
          await journal.transact('settleOutbox', { id: outboxId, candidates, at: clock.now() });
        }
        await this.#isOver(callSid, over);
        return;
      }
      case 'message':
        await journal.transact('settleMessage', {
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
    await journal.transact('noteRecording', {
      ...{ callSid, recordingSid, status, at: clock.now() },
      ...(durationS !== undefined && { durationS }),
    });
  }

  command(callSid: string, command: Command): Promise<CommandAnswer> {
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
    const own = this.#callerIdOf({ ...facts, profile }).callerId ?? '';
    const verdict = judgeNumber(to, servedCountries(profile.countries, own));
    return verdict.ok
      ? undefined
      : new EngineError('NUMBER_REFUSED', `to: rule "${verdict.rule}": ${verdict.reason}`);
  }

  /** The person is shown a number of the account: what the caller dialled where that is one, else the engine's own. */
  #callerIdOf({ direction, from, to }: CallFacts): { callerId?: string } {
    const callerId = carriedNumberOf(direction === 'inbound' ? to : from) ?? this.#parts.ownNumber;
    return callerId === undefined ? {} : { callerId };
  }

  liveCall(callSid: string): LiveCallStanding | undefined {
    const running = this.#parts.registry.find(callSid)?.running;
    if (running === undefined) return undefined;
    const commands = COMMAND_NAMES.filter((name) => running.takes(eventOf(EXAMPLES[name])));
    return { commands, delays: running.delays() };
  }

  /** Takes no new call, waits for those in progress, and ends what is left after `withinMs`. */
  async drain(withinMs: number): Promise<void> {
    this.#isDraining = true;
    const { clock } = this.#parts;
    const ended = Promise.all(this.#parts.registry.all().map(({ running }) => running.done));
    let timer: unknown;
    const late = new Promise<void>((resolve) => {
      timer = clock.setTimeout(resolve, withinMs);
    });
    await Promise.race([ended, late]);
    clock.clearTimeout(timer);
    for (const { running } of this.#parts.registry.all()) running.tell({ type: 'hangup.requested' });
    await ended;
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
    while (this.#answering.has(callSid)) await this.#answering.get(callSid);
    const live = this.#parts.registry.find(callSid);
    if (live !== undefined) live.running.tell({ type: 'phone.completed', failed: reason === 'failed' });
    else {
      const { journal, clock } = this.#parts;
      await journal.transact('noteCallOver', { callSid, reason, at: clock.now() });
    }
    return true;
  }

  #put(call: IncomingCall, facts: CallFacts, clock: Clock): void {
    const { callSid } = facts;
    const { log, registry, admission } = this.#parts;
    admission.enter(call);
    const running = this.#parts.host(facts, clock);
    const live: LiveCall = { facts, running };
    registry.add(live);
    log.info({ callSid, agentId: facts.agentId }, 'call began');
    void running.done.then((reason) => {
      admission.leave(callSid);
      log.info({ callSid, reason }, 'call ended');
      registry.remove(live);
    });
    running.start();
  }
}

/** One command of each kind, to ask a chart whether it would take such a one. */
const EXAMPLES: Readonly<Record<CommandName, Command>> = {
  hangup: { type: 'hangup' },
  transfer: { type: 'transfer' },
  say: { type: 'say', text: '' },
  whisper: { type: 'whisper', text: '' },
  mute: { type: 'mute', muted: true },
  recording: { type: 'recording', paused: true },
};

function eventOf(command: Command): CallEvent {
  switch (command.type) {
    case 'hangup':
      return { type: 'hangup.requested' };
    case 'transfer':
      return { type: 'transfer.requested', hasNumber: command.to !== undefined };
    case 'say':
      return { type: 'say.requested', text: command.text };
    case 'whisper':
      return { type: 'whisper.requested', text: command.text };
    case 'mute':
      return { type: 'mute.requested', muted: command.muted };
    case 'recording':
      return { type: 'recording.requested', paused: command.paused, by: 'operator' };
  }
}
