import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { EngineError, noteOf } from '../../errors.ts';
import type { ToolOutcome } from '../../machines/call/call.events.ts';
import type { RunToolInput } from '../../machines/tool-call/tool-call.ports.ts';
import type { AgentProfile } from '../../protocol/agent-profile.ts';
import type { Log } from '../../log.ts';
import { stackPlacesOf } from '../../stack-places.ts';
import type { Journal } from '../storage/journal.port.ts';
import { CallTools, type Settled } from './call-tools.ts';
import type { CallFacts } from '../desk/call-facts.ts';
import type { ReadRequest, Tool, ToolSpec } from './define-tool.ts';
import { type Ban, WITHDRAWN } from './effect-policy.ts';
import { DurableEffects } from './durable-effects.ts';
import type { PolicyRule } from './policy-rule.ts';
import { TOOL_LIMITS, type ToolLimits } from './tool-budget.ts';
import { MAYBE_DONE, type ToolAnswer, uncertain } from './tool-answer.ts';
import { CANCELLED, failed, misread, outcomeOf, refusal, repeated } from './tool-output.ts';

export interface ToolboxParts {
  readonly tools: readonly Tool[];
  /** The tools that a profile brings along itself. None that has a name of `tools`. */
  readonly ownToolsOf?: (profile: AgentProfile) => readonly Tool[];
  /** The call of a SID, for as long as it lives; undefined afterwards. */
  readonly callOf: (callSid: string) => CallFacts | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: ToolLimits;
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

/** The tools of all calls, and the checks that a request passes before its tool runs. */
export interface Toolbox {
  /** The names of all tools: what a profile's `tools` may say. */
  readonly names: readonly string[];
  /** The tools of a profile, in its order, as a session is configured with them; less those a call has lost. */
  specsFor(profile: AgentProfile, callSid?: string): ToolSpec[];
  /**
   * Runs one request; fills the `runTool` port. Never rejects, and settles at once when `signal` aborts: an
   * effect that outlives its call goes on, and its late outcome answers the next request that means the same.
   */
  run(input: RunToolInput, signal: AbortSignal): Promise<ToolOutcome>;
  /** What the caller heard of the agent, or that the caller has taken a turn. The policy goes by it. */
  noteSpoken(callSid: string, spoken: { readonly agentSaid: string } | 'callerSpoke'): void;
  /** Drops what was kept of a call that has ended. */
  forget(callSid: string): void;
}

const MISREAD_LIMIT = 3;
const STOP_TRYING =
  'The arguments were wrong again. Stop trying, and offer to take a message or to transfer.';

export function createToolbox(parts: ToolboxParts): Toolbox {
  const { clock, log, limits = TOOL_LIMITS } = parts;
  const tools = new Map(parts.tools.map((tool) => [tool.name, tool]));
  const desks = new Map<string, CallTools>();
  const record = parts.journal && new DurableEffects(parts.journal, log);

  return {
    names: [...tools.keys()],
    specsFor: (profile, callSid) => toolsOf(profile, callSid).map((tool) => tool.specFor(profile)),
    run: async (input, signal) => {
      if (signal.aborted) return CANCELLED;
      return untilAborted(answer(maskedInput(input), signal), signal);
    },
    noteSpoken: (callSid, spoken) => {
      if (parts.callOf(callSid) === undefined) return;
      const { talk } = deskOf(callSid);
      if (spoken === 'callerSpoke') talk.callerSpoke();
      else talk.agentSaid(spoken.agentSaid, clock.steady());
    },
    forget: (callSid) => {
      desks.delete(callSid);
    },
  };

  function maskedInput({ callSid, request }: RunToolInput): RunToolInput {
    const { argumentsJson } = request;
    return {
      callSid,
      request: { ...request, argumentsJson: parts.maskFor?.(callSid, argumentsJson) ?? argumentsJson },
    };
  }

  function maskedOutcome({ outcome, isFinal }: Settled, callSid: string): Settled {
    return {
      isFinal,
      outcome: { ...outcome, output: parts.maskFor?.(callSid, outcome.output) ?? outcome.output },
    };
  }

  /** The tools that a profile has, less those that the call has lost. */
  function toolsOf(profile: AgentProfile, callSid: string | undefined): Tool[] {
    const isWithdrawn = callSid !== undefined && desks.get(callSid)?.policy.isWithdrawn === true;
    return profile.tools.flatMap((name) => {
      const tool = toolOf(profile, name);
      if (tool === undefined || tool.isOffered?.(profile) === false) return [];
      return isWithdrawn && isDangerous(tool) ? [] : [tool];
    });
  }

  function toolOf(profile: AgentProfile, name: string): Tool | undefined {
    return tools.get(name) ?? parts.ownToolsOf?.(profile).find((tool) => tool.name === name);
  }

  /** Refuses what needs no tool, and starts the rest. */
  async function answer(input: RunToolInput, signal: AbortSignal): Promise<ToolOutcome> {
    const { callSid, request } = input;
    const call = parts.callOf(callSid);
    if (call === undefined) return failed('CALL_FAILED');
    const desk = deskOf(callSid);

    const answered = desk.answers.get(request.toolCallId);
    if (answered !== undefined) return answered;

    const tool = toolOf(call.profile, request.name);
    const isOffered = call.profile.tools.includes(request.name) && tool?.isOffered?.(call.profile) !== false;
    if (tool === undefined || !isOffered) {
      log.warn({ callSid, code: 'TOOL_UNKNOWN' }, 'the model called a tool that this agent does not have');
      return failed('TOOL_UNKNOWN');
    }
    const tooOften = desk.budget.take(tool.name, clock.steady(), tool.policy.isWayOut);
    if (tooOften !== undefined) {
      log.warn({ callSid, tool: tool.name, code: 'TOOL_REFUSED' }, 'tool called too often');
      parts.onRefused?.(tool.name, 'budget');
      return refusal(tooOften);
    }

    const read = tool.read(request.argumentsJson, call.profile);
    if (!('run' in read)) {
      desk.misreadInARow += 1;
      log.warn({ callSid, tool: tool.name, code: 'TOOL_ARGUMENTS' }, 'tool called with invalid arguments');
      return misread(read, desk.misreadInARow >= MISREAD_LIMIT ? STOP_TRYING : undefined);
    }
    desk.misreadInARow = 0;

    const key = keyOf(tool, input, read.meaning);
    const before = desk.recall(key);
    const run = before ?? start(tool, read, { call, input, key, desk, signal });
    if (before === undefined) desk.keep(key, tool, run);
    const outcome = run.then((settled) =>
      before === undefined ? settled.outcome : repeated(settled.outcome),
    );
    desk.answers.set(request.toolCallId, outcome);
    return outcome;
  }

  interface Start {
    readonly call: CallFacts;
    readonly input: RunToolInput;
    readonly key: string;
    readonly desk: CallTools;
    readonly signal: AbortSignal;
  }

  function start(tool: Tool, read: ReadRequest, { call, input, key, desk, signal }: Start): Promise<Settled> {
    const { kind, outlivesCall } = tool.policy;
    const { policy } = desk;
    const toolSignal = outlivesCall ? new AbortController().signal : signal;
    const isGivenUp = () => signal.aborted;
    const run = async (): Promise<Settled> => {
      // It waited for another effect, and nobody waits for it any more.
      if (isGivenUp()) return told({ outcome: CANCELLED, isFinal: false });
      const request = { policy: tool.policy, key, meaning: read.meaning, now: clock.steady() };
      const ban = policy.judge(request, call.profile.readBack);
      if (ban !== undefined) return refused(ban, { tool, call, desk });
      const act = async () =>
        maskedOutcome(
          await settle(tool, read.run({ call, signal: toolSignal, key }), { tool, call, desk }),
          call.callSid,
        );
      const settled = await (record === undefined || !isDangerous(tool)
        ? act()
        : record
            .around({ ...intentOf(tool, input, key), now: () => call.now() }, act, isGivenUp)
            .catch((thrown: unknown) => failedToRun(tool, call, thrown)));
      if (settled.isFinal && kind === 'effect') policy.acted(key);
      return told(settled);
    };
    const told = (settled: Settled): Settled => {
      if (isGivenUp() && outlivesCall) parts.onLateOutcome?.(input, settled.outcome);
      return settled;
    };
    return kind === 'reads' ? run() : desk.effects.run(run, abortOf(signal));
  }

  interface Asked {
    readonly tool: Tool;
    readonly call: CallFacts;
    readonly desk: CallTools;
  }

  async function settle(tool: Tool, run: Promise<ToolAnswer>, asked: Asked): Promise<Settled> {
    try {
      const answer = await run;
      if (answer.status === 'failed' || answer.status === 'uncertain') {
        const { status, error: code = 'TOOL_FAILED' } = answer;
        log.warn({ callSid: asked.call.callSid, tool: tool.name, status, code }, 'tool did not succeed');
      }
      if (answer.status === 'refused' && answer.rule !== undefined) {
        return refused({ rule: answer.rule, reason: answer.reason }, asked);
      }
      if (answer.status === 'ok' && answer.then === 'transfer') {
        const ban = asked.desk.policy.judgeTransfer(clock.steady());
        if (ban !== undefined) return refused(ban, asked);
      }
      return { outcome: outcomeOf(answer), isFinal: answer.status === 'ok' || answer.status === 'uncertain' };
    } catch (thrown) {
      return failedToRun(tool, asked.call, thrown);
    }
  }

  /**
   * What was thrown says nothing of whether it was done before. The engine's own errors do: they are thrown where
   * nothing was done, or where the key finds what was. After any other an effect is uncertain, and is not tried again.
   */
  function failedToRun(tool: Tool, { callSid }: CallFacts, thrown: unknown): Settled {
    const { code } = noteOf(thrown, 'TOOL_FAILED');
    log.error({ callSid, tool: tool.name, code, at: stackPlacesOf(thrown) }, 'tool failed');
    if (thrown instanceof EngineError || !isDangerous(tool)) return { outcome: failed(code), isFinal: false };
    return { outcome: outcomeOf(uncertain(MAYBE_DONE, code)), isFinal: true };
  }

  /** Refuses a request by the policy: counted, and after the second breach the call loses its effects. */
  function refused({ rule, reason }: Ban, { tool, call, desk }: Asked): Settled {
    const { callSid, profile } = call;
    log.warn({ callSid, tool: tool.name, code: 'TOOL_REFUSED', rule }, 'policy refused a tool');
    parts.onRefused?.(tool.name, rule);
    if (!desk.policy.broken(rule)) return { outcome: refusal(reason), isFinal: false };
    log.warn({ callSid }, 'tools with effects withdrawn from the call');
    parts.onWithdrawn?.(
      callSid,
      toolsOf(profile, callSid).map(({ name }) => name),
    );
    return { outcome: refusal(`${reason} ${WITHDRAWN.reason}`), isFinal: false };
  }

  function deskOf(callSid: string): CallTools {
    const known = desks.get(callSid);
    if (known !== undefined) return known;
    const desk = new CallTools(limits);
    desks.set(callSid, desk);
    return desk;
  }
}

/** Its effect is more than a way out of the conversation, which must be there for everybody. */
const isDangerous = ({ policy }: Tool): boolean => policy.kind === 'effect' && !policy.isWayOut;

const intentOf = ({ name, policy }: Tool, { callSid, request }: RunToolInput, key: string) => ({
  key,
  callSid,
  tool: name,
  toolCallId: request.toolCallId,
  undoes: policy.undoes ?? [],
});

/** Requests with one key mean the same. A hash, so that no row's key holds what a caller said. */
function keyOf(tool: Tool, { callSid, request }: RunToolInput, meaning: string): string {
  switch (tool.policy.once) {
    case 'call':
      return `${callSid}:${tool.name}`;
    case 'arguments':
      return `${callSid}:${tool.name}:${createHash('sha256').update(meaning).digest('hex')}`;
    case 'none':
      return `${callSid}:${tool.name}:${request.toolCallId}`;
  }
}

const abortOf = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });

async function untilAborted(outcome: Promise<ToolOutcome>, signal: AbortSignal): Promise<ToolOutcome> {
  return Promise.race([outcome, abortOf(signal).then(() => CANCELLED)]);
}
