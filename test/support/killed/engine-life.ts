import type { CallEvent } from '../../../src/machines/call/call.events.ts';
import type { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { ModelCircuit } from '../../../src/services/admission/model-circuit.ts';
import { openAdmission } from '../../../src/services/admission/open-admission.ts';
import { AwaitedCalls } from '../../../src/services/calls/awaited-calls.ts';
import { CallRegistry } from '../../../src/services/calls/call-registry.ts';
import { drainCalls } from '../../../src/services/calls/draining.ts';
import { LiveDesk } from '../../../src/services/calls/live-desk.ts';
import { RunningCalls } from '../../../src/services/calls/running-calls.ts';
import { LiveCalls } from '../../../src/services/live/live-calls.ts';
import { DIALECTS } from '../../../src/services/openai/dialects/dialects.ts';
import { isFinalCause } from '../../../src/services/openai/wire/model-errors.ts';
import type { ModelSocket } from '../../../src/services/openai/wire/model-socket.ts';
import { Outbox } from '../../../src/services/outbox/outbox.ts';
import type { Sender } from '../../../src/services/outbox/sender.port.ts';
import { Recordings } from '../../../src/services/recordings/recordings.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { Metrics } from '../../../src/services/telemetry/metrics.ts';
import { createHouseTools } from '../../../src/services/tools/house/house-tools.ts';
import type { Tool } from '../../../src/services/tools/define-tool.ts';
import { createToolbox } from '../../../src/services/tools/toolbox.ts';
import { type StreamSocket, TwilioStream } from '../../../src/services/twilio/stream/twilio-stream.ts';
import { limitsOf } from '../admission.ts';
import { greetingClip, HOUSE_CLIPS } from '../golden/house-clips.ts';
import { KeptLog } from '../phone-leg.ts';
import type { Life } from './life.ts';

export interface EngineLifeParts {
  readonly life: Life;
  readonly journal: Journal;
  readonly profile: AgentProfile;
  readonly dialect: 'ga' | 'beta';
  /** How long a session may last, in ms. Undefined: as the dialect says. */
  readonly sessionLimitMs: number | undefined;
  readonly greetingMs: number | undefined;
  readonly openModel: () => ModelSocket;
  /** Carries texts. */
  readonly sender: Sender;
  readonly ownTools: readonly Tool[];
  /** Ends a call at the carrier; has it ask what comes next. */
  readonly atCarrier: { readonly end: () => void; readonly ask: () => void };
  /** Where recordings are kept. */
  readonly folder: string;
}

/** What one process of the engine has of its calls: the desk and the calls behind it, over a journal that outlives them. */
export class EngineLife {
  readonly life: Life;
  readonly desk: LiveDesk;
  readonly log = new KeptLog();
  readonly registry = new CallRegistry();
  readonly metrics = new Metrics(() => this.registry.size, { hasProcess: false });
  readonly #calls: RunningCalls;
  readonly #awaited: AwaitedCalls;
  readonly #journal: Journal;

  constructor(parts: EngineLifeParts) {
    const { life, journal, profile, sessionLimitMs, greetingMs, openModel, sender, atCarrier, folder } =
      parts;
    const { log, registry } = this;
    const { clock } = life;
    this.life = life;
    this.#journal = journal;
    const circuit = new ModelCircuit({ isFinal: isFinalCause, clock, log });
    const outbox = new Outbox({ journal, clock, log, chance: () => 0 });
    const toolbox = createToolbox({
      tools: [
        ...createHouseTools({
          journal,
          texts: outbox,
          requestRecording: (callSid, paused) => {
            registry.tell(callSid, { type: 'recording.requested', paused, by: 'agent' });
          },
        }),
        ...parts.ownTools,
      ],
      callOf: (callSid) => registry.factsOf(callSid),
      ...{ clock, log, journal },
      onWithdrawn: (callSid, kept) => {
        registry.tell(callSid, { type: 'tools.withdrawn', kept });
      },
      onLateOutcome: ({ callSid, request: { toolCallId, name } }, outcome) => {
        registry.tell(callSid, { type: 'tool.cameLate', toolCallId, name, outcome });
      },
    });
    registry.onEnded(({ callSid }) => {
      toolbox.forget(callSid);
    });
    const { admission } = openAdmission({
      ...{ settings: limitsOf(), lines: 400, circuit, journal, clock, log },
      metrics: { callRefused: () => undefined, spentToday: () => undefined },
      onOverdrawn: () => undefined,
    });
    this.#awaited = new AwaitedCalls({
      ...{ journal, clock, log },
      isHere: (callSid) => registry.find(callSid) !== undefined,
      onAwaited: () => undefined,
      onBack: () => undefined,
      onOver: () => undefined,
    });
    this.#calls = new RunningCalls({
      model: {
        ...{ url: 'wss://model.invalid', name: 'model', apiKey: undefined },
        makeDialect: () => {
          const dialect = DIALECTS[parts.dialect]();
          return { ...dialect, sessionLimitMs: sessionLimitMs ?? dialect.sessionLimitMs };
        },
        open: openModel,
      },
      ...{ toolbox, journal, log, circuit },
      clips: HOUSE_CLIPS,
      clipsOf: () => (greetingMs === undefined ? {} : { greeting: greetingClip(greetingMs) }),
      // What a session costs is nobody's concern here.
      meter: { watch: (socket) => socket, used: () => undefined },
      metrics: this.metrics,
      live: new LiveCalls(),
      recordings: new Recordings(folder),
      transferTo: (callSid) => registry.find(callSid)?.transferTo,
      endCall: () => {
        life.act('end of the call at the carrier', atCarrier.end);
        return Promise.resolve();
      },
      recall: () => {
        life.act('the carrier is asked to call back', atCarrier.ask);
        return Promise.resolve();
      },
    });
    this.desk = new LiveDesk({
      ...{ registry, journal, clock, log, admission, awaited: this.#awaited },
      agents: {
        find: () => profile,
        forNumber: () => profile,
        asOf: () => Promise.resolve(profile),
      },
      ownNumber: undefined,
      mintToken: ({ epoch }) => String(epoch),
      host: (facts, ownClock, before) => this.#calls.host(facts, ownClock, before),
    });
    outbox.start({ text: sender, call: sender });
  }

  /** To be done before anything is asked of it. */
  open(): Promise<void> {
    return this.#awaited.open();
  }

  /** The state of its one call; undefined where it has none. */
  stateOf(callSid: string): string | undefined {
    return this.registry.find(callSid)?.running.state;
  }

  /** A stream comes with its token; closed when the token is used, or nobody has the call. */
  async admit(callSid: string, socket: StreamSocket, epoch: number): Promise<void> {
    const { registry } = this;
    const stream = new TwilioStream(socket, { callSid, streamSid: `MZ${String(epoch)}`, epoch });
    const isFresh = await this.#journal.transact('consumeToken', {
      ...{ nonce: `${callSid} ${String(epoch)}`, callSid, epoch },
      ...{ at: this.life.clock.now(), isLive: registry.isLive(callSid) },
    });
    if (!isFresh || !stream.isOpen || !this.#calls.attach(callSid, stream))
      socket.close(1008, 'TOKEN_REJECTED');
  }

  /** It is to end, while another one goes on: gives its calls away, or ends them after so many ms. */
  drain(withinMs: number): Promise<void> {
    const successors = { look: () => undefined, areThere: true };
    return drainCalls({ registry: this.registry, successors, clock: this.life.clock }, withinMs);
  }

  tell(callSid: string, event: CallEvent): void {
    this.registry.tell(callSid, event);
  }
}
