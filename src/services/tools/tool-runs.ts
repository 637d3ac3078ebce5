import type { Clock } from '../../clock.ts';
import { EngineError, noteOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { ToolOutcome } from '../../machines/call/call.events.ts';
import type { RunToolInput } from '../../machines/tool-call/tool-call.ports.ts';
import { stackPlacesOf } from '../../stack-places.ts';
import type { CallFacts } from '../desk/call-facts.ts';
import type { Journal } from '../storage/journal.port.ts';
import type { CallTools, Settled } from './call-tools.ts';
import type { ReadRequest, Tool } from './define-tool.ts';
import { DurableEffects } from './durable-effects.ts';
import { type Ban, WITHDRAWN } from './effect-policy.ts';
import { isDangerous, type OfferedTools } from './offered-tools.ts';
import type { PolicyRule } from './policy-rule.ts';
import { MAYBE_DONE, NOT_NOW, type ToolAnswer, uncertain } from './tool-answer.ts';
import { CANCELLED, failed, outcomeOf, refusal } from './tool-output.ts';

export interface ToolRunsParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Where effects are written down before they are tried. Without it they are remembered by this process alone. */
  readonly journal?: Journal;
  /** What of a tool's arguments and results may be used in a call, as JSON; all of it by default. */
  readonly maskFor?: (callSid: string, json: string) => string;
  /** Called for each request that the policy refused. */
  readonly onRefused?: (tool: string, rule: PolicyRule) => void;
  /** Called once, when a call's tools with effects are withdrawn; with the names of the tools that it keeps. */
  readonly onWithdrawn?: (callSid: string, kept: readonly string[]) => void;
  /** Called with the outcome of a tool that settled late: past its time, or after hang-up. */
  readonly onLateOutcome?: (input: RunToolInput, outcome: ToolOutcome) => void;
}

/** A request whose arguments were read: all that its tool is run with. */
export interface ToolRun {
  readonly tool: Tool;
  readonly read: ReadRequest;
  readonly call: CallFacts;
  readonly input: RunToolInput;
  /** What requests that mean the same have in common. */
  readonly key: string;
  readonly desk: CallTools;
  /** Nobody waits for the run any more when it aborts. */
  readonly signal: AbortSignal;
}

/** Runs the tools: what reads at once, effects one after another, each behind the policy and written down. */
export class ToolRuns {
  readonly #parts: ToolRunsParts;
  readonly #offered: OfferedTools;
  readonly #record: DurableEffects | undefined;

  constructor(parts: ToolRunsParts, offered: OfferedTools) {
    this.#parts = parts;
    this.#offered = offered;
    this.#record = parts.journal && new DurableEffects(parts.journal, parts.log);
  }

  /** Never rejects. An effect waits for those of its call that were asked for before it. */
  start(asked: ToolRun): Promise<Settled> {
    const run = () => this.#run(asked);
    return asked.tool.policy.kind === 'reads' ? run() : asked.desk.effects.run(run, abortOf(asked.signal));
  }

  async #run(asked: ToolRun): Promise<Settled> {
    const { tool, read, call, key, desk, signal } = asked;
    // It waited for another effect, and nobody waits for it any more.
    if (signal.aborted) return this.#told({ outcome: CANCELLED, isFinal: false }, asked);
    const request = { policy: tool.policy, key, meaning: read.meaning, now: this.#parts.clock.steady() };
    const ban = desk.policy.judge(request, call.profile.readBack);
    if (ban !== undefined) return this.#refused(ban, asked);
    const settled = await this.#writtenDown(asked);
    if (settled.isFinal && tool.policy.kind === 'effect') desk.policy.acted(key);
    return this.#told(settled, asked);
  }

