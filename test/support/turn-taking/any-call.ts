import { SILENCE_MS } from '../speech-offsets.ts';
import { needlessAnswers } from './answers.ts';
import type { CallReport } from './call-report.ts';
import { statesOf } from './barge-in-watch.ts';
import { Chance } from './chance.ts';
import { type Conditions, pathsFor } from './conditions.ts';
import type { Refusal } from './model-memory.ts';
import { anyPlan, brokenPlan, type ResponsePlan, type SpeechPlan, type ToolPlan } from './response-plan.ts';
import { TurnTakingRoom } from './room.ts';
import { Verdict } from './verdict.ts';

/** Nobody waits longer than this for an answer, whatever network and tool lie between, in ms. */
const ANSWER_WITHIN_MS = 5000;
/** Left alone, a call of these limits is over in that time, in ms. */
const END_WITHIN_MS = 60_000;
const LIMITS = { maxCallMs: 900_000, idleMs: 1200, toolTimeoutMs: 8000, maxTurnMs: 60_000, minSpeechMs: 400 };

/** Holds one call, from the first ring to its end: what happens in it follows from the seed. */
export async function anyCall(seed: number, conditions: Conditions, turns: number): Promise<CallReport> {
  const call = new AnyCall(seed, conditions);
  await call.live(turns);
  return call.report();
}

class AnyCall {
  readonly room: TurnTakingRoom;
  readonly #chance: Chance;
  readonly #paths;
  readonly #conditions: Conditions;
  readonly #faults: string[] = [];

  constructor(seed: number, conditions: Conditions) {
    this.#chance = new Chance(seed);
    this.#conditions = conditions;
    this.#paths = pathsFor(conditions, this.#chance);
    const chance = this.#chance;
    this.room = new TurnTakingRoom({
      seed,
      audio: conditions.audio,
      bargeIn: conditions.bargeIn,
      networks: this.#paths.networks,
      input: { limits: LIMITS, filler: chance.pick(['clip', 'model', 'none']) },
      planFor: (purpose) => this.#plan(purpose),
    });
  }

  async live(turns: number): Promise<void> {
    const chance = this.#chance;
    // Some speak before they are greeted.
    if (chance.isSo(0.75)) await this.#listen();
    else await this.room.run(chance.int(0, 500));
    for (let turn = 0; turn < turns && this.room.endReason === undefined; turn++) {
      const canDoubt = this.#conditions.bargeIn === 'confirmed' && this.room.carrier.isAudible;
      if (canDoubt && chance.isSo(0.4)) await this.#cough();
      else await this.#speak();
    }
    const hasEnded = await this.room.until(() => this.room.endReason !== undefined, END_WITHIN_MS);
    if (!hasEnded) this.#fault('the call goes on, though nobody speaks');
  }

  report(): CallReport {
    const { carrier, model, watch } = this.room;
    const { tolerance } = this.#paths;
    const verdict = new Verdict(this.room, tolerance);
    for (const { itemId, ms } of carrier.record.jumps) {
      if (ms > tolerance.moreMs + 20) this.#fault(`${String(ms)} ms of ${itemId} were left out`);
      if (ms < -tolerance.lessMs - 20) this.#fault(`${String(-ms)} ms of ${itemId} were said twice`);
    }
    if (carrier.record.strange.length > 0) this.#fault('audio was played that nobody made');
    return {
      bargeIns: watch.bargeIns.length,
      states: statesOf(watch.bargeIns),
      errorsMs: verdict.errorsMs,
      faults: [
        ...this.#faults,
        ...watch.faults,
        ...carrier.faults,
        ...verdict.faults,
        ...needlessAnswers(model.story, model.memory),
      ],
    };
  }

  /** The agent is heard for some time, to any point of what it says or a little beyond. */
  async #listen(): Promise<void> {
    const { carrier } = this.room;
    if (!(await this.room.until(() => carrier.isAudible || this.#isOver, ANSWER_WITHIN_MS))) {
      this.#fault(`silence in ${this.room.state}`);
    }
    await this.room.run(this.#chance.int(0, this.#chance.pick([100, 800, 2500, 4000])));
  }

  /** The caller says something, which is a turn, and over the agent a barge-in. */
  async #speak(): Promise<void> {
    const chance = this.#chance;
    const ms = chance.int(450, 900);
    this.room.says('well then', ms, {
      wordsAfterMs: chance.int(0, 700),
      isRepeating: chance.isSo(0.2),
      hasStart: !chance.isSo(0.05),
    });
    await this.room.run(ms + SILENCE_MS);
    if (chance.isSo(0.05)) this.room.call.tell({ type: 'say.requested', text: 'One moment.' });
    if (chance.isSo(0.1)) return;
    // What was playing ends, or was cut: what is heard next is the answer.
    await this.room.until(() => !this.room.carrier.isAudible, 500);
    await this.#listen();
  }

  /** A noise over the agent: it falls silent, and goes on. */
  async #cough(): Promise<void> {
    const chance = this.#chance;
    const ms = chance.isSo(0.5) ? chance.int(40, 380) : chance.int(450, 900);
    // Where the agent had fallen silent by then it is a turn, if a short one.
    const isNoise = (turnId: string) => this.room.watch.bargeIns.some((one) => one.turnId === turnId);
    this.room.says('', ms, { wordsAfterMs: chance.int(0, 400), isNoise });
    await this.room.run(ms + SILENCE_MS);
    await this.#listen();
  }

  get #isOver(): boolean {
    return this.room.state.startsWith('ending') || this.room.endReason !== undefined;
  }

  #plan(purpose: string): ResponsePlan | Refusal {
    const chance = this.#chance;
    const plan = anyPlan(chance);
    if (purpose !== 'own' && chance.isSo(0.02)) return { code: 'rate_limit_exceeded', message: 'too many' };
    if (chance.isSo(0.05)) return brokenPlan(plan, chance);
    if (purpose !== 'own' && purpose !== 'reply') return plan;
    const speech = plan.outputs.filter((one): one is SpeechPlan => one.kind === 'speech');
    const call = (name: string, args: object): ToolPlan => ({ kind: 'tool', name, args });
    if (chance.isSo(0.05)) return { ...plan, outputs: [...speech, call('end_call', { reason: 'done' })] };
    if (!chance.isSo(0.2)) return plan;
    this.room.toolMs = chance.pick([0, 30, 400, 1500, 2500]);
    const calls = Array.from({ length: chance.int(1, 2) }, () => call('look_up', {}));
    return { ...plan, outputs: chance.isSo(0.5) ? [...speech, ...calls] : calls };
  }

  #fault(what: string): void {
    this.#faults.push(`at ${String(this.room.carrier.nowMs)} ms: ${what}`);
  }
}
