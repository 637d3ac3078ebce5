import type { CallEvent } from '../../../src/machines/call/call.events.ts';
import type { SimulatedCall } from '../../../src/simulator/carrier/simulated-call.ts';
import type { FarModel, Speech } from '../turn-taking/far-model.ts';
import type { Refusal } from '../turn-taking/model-memory.ts';
import type { ResponsePlan, SpeechPlan, ToolPlan } from '../turn-taking/response-plan.ts';
import type { VirtualClock } from '../virtual-clock.ts';

/** A call in the hands of a script. What is left of it in the end is as its maker wants it. */
export interface ScriptedCall<Left> {
  /** Ms since the Unix epoch. */
  readonly beganAt: number;
  readonly clock: Pick<VirtualClock, 'now'>;
  readonly state: string;
  readonly carrier: Pick<SimulatedCall, 'press' | 'hangUp' | 'vanish'>;
  readonly model: Pick<FarModel, 'open' | 'terminate'>;
  /** What the next response for a purpose is made of; `own` for those that nobody asked for. */
  plan(purpose: string, outputs: readonly (SpeechPlan | ToolPlan)[], over?: Partial<ResponsePlan>): this;
  /** The next response for a purpose is refused. */
  refuse(purpose: string, refusal: Refusal): this;
  /** The carrier opens a stream. */
  dials(): void;
  /** Webhooks and operators. */
  tell(event: CallEvent): void;
  /** The caller speaks, beginning now. */
  says(words: string | undefined, ms: number, over?: Partial<Speech>): void;
  run(ms: number): Promise<void>;
  /** Lets time pass until it is so. */
  until(what: string, isSo: () => boolean, withinMs?: number): Promise<void>;
  /** Until the chart is in a state, or in one within it. */
  reaches(state: string, withinMs?: number): Promise<void>;
  /** Until the call is over, and written down. */
  ended(withinMs?: number): Promise<Left>;
}

/** Says it, evenly. */
export const speech = (words: string, ms: number): SpeechPlan => ({
  kind: 'speech',
  ms,
  words: words.split(' '),
});
export const tool = (name: string, args: object): ToolPlan => ({ kind: 'tool', name, args });
