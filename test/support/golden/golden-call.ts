import { isWithin } from '../../../src/protocol/state-path.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallEvent } from '../../../src/machines/call/call.events.ts';
import type { FullRow } from '../../../src/protocol/console-calls.ts';
import { CallerVoice } from '../../../src/simulator/carrier/caller-voice.ts';
import { SimulatedCall } from '../../../src/simulator/carrier/simulated-call.ts';
import { CarrierEnd } from '../stream-pair.ts';
import { AgentVoice, type AudioMode, MODEL_BYTES_PER_MS } from '../turn-taking/agent-voice.ts';
import { Chance } from '../turn-taking/chance.ts';
import { FarModel, type Speech } from '../turn-taking/far-model.ts';
import type { Refusal } from '../turn-taking/model-memory.ts';
import {
  PLAIN_PLAN,
  type ResponsePlan,
  type SpeechPlan,
  type ToolPlan,
} from '../turn-taking/response-plan.ts';
import { VirtualClock } from '../virtual-clock.ts';
import type { ScriptedCall } from './scripted-call.ts';
import { TapedStream } from './taped-stream.ts';
import { type EngineSettings, HostedEngine } from './hosted-engine.ts';
import { ModelEnd } from './model-end.ts';
import { type WireRecord, WireTape } from './wire-tape.ts';

/** When every recorded call began, in ms since the Unix epoch. */
export const BEGAN_AT = Date.UTC(2026, 0, 5, 10);

export interface RecordedCall {
  readonly rows: readonly FullRow[];
  readonly wires: WireRecord;
}

const none = () => 0;
/** Audio in one delta, in ms. */
const DELTA_MS = 500;

/**
 * A call that is to be recorded: the engine between a simulated carrier and a
 * simulated model, on a virtual clock. What the model answers is said before.
 */
export class GoldenCall implements ScriptedCall<RecordedCall> {
  readonly beganAt = BEGAN_AT;
  readonly clock = new VirtualClock(BEGAN_AT);
  readonly tape = new WireTape(() => this.clock.now() - BEGAN_AT);
  readonly model: FarModel;
  readonly #settings: EngineSettings;
  readonly #engine: HostedEngine;
  readonly #folder = mkdtempSync(join(tmpdir(), 'golden-call-'));
  readonly #voice = new CallerVoice();
  readonly #planned = new Map<string, (ResponsePlan | Refusal)[]>();
  #carrier: SimulatedCall | undefined;
  #epoch = 0;
  #unplanned: string | undefined;

  constructor(settings: EngineSettings) {
    const { clock, tape } = this;
    this.#settings = settings;
    this.model = new FarModel({
      clock,
      voice: new AgentVoice(this.#audio),
      chance: new Chance(1),
      toEngine: none,
      fromEngine: none,
      shorterByMs: 0,
      planFor: (purpose) => this.#next(purpose),
      around: (_type, _itemId, deliver) => {
        deliver();
      },
    });
    this.#engine = new HostedEngine({
      ...{ ...settings, clock, folder: this.#folder },
      openModel: () => new ModelEnd(this.model, tape, settings.dialect),
    });
  }

  get #audio(): AudioMode {
    return this.#settings.profile['audio'] === 'pcm16' ? 'pcm16' : 'pcmu';
  }

  get state(): string {
    return this.#engine.state;
  }

  get carrier(): SimulatedCall {
    if (this.#carrier === undefined) throw new Error('there is no stream yet');
    return this.#carrier;
  }

  /** What the next response for a purpose is made of; `own` for those that nobody asked for. */
  plan(purpose: string, outputs: readonly (SpeechPlan | ToolPlan)[], over: Partial<ResponsePlan> = {}): this {
    const bytes = MODEL_BYTES_PER_MS[this.#audio] * DELTA_MS;
    return this.#put(purpose, { ...PLAIN_PLAN, deltaBytes: [bytes, bytes], outputs, ...over });
  }

  /** The next response for a purpose is refused. */
  refuse(purpose: string, refusal: Refusal): this {
    return this.#put(purpose, refusal);
  }

  /** The carrier opens a stream. */
  dials(): void {
    const { clock, tape } = this;
    const socket = new TapedStream(tape);
    const far = new CarrierEnd(socket);
    const epoch = ++this.#epoch;
    // Says `connected` and `start` to whoever accepts it.
    this.#carrier = new SimulatedCall({
      ...{ clock, socket: far, accountSid: 'AC1', callSid: 'CA1', streamSid: `MZ${String(epoch)}` },
      customParameters: {},
      voice: this.#voice,
    });
    tape.add({ wire: 'carrier', way: 'in', opens: epoch });
    this.#engine.attach(socket, epoch);
  }

  /** Webhooks and operators. */
  tell(event: CallEvent): void {
    this.tape.add({ wire: 'desk', way: 'in', says: { ...event } });
    this.#engine.tell(event);
  }

  /** The caller speaks, beginning now. */
  says(words: string | undefined, ms: number, over: Partial<Speech> = {}): void {
    this.model.hears({
      ...{ words, ms, wordsAfterMs: 120, hasStart: true, isRepeating: false, isNoise: () => false },
      ...over,
    });
  }

  run(ms: number): Promise<void> {
    return this.clock.run(ms);
  }

  /** Lets time pass until it is so. */
  async until(what: string, isSo: () => boolean, withinMs = 60_000): Promise<void> {
    for (let waited = 0; !isSo(); waited += 10) {
      if (this.#unplanned !== undefined)
        throw new Error(`nobody said what a response is like: ${this.#unplanned}, in ${this.state}`);
      if (waited >= withinMs) throw new Error(`the call waits in vain, in ${this.state}: ${what}`);
      await this.run(10);
    }
  }

  /** Until the chart is in a state, or in one within it. */
  reaches(state: string, withinMs?: number): Promise<void> {
    return this.until(state, () => isWithin(state, this.state), withinMs);
  }

  /** Until the call is over, and written down. */
  async ended(withinMs?: number): Promise<RecordedCall> {
    await this.until('the end', () => this.#engine.hasEnded, withinMs);
    await this.run(0);
    const { lines, appendedBytes } = this.tape;
    const wires = { settings: this.#settings, appendedBytes, lines };
    const recorded = { rows: this.#engine.rows(), wires };
    this.#engine.close();
    rmSync(this.#folder, { recursive: true });
    return recorded;
  }

  #put(purpose: string, plan: ResponsePlan | Refusal): this {
    const plans = this.#planned.get(purpose) ?? [];
    this.#planned.set(purpose, [...plans, plan]);
    return this;
  }

  #next(purpose: string): ResponsePlan | Refusal {
    const plan = this.#planned.get(purpose)?.shift();
    if (plan === undefined) this.#unplanned = purpose;
    return plan ?? { code: 'server_error', message: 'nothing is planned' };
  }
}
