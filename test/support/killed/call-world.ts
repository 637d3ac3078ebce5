import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallEvent } from '../../../src/machines/call/call.events.ts';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import type { StoredEntry } from '../../../src/protocol/call-feed.ts';
import type { DeskCommand } from '../../../src/services/desk/desk.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { openStore, type Store } from '../../../src/services/storage/sqlite/store.ts';
import type { Metrics } from '../../../src/services/telemetry/metrics.ts';
import type { CarrierEvent } from '../../../src/simulator/carrier/carrier-events.ts';
import type { EngineSettings } from '../golden/hosted-engine.ts';
import { PERSON } from '../golden/script-steps.ts';
import { type AudioMode, MODEL_BYTES_PER_MS } from '../turn-taking/agent-voice.ts';
import type { Speech } from '../turn-taking/far-model.ts';
import type { Refusal } from '../turn-taking/model-memory.ts';
import {
  PLAIN_PLAN,
  type ResponsePlan,
  type SpeechPlan,
  type ToolPlan,
} from '../turn-taking/response-plan.ts';
import { settled, VirtualClock } from '../virtual-clock.ts';
import { CALL_SID, CarrierOfCall } from './carrier-of-call.ts';
import { EngineLife } from './engine-life.ts';
import { FarBusiness } from './far-business.ts';
import { FarSessions } from './far-sessions.ts';
import { FarTexts } from './far-texts.ts';
import { GatedModel } from './gated-sockets.ts';
import { Life } from './life.ts';

/** Monday, ten in the morning. */
const BEGAN_AT = Date.UTC(2026, 0, 5, 10);
/** From the death of a process: until the network says so, and until there is another one, in ms. */
const NOTICED_AFTER_MS = 20;
const REPLACED_AFTER_MS = 800;
export const STEP_MS = 10;
/** The carrier has its answer by then. */
const RINGS_MS = 100;
/** Audio in one delta, in ms. */
const DELTA_MS = 500;

/** What is left of a call when it is over. */
export interface Left {
  readonly rows: readonly StoredEntry[];
  readonly endReason: string | null;
  readonly leads: number;
  readonly bookings: number;
  /** What the carrier of texts took. */
  readonly texts: number;
  /** What was ordered of the business's own systems. */
  readonly orders: number;
  /** Timers that outlive the call. */
  readonly timers: number;
  /** What neither far end may see. */
  readonly faults: readonly string[];
  /** Of the process that had it last. */
  readonly metrics: Metrics | undefined;
}

export interface WorldParts {
  readonly settings: EngineSettings;
  /** Told of each point at which a process may be killed; may kill it. */
  readonly onPoint: (point: string) => void;
  /** The journal as one process has it. */
  readonly openJournal: (store: Store, life: Life) => Journal | Promise<Journal>;
  /** How long a session may last, in ms. Default: as its dialect says. */
  readonly sessionLimitMs?: number;
  /** Told what the carrier sees of its streams. */
  readonly tell?: (event: CarrierEvent) => void;
}

/** One call on a clock of its own, with the carrier and the model at its ends, and processes of the engine between them that come and go. */
export class CallWorld {
  readonly beganAt = BEGAN_AT;
  readonly clock = new VirtualClock(BEGAN_AT);
  readonly model = {
    open: (): void => {
      this.sessions.open();
    },
    terminate: (): void => {
      this.sessions.current?.terminate();
    },
  };
  readonly carrier = {
    press: (digit: string): void => {
      this.atCarrier.stream?.press(digit);
    },
    hangUp: (): void => {
      this.atCarrier.hangUp();
    },
    vanish: (): void => {
      this.atCarrier.stream?.vanish();
    },
  };
  protected readonly sessions: FarSessions;
  protected readonly atCarrier: CarrierOfCall;
  protected readonly business = new FarBusiness();
  /** Those that live, the newest last: that one is asked about a call that none of them has. */
  readonly #engines: EngineLife[] = [];
  readonly #parts: WorldParts;
  readonly #profile: AgentProfile;
  readonly #audio: AudioMode;
  readonly #store: Store = openStore(':memory:');
  readonly #folder = mkdtempSync(join(tmpdir(), 'call-world-'));
  readonly #texts = new FarTexts();
  /** What a process without calls has. */
  #timersBefore: number | undefined;

