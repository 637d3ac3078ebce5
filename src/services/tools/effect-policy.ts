import { readBackWords } from './read-back-words.ts';
import type { ToolPolicy } from './define-tool.ts';
import type { RecentWords } from './recent-words.ts';
import type { PolicyRule } from './policy-rule.ts';

/** A request that the policy forbids. `reason` is for the model. */
export interface Ban {
  readonly rule: PolicyRule;
  readonly reason: string;
}

/** The requested effect, and when it is requested. */
export interface EffectRequest {
  readonly policy: ToolPolicy;
  /** Names the effect with its exact arguments. */
  readonly key: string;
  /** The arguments, as canonical JSON. */
  readonly meaning: string;
  readonly now: number;
}

/** Rules that an honest model breaks once at most: two breaches, and it has been talked into something. */
const BREACHES: ReadonlySet<PolicyRule> = new Set<PolicyRule>(['number', 'link', 'velocity', 'transfer']);
const MAX_BREACHES = 2;
/** An agreement to exact arguments holds so long, in ms. */
const AGREED_FOR_MS = 120_000;
/** Two transfers failed: a third is not dialled. */
const MAX_TRANSFERS = 2;
/** A model that asks twice in one breath has asked once. */
const ONE_BREATH_MS = 5000;

/** The answer to every further request. */
export const WITHDRAWN: Ban = {
  rule: 'withdrawn',
  reason:
    'Nothing more of this kind is done in this call. Say so, and offer to connect the caller with a person.',
};

/**
 * What stands between one call's model and its effects, whatever the model was
 * talked into. Counts and remembers; the conversation is told to it.
 */
export class EffectPolicy {
  readonly #talk: RecentWords;
  /** When effects were first asked for that were not agreed to yet, by their keys. */
  readonly #proposed = new Map<string, number>();
  /** The caller's turn in which the last effect was had. */
  #actedIn: number | undefined;
  #breaches = 0;
  #transfers = 0;
  #transferredAt = Number.NEGATIVE_INFINITY;

  constructor(talk: RecentWords) {
    this.#talk = talk;
  }

  /** The tools with effects are taken away. */
  get isWithdrawn(): boolean {
    return this.#breaches >= MAX_BREACHES;
  }

  /** They were taken away in a process before this one. */
  withdraw(): void {
    this.#breaches = MAX_BREACHES;
  }

  /**
   * Judges an effect before it is tried.
   *
   * @param mode - `required`: the agent has to say the details, and the caller to speak after it, before an effect that
   *   cannot be undone; and there is one effect for each turn of the caller's.
   */
  judge({ policy, key, meaning, now }: EffectRequest, mode: 'asked' | 'required'): Ban | undefined {
    if (policy.kind === 'reads' || policy.isWayOut) return undefined;
    if (this.isWithdrawn) return WITHDRAWN;
    if (mode === 'asked') return undefined;
    if (this.#actedIn === this.#talk.turns) {
      return {
        rule: 'turn',
        reason:
          'One thing at a time: something was done already since the caller last spoke. Ask the caller first.',
      };
    }
    if (!policy.needsReadBack) return undefined;
    const proposedAt = this.#proposed.get(key);
    if (proposedAt !== undefined && now - proposedAt <= AGREED_FOR_MS) {
      if (this.#talk.wasAgreed(readBackWords(meaning), proposedAt, now)) return undefined;
    } else this.#proposed.set(key, now);
    return {
      rule: 'readBack',
      reason:
        'Not done yet. Read the details back to the caller, hear a yes, and then ask for exactly the same again.',
    };
  }

  /** An effect was had, or may have been. */
  acted(key: string): void {
    this.#actedIn = this.#talk.turns;
    this.#proposed.delete(key);
  }

  /** A transfer is about to be tried. */
  judgeTransfer(now: number): Ban | undefined {
    if (now - this.#transferredAt < ONE_BREATH_MS) return undefined;
    if (this.#transfers >= MAX_TRANSFERS) {
      return { rule: 'transfer', reason: 'Nobody could be reached. Offer to take a message instead.' };
    }
    this.#transfers += 1;
    this.#transferredAt = now;
    return undefined;
  }

  /** A rule was broken. True when it was the breach that takes the tools away. */
  broken(rule: PolicyRule): boolean {
    if (!BREACHES.has(rule)) return false;
    this.#breaches += 1;
    return this.#breaches === MAX_BREACHES;
  }
}
