import type { FunctionTool } from '../../protocol/realtime-session.ts';
import { type BusinessFacts, readFacts } from '../answers/business-facts.ts';
import { answerFromFacts } from '../answers/fact-answers.ts';
import { OwnTools, type ToolStep, wantsReadBack } from '../answers/own-tools.ts';
import { matcherFor } from '../answers/service-words.ts';
import { toldOutcome } from '../answers/told-outcome.ts';
import { type Intent, type Scenario, type Step, toolsOf } from '../scenario.ts';
import type { Match } from '../scenario-matcher.ts';
import { type Moment, spelled, valueOf, withoutRest, writtenAs } from '../scenario-values.ts';
import type { Prompt } from './answers.ts';
import { requiredFields, toolNamed } from './forced-call.ts';
import { filled, type TemplateValues } from './templates.ts';

/** What a response says and does, in this order. */
export interface Reply {
  readonly say?: string | undefined;
  readonly call?: CalledTool;
}

/** A tool as it is called. */
export interface CalledTool {
  readonly name: string;
  readonly arguments: string;
  /** The scenario's step, which says how to go on; absent for a tool that no scenario knows. */
  readonly step?: Tool;
}

type Tool = NonNullable<Step['tool']>;

const EXACT_QUOTED = /say exactly[^"“]*["“](.+)["”]/is;
const EXACT = /say exactly:\s*(.+)/is;

/** A phrase that is less of what was said than this was perhaps not meant. */
const MOST_OF_IT = 0.5;

/**
 * Follows a scenario through one conversation. What the scenario does not know
 * is looked for in the session itself: what its instructions say of the
 * business, and the tools that it has. What is not there either is not known.
 */
export class Dialogue {
  readonly #scenario: Scenario;
  readonly #known: ReadonlySet<string>;
  readonly #own = new OwnTools();
  readonly #slots = new Map<string, { words: string; value: string }>();
  /** What was called, and so how it goes on after the output. */
  readonly #calls = new Map<string, CalledTool>();
  /** Waits for slots that were asked for. */
  #pending: Intent | undefined;
  #heard = '';

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#known = toolsOf(scenario);
  }

  /** The call that the client insists on, whatever there is to answer. */
  forced(offered: FunctionTool, moment: Moment, facts: BusinessFacts): Reply {
    const step = toolNamed(this.#scenario, offered.name);
    const values: TemplateValues = {
      slots: this.#slots,
      heard: this.#heard,
      output: undefined,
      facts,
      moment,
    };
    const given = step === undefined ? {} : (JSON.parse(argumentsFor(step, offered, values)) as object);
    const text = JSON.stringify({ ...requiredFields(offered.parameters), ...given });
    return { call: { name: offered.name, arguments: text, ...(step !== undefined && { step }) } };
  }

  /** Remembers which call an output will belong to. */
  called(callId: string, call: CalledTool): void {
    this.#calls.set(callId, call);
  }

  /**
   * @param instructions - those of this response only.
   * @param tools - what may be called now.
   * @param facts - what the session's instructions say of the business.
   */
  reply(
    prompt: Prompt,
    instructions: string | undefined,
    tools: readonly FunctionTool[],
    moment: Moment,
    facts: BusinessFacts = readFacts(''),
  ): Reply {
    const sentence = this.#instructed(instructions);
    if (sentence !== undefined) return { say: sentence };
    const now = { tools, moment, facts };
    switch (prompt.type) {
      case 'words':
        return this.#answer(prompt.words, now);
      case 'outputs':
        return this.#goOn(prompt.outputs, now);
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

  #answer(words: string | undefined, now: Now): Reply {
    if (words === undefined) return { say: this.#scenario.unknown };
    this.#heard = words;
    const step = this.#own.answer(words, now.moment);
    if (step !== undefined) return replyOf(step);
    const match = matcherFor(this.#scenario, now.facts).match(words);
    const own = now.tools.filter(({ name }) => !this.#known.has(name));
    const choice = this.#own.find(words, own);
    const start = () =>
      choice === undefined ? undefined : replyOf(this.#own.start(words, choice.tool, now.moment));
    if (choice?.isSure === true && this.#pending === undefined) return start() ?? {};
    if (match !== undefined && match.share >= MOST_OF_IT) return this.#follow(match, now);
    const told = answerFromFacts(words, now.facts, now.moment);
    if (told !== undefined) return { say: told };
    if (match !== undefined) return this.#follow(match, now);
    return start() ?? { say: this.#scenario.unanswered };
  }

  #follow(match: Match, now: Now): Reply {
    for (const [name, said] of match.slots) {
      const { value: kind = 'words', open = false } = this.#scenario.slots[name] ?? {};
      const words = kind === 'words' ? writtenAs(this.#heard, open ? withoutRest(said) : said) : said;
      this.#slots.set(this.#slotFor(name), { words, value: valueOf(kind, words, now.moment) });
    }
    const intent = match.intent.fills ? (this.#pending ?? match.intent) : match.intent;
    const missing = Object.entries(intent.needs).find(([slot]) => !this.#slots.has(slot));
    this.#pending = missing === undefined ? undefined : intent;
    return missing === undefined ? this.#take(intent.step, undefined, now) : { say: missing[1] };
  }

  /** "On Friday" answers for the new day where the day is known and the new one, which is said alike, is not. */
  #slotFor(name: string): string {
    if (!this.#slots.has(name)) return name;
    const alike = Object.keys(this.#pending?.needs ?? {}).find(
      (needed) => !this.#slots.has(needed) && this.#scenario.slots[needed]?.phrase === `<${name}>`,
    );
    return alike ?? name;
  }

  #goOn(outputs: readonly { callId: string; output: string }[], now: Now): Reply {
    for (const { callId, output } of outputs.toReversed()) {
      const call = this.#calls.get(callId);
      if (call === undefined) continue;
      const value = parsed(output);
      const tool = now.tools.find(({ name }) => name === call.name);
      if (tool !== undefined && wantsReadBack(value)) {
        return replyOf(this.#own.readBack(tool, fieldsOf(parsed(call.arguments)) ?? {}));
      }
      if (call.step === undefined) return { say: toldOutcome(call.name, value) };
      const { step } = call;
      const intent = this.#scenario.intents.find((one) => holds(one.step, step));
      if (isFailure(value)) {
        // The other time or day is asked for again, and the caller's answer goes on from there.
        if (intent !== undefined && 'time' in intent.needs) this.#pending = intent;
        return this.#take(step.failed, value, now);
      }
      const reply = this.#take(step.ok, value, now);
      // It is done: the next appointment has a day and a time of its own.
      if (reply.call === undefined)
        for (const slot of Object.keys(intent?.needs ?? {})) this.#slots.delete(slot);
      return reply;
    }
    return { say: this.#scenario.silence };
  }

  #take(step: Step, output: unknown, { tools, facts, moment }: Now): Reply {
    const values: TemplateValues = { slots: this.#slots, heard: this.#heard, output, facts, moment };
    const say = step.say === undefined ? undefined : filled(step.say, values);
    const { tool } = step;
    if (tool === undefined) return { say };
    const offered = tools.find(({ name }) => name === tool.name);
    if (offered === undefined) return { say: this.#scenario.unable };
    return {
      say,
      call: { name: tool.name, arguments: argumentsFor(tool, offered, values), step: tool },
    };
  }
}

/** What a reply is made from, besides what was said. */
interface Now {
  readonly tools: readonly FunctionTool[];
  readonly moment: Moment;
  readonly facts: BusinessFacts;
}

function replyOf(step: ToolStep): Reply {
  if (step.type === 'say') return { say: step.text };
  return { say: ONE_MOMENT, call: { name: step.name, arguments: JSON.stringify(step.values) } };
}

const ONE_MOMENT = 'One moment, please.';

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
  return words.find((word) => spelled(String(word)) === spelled(value)) ?? words[0];
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