  constructor(parts: WorldParts) {
    const { settings } = parts;
    this.#parts = parts;
    this.#profile = profileOf(settings);
    this.#audio = settings.profile['audio'] === 'pcm16' ? 'pcm16' : 'pcmu';
    this.sessions = new FarSessions(this.clock, this.#audio);
    this.atCarrier = new CarrierOfCall(this.clock, () => this.#having(), parts.tell);
  }

  /** Starts the first process, and lets the call ring. */
  async begin(): Promise<this> {
    await this.startsProcess();
    void this.atCarrier.rings();
    await this.run(RINGS_MS);
    return this;
  }

  get state(): string {
    return this.#having()?.stateOf(CALL_SID) ?? 'gone';
  }

  plan(purpose: string, outputs: readonly (SpeechPlan | ToolPlan)[], over: Partial<ResponsePlan> = {}): this {
    const bytes = MODEL_BYTES_PER_MS[this.#audio] * DELTA_MS;
    this.sessions.put(purpose, { ...PLAIN_PLAN, deltaBytes: [bytes, bytes], outputs, ...over });
    return this;
  }

  refuse(purpose: string, refusal: Refusal): this {
    this.sessions.put(purpose, refusal);
    return this;
  }

  dials(): void {
    this.atCarrier.dials();
  }

  tell(event: CallEvent): void {
    if (event.type === 'phone.completed') this.atCarrier.isCompleted();
    else if (event.type === 'transfer.ended') this.atCarrier.hasDialled(event.result);
    else if (event.type === 'hangup.requested') this.orders({ type: 'hangup' });
    else if (event.type === 'transfer.requested') {
      // A number that an operator names is known to the desk alone.
      const to = event.hasNumber === true ? { to: PERSON.escalation.phoneNumber } : {};
      this.orders({ type: 'transfer', ...to });
    } else this.#having()?.tell(CALL_SID, event);
  }

  says(words: string | undefined, ms: number, over: Partial<Speech> = {}): void {
    this.sessions.hears({
      ...{ words, ms, wordsAfterMs: 120, hasStart: true, isRepeating: false, isNoise: () => false },
      ...over,
    });
  }

  async run(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    await settled();
    while (this.clock.now() < end) {
      this.clock.advance(Math.min(STEP_MS, end - this.clock.now()));
      await settled();
    }
  }

  /** The newest process; undefined while there is none. */
  protected get engine(): EngineLife | undefined {
    return this.#engines.at(-1);
  }

  protected get isOver(): boolean {
    if (this.engine === undefined || this.state !== 'gone') return false;
    return typeof this.#store.query('call', { callSid: CALL_SID })?.endedAt === 'string';
  }

  protected get rows(): StoredEntry[] {
    return this.#store.query('events', { callSid: CALL_SID });
  }

  protected orders(command: DeskCommand): void {
    void this.#having()?.desk.command(CALL_SID, command);
  }

  /** One more process: new calls are its own. */
  protected async startsProcess(): Promise<void> {
    const life = new Life(this.clock, this.#parts.onPoint);
    const { settings, sessionLimitMs } = this.#parts;
    const engine = new EngineLife({
      ...{ life, sessionLimitMs },
      journal: await this.#parts.openJournal(this.#store, life),
      profile: this.#profile,
      dialect: settings.dialect,
      greetingMs: settings.greetingMs,
      openModel: () => {
        const session = this.sessions.connect();
        return new GatedModel(life, session, settings.dialect, (audio) => {
          this.sessions.takesAudio(session, audio);
        });
      },
      sender: this.#texts.senderFor(life),
      ownTools: this.business.toolsFor(life),
      atCarrier: {
        end: () => {
          this.atCarrier.isEnded();
        },
        ask: () => {
          this.atCarrier.isToAsk();
        },
      },
      folder: this.#folder,
    });
    await engine.open();
    this.#timersBefore ??= life.timers;
    this.#engines.push(engine);
  }

  /** Which responses have come to their end, and that is on the disk: as it is now. */
  protected writtenResponses(): (responseId: string) => boolean {
    const known = new Set(
      this.rows.flatMap((row) => (row.event === 'response.finished' ? [row.body.responseId] : [])),
    );
    return (id) => known.has(id);
  }

  /** The process dies this instant, and another one takes its place. */
  protected dies(): void {
    const isKnown = this.writtenResponses();
    for (const engine of this.#engines.splice(0)) engine.life.kill();
    this.clock.setTimeout(() => {
      this.atCarrier.loses();
      this.sessions.break(isKnown);
    }, NOTICED_AFTER_MS);
    this.clock.setTimeout(() => {
      void this.startsProcess();
    }, REPLACED_AFTER_MS);
  }

  /** A process that was to end has ended. */
  protected isDone(engine: EngineLife): void {
    engine.life.kill();
    this.#engines.splice(this.#engines.indexOf(engine), 1);
  }

  /** What is left of it. The world ends with that. */
  protected leave(): Left {
    const limit = 100;
    const left = {
      rows: this.rows,
      endReason: this.#store.query('call', { callSid: CALL_SID })?.endReason ?? null,
      leads: this.#store.query('leads', { limit }).items.length,
      bookings: this.#store.query('bookings', { limit }).items.filter(({ status }) => status === 'confirmed')
        .length,
      texts: this.#texts.taken.length,
      orders: this.business.orders.length,
      timers: (this.engine?.life.timers ?? 0) - (this.#timersBefore ?? 0),
      faults: [...this.atCarrier.faults, ...this.business.faults],
      metrics: this.engine?.metrics,
    };
    for (const engine of this.#engines.splice(0)) engine.life.kill();
    this.#store.close();
    rmSync(this.#folder, { recursive: true });
    return left;
  }

  /** The process that has the call; else the one that would be given it. */
  #having(): EngineLife | undefined {
    return this.#engines.find((engine) => engine.stateOf(CALL_SID) !== undefined) ?? this.engine;
  }
}

function profileOf({ profile }: EngineSettings): AgentProfile {
  return AgentProfile.parse({
    id: 'default',
    business: {
      name: 'Acme',
      timezone: 'UTC',
      hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }],
      services: ['Advice'],
    },
    tools: [
      ...['look_up', 'order', 'end_call', 'escalate_to_human', 'pause_recording', 'resume_recording'],
      ...['create_lead', 'book_appointment', 'reschedule_appointment', 'cancel_appointment', 'send_sms'],
    ],
    maskDigits: false,
    cardNumbers: 'keep',
    ...profile,
  });
}
