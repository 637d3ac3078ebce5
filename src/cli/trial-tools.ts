import { randomBytes } from 'node:crypto';
import { createActor, fromPromise, setup } from 'xstate';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { ToolFact, ToolOutcome } from '../machines/call/call.events.ts';
import { toolCallMachine } from '../machines/tool-call/tool-call.machine.ts';
import type { RunToolInput } from '../machines/tool-call/tool-call.ports.ts';
import type { AgentProfile } from '../protocol/agent-profile.ts';
import { Agents } from '../services/agents/agents.ts';
import type { CallFacts } from '../services/desk/call-facts.ts';
import { createToolbox, type Toolbox } from '../services/tools/toolbox.ts';
import { openEngineTools } from './engine-tools.ts';
import { UsageError } from './terminal.ts';

/** The tools of one agent, outside of any call. */
export interface TrialTools {
  /** Those that the agent has. */
  readonly names: readonly string[];
  /** Those of them that come with the engine. */
  readonly houseNames: readonly string[];
  /** Settles as in a call: within the profile's `toolTimeoutMs`, and always with an outcome. */
  run(name: string, argumentsJson: string): Promise<ToolOutcome>;
  close(): Promise<void>;
}

/** The number called, where an agent has none. Reserved for fiction. */
const CALLED = '+12025550100';

/**
 * Opens an agent's tools, with an empty database and no carrier.
 *
 * @throws {UsageError} when there is no such agent.
 * @throws {EngineError} `TOOL_FILE_INVALID` or `PROFILE_INVALID`, as the engine's start does.
 */
export async function openTrialTools(
  config: Config,
  { agent, from }: { readonly agent: string; readonly from: string },
): Promise<TrialTools> {
  const engine = await openEngineTools(config);
  const { tools, houseNames, profileTools, journal, clock, log } = engine;
  const close = () => engine.close();
  try {
    const known = tools.map(({ name }) => name);
    const agents = await Agents.load(config.agentsDir, known, {
      problemsOf: (profile) => profileTools.problemsOf(profile),
      // The servers of the others are left in peace.
      open: (profiles) => profileTools.open(profiles.filter(({ id }) => id === agent)),
    });
    const profile = agents.find(agent);
    if (profile === undefined) {
      const ids = agents.list().map(({ id }) => id);
      throw new UsageError(`no agent ${agent}; the agents are ${ids.join(', ')}`);
    }
    const call = trialCall(profile, from);
    const toolbox = createToolbox({
      tools,
      ownToolsOf: (of) => profileTools.toolsOf(of),
      callOf: (callSid) => (callSid === call.callSid ? call : undefined),
      clock,
      log,
      journal,
    });
    const names = toolbox.specsFor(call.profile).map(({ name }) => name);
    return {
      names,
      houseNames,
      run: (name, argumentsJson) => runAsInCall(toolbox, call, { name, argumentsJson }),
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** A call that nobody has placed. Details are not read back to nobody, so the tool does not wait for a yes. */
function trialCall(profile: AgentProfile, from: string): CallFacts {
  return {
    callSid: `CA${randomBytes(16).toString('hex')}`,
    agentId: profile.id,
    profile: { ...profile, readBack: 'asked' },
    from,
    to: profile.phoneNumbers[0] ?? CALLED,
    direction: 'inbound',
    now: () => systemClock.now(),
  };
}

/** In the machine that runs tools in calls: it has the time limit, and knows what the model is told after it. */
async function runAsInCall(
  toolbox: Toolbox,
  { callSid, profile }: CallFacts,
  asked: { readonly name: string; readonly argumentsJson: string },
): Promise<ToolOutcome> {
  const runTool = fromPromise<ToolOutcome, RunToolInput>(({ input, signal }) => toolbox.run(input, signal));
  const toolCall = toolCallMachine.provide({ actors: { runTool } });
  const input = {
    callSid,
    slot: 'tool.0',
    request: { toolCallId: 'trial', ...asked },
    timeoutMs: profile.limits.toolTimeoutMs,
  };
  return new Promise((resolve) => {
    const caller = setup({ types: { events: {} as ToolFact }, actors: { toolCall } }).createMachine({
      invoke: { src: 'toolCall', input },
      on: {
        'tool.settled': {
          actions: ({ event }) => {
            resolve(event.outcome);
          },
        },
      },
    });
    createActor(caller).start();
  });
}
