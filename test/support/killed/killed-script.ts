import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallEvent } from '../../../src/machines/call/call.events.ts';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import type { StoredEntry } from '../../../src/protocol/call-feed.ts';
import type { DeskCommand } from '../../../src/services/desk/desk.ts';
import { openStore, type Store } from '../../../src/services/storage/sqlite/store.ts';
import { PERSON } from '../golden/script-steps.ts';
import type { ScriptedCall } from '../golden/scripted-call.ts';
import type { EngineSettings } from '../golden/hosted-engine.ts';
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
import { FarSessions } from './far-sessions.ts';
import { FarTexts } from './far-texts.ts';
import { gatedJournal } from './gated-journal.ts';
import { GatedModel } from './gated-sockets.ts';
import { Life } from './life.ts';

/** Monday, ten in the morning. */
const BEGAN_AT = Date.UTC(2026, 0, 5, 10);
/** From the death of a process: until the network says so, and until there is another one, in ms. */
const NOTICED_AFTER_MS = 20;
const REPLACED_AFTER_MS = 800;
const STEP_MS = 10;
/** The carrier has its answer by then. */
const RINGS_MS = 100;
/** Audio in one delta, in ms. */
const DELTA_MS = 500;
/** A caller who hears nothing says it again, and in the end goes. */
const SAYS_AGAIN_AFTER_MS = 5000;
const GIVES_UP_AFTER_MS = 15_000;
const HANGS_UP_AFTER_MS = 120_000;
const GONE_WITHIN_MS = 120_000;
const SETTLED_AFTER_MS = 2000;

const QUIET = 'conversing.listening.quiet';

/** What is left of a call when it is over. */
export interface Left {
  /** At how many points its process could have been killed. */
  readonly points: number;
  /** Where it was; undefined where it lived. */
  readonly killedAt: string | undefined;
  /** What was on the disk then. */
  readonly rowsBefore: readonly StoredEntry[];
  readonly rows: readonly StoredEntry[];
  readonly endReason: string | null;
  readonly leads: number;
  readonly bookings: number;
  /** What the carrier of texts took. */
  readonly texts: number;
  /** Timers that outlive the call. */
  readonly timers: number;
  /** What neither far end may see. */
  readonly faults: readonly string[];
}

export interface Kill {
  /** The numbers of the points, from 1: a process that took over may be killed, too. */
  readonly at: readonly number[];
  /** How long the disk takes, in ms. */
  readonly lagMs: number;
}

/**
 * A call of a script whose process is killed at some point, and replaced: the far ends see what they would see, and the
 * caller says what was not heard again. The world ends when the call has.
 */
export class KilledScript implements ScriptedCall<Left> {
  readonly beganAt = BEGAN_AT;
  readonly clock = new VirtualClock(BEGAN_AT);
  readonly model: ScriptedCall<Left>['model'];
  readonly carrier: ScriptedCall<Left>['carrier'];
  readonly #settings: EngineSettings;
  readonly #profile: AgentProfile;
  readonly #kill: Kill;
  readonly #audio: AudioMode;
  readonly #store: Store = openStore(':memory:');
  readonly #folder = mkdtempSync(join(tmpdir(), 'killed-call-'));
  readonly #sessions: FarSessions;
  readonly #texts = new FarTexts();
  readonly #atCarrier: CarrierOfCall;
  #engine: EngineLife | undefined;
  #points = 0;
  #quietMs = 0;
  /** What a process without calls has. */
  #timersBefore = 0;
  #killedAt: string | undefined;
  #rowsBefore: readonly StoredEntry[] = [];
  #lastOrder: DeskCommand | undefined;
  #lastSaid: [words: string | undefined, ms: number, over: Partial<Speech>] | undefined;

  constructor(settings: EngineSettings, kill: Kill) {
    this.#settings = settings;
    this.#kill = kill;
    this.#profile = profileOf(settings);
    this.#audio = settings.profile['audio'] === 'pcm16' ? 'pcm16' : 'pcmu';
    this.#sessions = new FarSessions(this.clock, this.#audio);
    this.#atCarrier = new CarrierOfCall(this.clock, () => this.#engine);
    this.model = {
      open: () => {
        this.#sessions.open();
      },
      terminate: () => {
        this.#sessions.current?.terminate();
      },
    };
    this.carrier = {
      press: (digit) => {
        this.#atCarrier.stream?.press(digit);
      },
      hangUp: () => {
        this.#atCarrier.hangUp();
      },
      vanish: () => {
        this.#atCarrier.stream?.vanish();
      },
    };
  }

  /** Starts the first process, and lets the call ring. */
  async begin(): Promise<this> {
    await this.#begins();
    void this.#atCarrier.rings();
    await this.run(RINGS_MS);
    return this;
  }

  get state(): string {
    return this.#engine?.stateOf(CALL_SID) ?? 'gone';
  }

