import { z } from 'zod';
import type { AgentProfile } from '../../protocol/agent-profile.ts';
import { canonicalJson } from './canonical-json.ts';
import { type ArgumentProblem, parseArguments, problemsOf, readArguments } from './argument-reader.ts';
import type { CallFacts } from '../desk/call-facts.ts';
import type { ToolAnswer } from './tool-answer.ts';

/** What stands between the model and the effect, as data: the toolbox reads it and never a tool's name. */
export interface ToolPolicy {
  /** `reads` run side by side; an `effect` waits for the effect before it in the same call. */
  readonly kind: 'reads' | 'effect';
  /** Which requests of a call mean the same, and get one run and one result: any, those with equal arguments, or none. */
  readonly once: 'call' | 'arguments' | 'none';
  /** Tools whose earlier results in the call hold no longer once this one has had its effect; its own among them. */
  readonly undoes?: readonly string[];
  /** Its signal stays quiet when the caller hangs up or the time is over: an effect half done is worse than a late one. */
  readonly outlivesCall: boolean;
  /** The model is told to read the details back, and to hear a yes, before it asks. */
  readonly needsReadBack: boolean;
  /** It leads out of the conversation, and works also after the call's other requests are used up. */
  readonly isWayOut: boolean;
}

export interface RunContext {
  readonly call: CallFacts;
  /** Aborted when nobody waits for the answer any more. Pass it on to every request. */
  readonly signal: AbortSignal;
  /** The same for every request that means the same, in this process and in the next: store effects under it. */
  readonly key: string;
}

/** A tool as a session is configured with it, in the words of OpenAI's function tools, less `type`. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema (2020-12) of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A request whose arguments have been read; not yet run. */
export interface ReadRequest {
  /** Equal texts mean equal requests. Holds what a caller said: hash it, do not log it. */
  readonly meaning: string;
  readonly run: (context: RunContext) => Promise<ToolAnswer>;
}

/** A thing the model can do during a call. */
export interface Tool {
  readonly name: string;
  readonly policy: ToolPolicy;
  /** Whether it means anything under a profile that has it; it does where this is not given. */
  readonly isOffered?: ((profile: AgentProfile) => boolean) | undefined;
  specFor(profile: AgentProfile): ToolSpec;
  /** Reads the model's JSON, or says what is wrong with it and where. */
  read(argumentsJson: string, profile: AgentProfile): ReadRequest | readonly ArgumentProblem[];
}

interface ToolDefinition<Args extends z.ZodObject> {
  readonly name: string;
  /** The model's manual: when to use it, what to ask first. */
  readonly description: string;
  readonly policy: ToolPolicy;
  readonly isOffered?: (profile: AgentProfile) => boolean;
  /**
   * The arguments under a profile. Whatever the JSON Schema allows must parse: limits that JSON
   * Schema cannot say belong in `run`, as refusals.
   */
  readonly args: (profile: AgentProfile) => Args;
  readonly run: (args: z.output<Args>, context: RunContext) => ToolAnswer | Promise<ToolAnswer>;
}

export const READ_BACK = ' Read the details back to the caller and hear a yes before you call this.';

/** Makes a tool from its schema: the model's manual, the parser and the types are one thing. */
export function defineTool<Args extends z.ZodObject>(definition: ToolDefinition<Args>): Tool {
  const { name, policy, run } = definition;
  const schemas = new WeakMap<AgentProfile, Args>();
  const schemaOf = (profile: AgentProfile): Args => {
    const known = schemas.get(profile);
    if (known !== undefined) return known;
    const made = definition.args(profile);
    schemas.set(profile, made);
    return made;
  };

  return {
    name,
    policy,
    isOffered: definition.isOffered,
    specFor: (profile) => {
      const parameters: Record<string, unknown> = z.toJSONSchema(schemaOf(profile), { io: 'input' });
      delete parameters['$schema']; // The session's own words say which dialect it takes.
      const description = definition.description + (policy.needsReadBack ? READ_BACK : '');
      return { name, description, parameters };
    },
    read: (argumentsJson, profile) => {
      const read = readArguments(argumentsJson);
      if ('problem' in read) return [read];
      const parsed = parseArguments(schemaOf(profile), read.value);
      if (!parsed.success) return problemsOf(parsed.error);
      return {
        meaning: canonicalJson(parsed.data),
        run: async (context) => run(parsed.data, context),
      };
    },
  };
}
