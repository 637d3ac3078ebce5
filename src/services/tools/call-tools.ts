import type { ToolOutcome } from '../../machines/call/call.events.ts';
import type { Tool } from './define-tool.ts';
import { EffectPolicy } from './effect-policy.ts';
import { EffectQueue } from './effect-queue.ts';
import { RecentWords } from './recent-words.ts';
import { ToolBudget, type ToolLimits } from './tool-budget.ts';

/** How a run ended. */
export interface Settled {
  readonly outcome: ToolOutcome;
  /** Done, or perhaps done: not to be done again. What was refused or failed may be asked for again. */
  readonly isFinal: boolean;
}

/** What the toolbox keeps of one call, until the call is forgotten. Bounded by the call's budget of requests. */
export class CallTools {
  readonly budget: ToolBudget;
  readonly effects = new EffectQueue();
  readonly talk = new RecentWords();
  readonly policy = new EffectPolicy(this.talk);
  /** What each function call of the model was answered, by its id. */
  readonly answers = new Map<string, Promise<ToolOutcome>>();
  /** Requests in a row that could not be read: a model that fails three times is told to stop. */
  misreadInARow = 0;
  readonly #runs = new Map<string, { readonly tool: string; readonly run: Promise<Settled> }>();

  constructor(limits: ToolLimits) {
    this.budget = new ToolBudget(limits);
  }

  /** The run, over or not, of an earlier request with this key. */
  recall(key: string): Promise<Settled> | undefined {
    return this.#runs.get(key)?.run;
  }

  /**
   * Keeps a run for those who ask the same: while it lasts, and for good when it ends finally. Then what the tools
   * came to that it undoes is forgotten. It never rejects.
   */
  keep(key: string, { name, policy }: Tool, run: Promise<Settled>): void {
    this.#runs.set(key, { tool: name, run });
    void run.then(({ isFinal }) => {
      if (isFinal) this.#forget(policy.undoes ?? [], key);
      else this.#runs.delete(key);
    });
  }

  #forget(tools: readonly string[], exceptKey: string): void {
    for (const [key, { tool }] of this.#runs) {
      if (key !== exceptKey && tools.includes(tool)) this.#runs.delete(key);
    }
  }
}