  #told(settled: Settled, { tool, input, signal }: ToolRun): Settled {
    if (signal.aborted && tool.policy.outlivesCall) this.#parts.onLateOutcome?.(input, settled.outcome);
    return settled;
  }

  #writtenDown(asked: ToolRun): Promise<Settled> {
    const { tool, input, key, call, signal } = asked;
    const act = () => this.#act(asked);
    if (this.#record === undefined || !isDangerous(tool)) return act();
    return this.#record
      .around({ ...intentOf(tool, input, key), now: () => call.now() }, act, () => signal.aborted)
      .catch((thrown: unknown) => this.#failedToRun(asked, thrown));
  }

  async #act(asked: ToolRun): Promise<Settled> {
    const { tool, read, call, key } = asked;
    const signal = tool.policy.outlivesCall ? new AbortController().signal : asked.signal;
    const { outcome, isFinal } = await this.#settle(read.run({ call, signal, key }), asked);
    const output = this.#parts.maskFor?.(call.callSid, outcome.output) ?? outcome.output;
    return { isFinal, outcome: { ...outcome, output } };
  }

  async #settle(run: Promise<ToolAnswer>, asked: ToolRun): Promise<Settled> {
    try {
      const answer = await run;
      if (answer.status === 'failed' || answer.status === 'uncertain') {
        const { status, error: code = 'TOOL_FAILED' } = answer;
        const { callSid } = asked.call;
        this.#parts.log.warn({ callSid, tool: asked.tool.name, status, code }, 'tool did not succeed');
      }
      if (answer.status === 'refused' && answer.rule !== undefined) {
        return this.#refused({ rule: answer.rule, reason: answer.reason }, asked);
      }
      if (answer.status === 'ok' && answer.then === 'transfer') {
        const ban = asked.desk.policy.judgeTransfer(this.#parts.clock.steady());
        if (ban !== undefined) return this.#refused(ban, asked);
      }
      return { outcome: outcomeOf(answer), isFinal: answer.status === 'ok' || answer.status === 'uncertain' };
    } catch (thrown) {
      return this.#failedToRun(asked, thrown);
    }
  }

  /**
   * What was thrown says nothing of whether it was done before. The engine's own errors do: they are thrown where
   * nothing was done, or where the key finds what was. After any other an effect is uncertain, and is not tried again.
   */
  #failedToRun({ tool, call: { callSid } }: ToolRun, thrown: unknown): Settled {
    const { code } = noteOf(thrown, 'TOOL_FAILED');
    this.#parts.log.error({ callSid, tool: tool.name, code, at: stackPlacesOf(thrown) }, 'tool failed');
    if (thrown instanceof EngineError || !isDangerous(tool)) {
      const reason = code === 'STORAGE_UNAVAILABLE' ? NOT_NOW : undefined;
      return { outcome: failed(code, reason), isFinal: false };
    }
    return { outcome: outcomeOf(uncertain(MAYBE_DONE, code)), isFinal: true };
  }

  /** Refuses a request by the policy: counted, and after the second breach the call loses its effects. */
  #refused({ rule, reason }: Ban, { tool, call, desk }: ToolRun): Settled {
    const { callSid, profile } = call;
    const { log, onRefused, onWithdrawn } = this.#parts;
    log.warn({ callSid, tool: tool.name, code: 'TOOL_REFUSED', rule }, 'policy refused a tool');
    onRefused?.(tool.name, rule);
    if (!desk.policy.broken(rule)) return { outcome: refusal(reason), isFinal: false };
    log.warn({ callSid }, 'tools with effects withdrawn from the call');
    onWithdrawn?.(
      callSid,
      this.#offered.of(profile, desk.policy.isWithdrawn).map(({ name }) => name),
    );
    return { outcome: refusal(`${reason} ${WITHDRAWN.reason}`), isFinal: false };
  }
}

const intentOf = ({ name, policy }: Tool, { callSid, request }: RunToolInput, key: string) => ({
  key,
  callSid,
  tool: name,
  toolCallId: request.toolCallId,
  undoes: policy.undoes ?? [],
});

/** Resolves when the signal aborts. */
export const abortOf = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
