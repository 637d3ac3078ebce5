import type { FunctionTool } from '../../protocol/realtime-session.ts';
import type { Intent, Scenario, Step } from '../scenario.ts';
import { ScenarioMatcher } from '../scenario-matcher.ts';
import { type Moment, valueOf } from '../scenario-values.ts';
import { filled, type TemplateValues } from './templates.ts';

/** What there is to answer. */
export type Prompt =
  /** The words of the caller; undefined when they could not be understood. */
  | { readonly type: 'words'; readonly words: string | undefined }
  /** Outputs of tools, the last one last. */
  | {
      readonly type: 'outputs';
      readonly outputs: readonly { readonly callId: string; readonly output: string }[];
    }
  /** Nothing: the client asks for a reply all the same. */
  | { readonly type: 'nothing'; readonly isFirst: boolean };

/** What a response says and does, in this order. */
export interface Reply {
  readonly say?: string | undefined;
  readonly call?: { readonly name: string; readonly arguments: string; readonly tool: Tool };
}

type Tool = NonNullable<Step['tool']>;

const EXACT_QUOTED = /say exactly[^"“]*["“](.+)["”]/is;
const EXACT = /say exactly:\s*(.+)/is;

/** Follows a scenario through one conversation. */
export class Dialogue {
  readonly #scenario: Scenario;
  readonly #matcher: ScenarioMatcher;
  readonly #slots = new Map<string, { words: string; value: string }>();
  /** What goes on after the output of a call. */
  readonly #calls = new Map<string, Tool>();
  /** Waits for slots that were asked for. */
  #pending: Intent | undefined;
  #heard = '';

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#matcher = new ScenarioMatcher(scenario);
  }

  /** Remembers which step a call under way belongs to. */
  called(callId: string, tool: Tool): void {
    this.#calls.set(callId, tool);
  }

  /**
   * @param instructions - those of this response only.
   * @param tools - what may be called now.
   */
  reply(
    prompt: Prompt,
    instructions: string | undefined,
    tools: readonly FunctionTool[],
    moment: Moment,
  ): Reply {
    const sentence = this.#instructed(instructions);
    if (sentence !== undefined) return { say: sentence };
    switch (prompt.type) {
      case 'words':
        return this.#answer(prompt.words, tools, moment);
      case 'outputs':
        return this.#goOn(prompt.outputs, tools);
      case 'nothing':
        return { say: prompt.isFirst ? this.#scenario.greeting : this.#scenario.silence };
    }
  }

  #instructed(instructions = ''): string | undefined {
    const exact = EXACT_QUOTED.exec(instructions) ?? EXACT.exec(instructions);
    if (exact?.[1] !== undefined) return exact[1].trim();
    const text = instructions.toLowerCase();
    return this.#scenario.instructed.find(({ like }) => text.includes(like))?.say;
  }

  #answer(words: string | undefined, tools: readonly FunctionTool[], moment: Moment): Reply {
    const match = words === undefined ? undefined : this.#matcher.match(words);
    if (words === undefined || match === undefined) return { say: this.#scenario.unknown };
    this.#heard = words;
    for (const [name, said] of match.slots) {
      const kind = this.#scenario.slots[name]?.value ?? 'words';
      this.#slots.set(name, { words: said, value: valueOf(kind, said, moment) });
    }
    const intent = match.intent.fills ? (this.#pending ?? match.intent) : match.intent;
    const missing = Object.entries(intent.needs).find(([slot]) => !this.#slots.has(slot));
    this.#pending = missing === undefined ? undefined : intent;
    return missing === undefined ? this.#take(intent.step, undefined, tools) : { say: missing[1] };
  }

  #goOn(outputs: readonly { callId: string; output: string }[], tools: readonly FunctionTool[]): Reply {
    for (const { callId, output } of outputs.toReversed()) {
      const tool = this.#calls.get(callId);
      if (tool === undefined) continue;
      const value = parsed(output);
      if (isFailure(value)) {
        // The other time or day is asked for again, and the caller's answer goes on from there.
        this.#pending = this.#scenario.intents.find(
          ({ needs, step }) => 'time' in needs && holds(step, tool),
        );
        return this.#take(tool.failed, value, tools);
      }
      return this.#take(tool.ok, value, tools);
    }
    return { say: this.#scenario.silence };
  }

  #take(step: Step, output: unknown, tools: readonly FunctionTool[]): Reply {
    const values: TemplateValues = { slots: this.#slots, heard: this.#heard, output };
    const say = step.say === undefined ? undefined : filled(step.say, values);
    const { tool } = step;
    if (tool === undefined) return { say };
    const offered = tools.find(({ name }) => name === tool.name);
    if (offered === undefined) return { say: this.#scenario.unable };
    return { say, call: { name: tool.name, arguments: argumentsFor(tool, offered, values), tool } };
  }
}

/** Only what the tool's own schema takes, where it lists that; of a closed list of words, one of them. */
function argumentsFor(tool: Tool, { parameters }: FunctionTool, values: TemplateValues): string {
  const taken = fieldsOf(parameters?.['properties']);
  const pairs = Object.entries(tool.arguments).flatMap(([name, template]) => {
    if (taken !== undefined && !(name in taken)) return [];
    const value = filled(template, values);
    return value === undefined ? [] : [[name, oneOf(fieldsOf(taken?.[name])?.['enum'], value)] as const];
  });
  return JSON.stringify(Object.fromEntries(pairs));
}

function oneOf(words: unknown, value: string): unknown {
  if (!Array.isArray(words)) return value;
  return words.find((word) => String(word).toLowerCase() === value.toLowerCase()) ?? words[0];
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function holds(step: Step, tool: Tool): boolean {
  if (step.tool === undefined) return false;
  return step.tool === tool || holds(step.tool.ok, tool) || holds(step.tool.failed, tool);
}

function parsed(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return output;
  }
}

/** Tools tell failure in many ways, also a level down; a model reads any of them. */
function isFailure(output: unknown): boolean {
  const fields = fieldsOf(output);
  if (fields === undefined) return false;
  return (
    (fields['error'] ?? null) !== null ||
    ['ok', 'success', 'isFree', 'available', 'booked', 'sent'].some((name) => fields[name] === false) ||
    ['failed', 'refused', 'uncertain', 'cancelled', 'unavailable'].includes(String(fields['status'])) ||
    isFailure(fields['result'])
  );
}