  plan(purpose: string, outputs: readonly (SpeechPlan | ToolPlan)[], over: Partial<ResponsePlan> = {}): this {
    const bytes = MODEL_BYTES_PER_MS[this.#audio] * DELTA_MS;
    this.#sessions.put(purpose, { ...PLAIN_PLAN, deltaBytes: [bytes, bytes], outputs, ...over });
    return this;
  }

  refuse(purpose: string, refusal: Refusal): this {
    this.#sessions.put(purpose, refusal);
    return this;
  }

  dials(): void {
    this.#atCarrier.dials();
  }

  tell(event: CallEvent): void {
    if (event.type === 'phone.completed') this.#atCarrier.isCompleted();
    else if (event.type === 'transfer.ended') this.#atCarrier.hasDialled(event.result);
    else if (event.type === 'hangup.requested') this.#orders({ type: 'hangup' });
    else if (event.type === 'transfer.requested') {
      // A number that an operator names is known to the desk alone.
      const to = event.hasNumber === true ? { to: PERSON.escalation.phoneNumber } : {};
      this.#orders({ type: 'transfer', ...to });
    } else this.#engine?.tell(CALL_SID, event);
  }

  says(words: string | undefined, ms: number, over: Partial<Speech> = {}): void {
    this.#lastSaid = [words, ms, over];
    this.#sessions.hears({
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

  async until(what: string, isSo: () => boolean, withinMs = 60_000): Promise<void> {
    for (let waited = 0; !isSo() && !this.#isOver; waited += STEP_MS) {
      if (this.#killedAt === undefined) {
        if (waited >= withinMs) throw new Error(`the call waits in vain, in ${this.state}: ${what}`);
      } else if (waited >= GIVES_UP_AFTER_MS) return;
      await this.run(STEP_MS);
      this.#saysAgain();
    }
  }

  reaches(state: string, withinMs?: number): Promise<void> {
    return this.until(state, () => `${this.state}.`.startsWith(`${state}.`), withinMs);
  }

  async ended(withinMs = HANGS_UP_AFTER_MS): Promise<Left> {
    const within = async (ms: number) => {
      for (let waited = 0; !this.#isOver && waited < ms; waited += STEP_MS) {
        await this.run(STEP_MS);
        this.#saysAgain();
      }
    };
    await within(withinMs);
    // Who was not parted with hangs up.
    if (!this.#isOver && this.#killedAt !== undefined) {
      this.carrier.hangUp();
      this.#atCarrier.isCompleted();
    }
    await within(GONE_WITHIN_MS);
    await this.run(SETTLED_AFTER_MS);
    const left = this.#left();
    this.#engine?.life.kill();
    this.#store.close();
    rmSync(this.#folder, { recursive: true });
    return left;
  }

  get #isOver(): boolean {
    if (this.#engine === undefined || this.state !== 'gone') return false;
    return typeof this.#store.query('call', { callSid: CALL_SID })?.endedAt === 'string';
  }

  /** An operator does it again who sees that it came to nothing. */
  #orders(command: DeskCommand): void {
    this.#lastOrder = command;
    void this.#engine?.desk.command(CALL_SID, command);
  }

  /** What came to nothing by the kill is said, or ordered, once more. */
  #saysAgain(): void {
    this.#quietMs = this.#killedAt !== undefined && this.state === QUIET ? this.#quietMs + STEP_MS : 0;
    if (this.#quietMs !== SAYS_AGAIN_AFTER_MS) return;
    if (this.#lastOrder !== undefined) {
      this.#orders(this.#lastOrder);
      return;
    }
    if (this.#lastSaid === undefined) return;
    this.says(...this.#lastSaid);
    this.#lastSaid = undefined;
  }

  async #begins(): Promise<void> {
    const life = new Life(this.clock, (point) => {
      this.#passes(point);
    });
    const engine = new EngineLife({
      life,
      journal: gatedJournal(this.#store, life, this.#kill.lagMs),
      profile: this.#profile,
      dialect: this.#settings.dialect,
      greetingMs: this.#settings.greetingMs,
      openModel: () => new GatedModel(life, this.#sessions.connect(), this.#settings.dialect),
      sender: this.#texts.senderFor(life),
      atCarrier: {
        end: () => {
          this.#atCarrier.isEnded();
        },
        ask: () => {
          this.#atCarrier.loses();
        },
      },
      folder: this.#folder,
    });
    await engine.open();
    if (this.#killedAt === undefined) this.#timersBefore = life.timers;
    this.#engine = engine;
  }

  #passes(point: string): void {
    if (!this.#kill.at.includes(++this.#points)) return;
    const engine = this.#engine;
    this.#killedAt = `${String(this.#points)}, ${point}, in ${this.state}`;
    this.#rowsBefore = this.#rows();
    engine?.life.kill();
    this.#engine = undefined;
    this.clock.setTimeout(() => {
      this.#atCarrier.loses();
      this.#sessions.break((id) => this.#hasFinished(id));
    }, NOTICED_AFTER_MS);
    this.clock.setTimeout(() => {
      void this.#begins();
    }, REPLACED_AFTER_MS);
  }

  /** A response came to its end, and that is on the disk. */
  #hasFinished(responseId: string): boolean {
    return this.#rowsBefore.some(
      (row) => row.event === 'response.finished' && row.body.responseId === responseId,
    );
  }

  #rows(): StoredEntry[] {
    return this.#store.query('events', { callSid: CALL_SID });
  }

  #left(): Left {
    const limit = 100;
    return {
      points: this.#points,
      killedAt: this.#killedAt,
      rowsBefore: this.#rowsBefore,
      rows: this.#rows(),
      endReason: this.#store.query('call', { callSid: CALL_SID })?.endReason ?? null,
      leads: this.#store.query('leads', { limit }).items.length,
      bookings: this.#store.query('bookings', { limit }).items.filter(({ status }) => status === 'confirmed')
        .length,
      texts: this.#texts.taken.length,
      timers: (this.#engine?.life.timers ?? 0) - this.#timersBefore,
      faults: this.#atCarrier.faults,
    };
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
      ...['look_up', 'end_call', 'escalate_to_human', 'pause_recording', 'resume_recording'],
      ...['create_lead', 'book_appointment', 'reschedule_appointment', 'cancel_appointment', 'send_sms'],
    ],
    maskDigits: false,
    cardNumbers: 'keep',
    ...profile,
  });
}
