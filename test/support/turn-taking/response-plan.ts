import type { Chance } from './chance.ts';

export interface SpeechPlan {
  readonly kind: 'speech';
  readonly ms: number;
  /** Said evenly: a word takes as much of the time as it has of the letters. */
  readonly words: readonly string[];
}

export interface ToolPlan {
  readonly kind: 'tool';
  readonly name: string;
  readonly args: object;
}

/** How the far end makes one response. */
export interface ResponsePlan {
  readonly outputs: readonly (SpeechPlan | ToolPlan)[];
  /** From `response.created` to the first output, in ms. */
  readonly firstAfterMs: number;
  /** Times faster than it is to be heard. */
  readonly speed: number;
  /** Shortest and longest delta, in bytes of the model's format. */
  readonly deltaBytes: readonly [number, number];
  /** How far the words run ahead of the audio that they are in, in ms. */
  readonly wordsLeadMs: number;
  /** The first item's `output_audio.done` comes after the first delta of the next item. */
  readonly isAudioDoneLate: boolean;
  /** `conversation.item.added` comes before `response.output_item.added`. */
  readonly isItemAddedFirst: boolean;
  /** Every `.done` comes twice. */
  readonly isRepeating: boolean;
  /** Deltas on their way when it is cancelled. */
  readonly inFlight: number;
  /** Generation stands still for a while, once so much audio is out. */
  readonly stall: { readonly afterMs: number; readonly forMs: number } | undefined;
  readonly status: 'completed' | 'failed' | 'incomplete';
  readonly reason: string;
  /** The code of the error that a failed one names, in place of a reason. */
  readonly errorCode?: string;
}

export const PLAIN_PLAN: ResponsePlan = {
  outputs: [],
  firstAfterMs: 30,
  speed: 4,
  deltaBytes: [800, 800],
  wordsLeadMs: 0,
  isAudioDoneLate: false,
  isItemAddedFirst: false,
  isRepeating: false,
  inFlight: 2,
  stall: undefined,
  status: 'completed',
  reason: '',
};

const WORDS = [
  'so',
  'yes',
  'well',
  'then',
  'nine',
  'today',
  'booked',
  'morning',
  'certainly',
  'appointment',
] as const;

/** Some two and a half words a second, which is how people talk. */
export function speech(ms: number, chance: Chance): SpeechPlan {
  const words = Array.from({ length: Math.max(1, Math.round(ms / 400)) }, () => chance.pick(WORDS));
  return { kind: 'speech', ms, words };
}

/** A response as the service may make one: any number of items, any sizes, any order that it is known for. */
export function anyPlan(chance: Chance, over: Partial<ResponsePlan> = {}): ResponsePlan {
  const items = chance.pick([1, 1, 1, 2, 2, 3]);
  const outputs = Array.from({ length: items }, () => speech(chance.int(120, 1600), chance));
  const shortest = chance.int(20, 3000);
  return {
    outputs,
    firstAfterMs: chance.int(0, 200),
    speed: chance.pick([1.2, 2, 3, 5, 8, 30]),
    deltaBytes: [shortest, shortest + chance.int(0, 6000)],
    wordsLeadMs: chance.pick([0, 0, 0, 300, 5000]),
    isAudioDoneLate: chance.isSo(0.5),
    isItemAddedFirst: chance.isSo(0.5),
    isRepeating: chance.isSo(0.2),
    inFlight: chance.int(0, 3),
    stall: chance.isSo(0.15) ? { afterMs: chance.int(50, 900), forMs: chance.int(50, 900) } : undefined,
    status: 'completed',
    reason: '',
    ...over,
  };
}

/** The same, but it comes to nothing, or breaks off. */
export function brokenPlan(plan: ResponsePlan, chance: Chance): ResponsePlan {
  const outputs = chance.isSo(0.5) ? [] : plan.outputs;
  return chance.isSo(0.5)
    ? { ...plan, outputs, status: 'failed', reason: 'server_error' }
    : {
        ...plan,
        outputs,
        status: 'incomplete',
        reason: chance.pick(['content_filter', 'max_output_tokens']),
      };
}
