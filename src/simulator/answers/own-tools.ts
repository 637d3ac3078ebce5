import type { FunctionTool } from '../../protocol/realtime-session.ts';
import type { Moment } from '../scenario-values.ts';
import { fieldsOf, nameWords, type WantedArgument, wantedArguments } from './argument-kinds.ts';
import { SaidWords, valueIn, valueOfAnswer } from './argument-values.ts';
import { chooseTool, type ToolChoice } from './tool-choice.ts';

/** What is said, or which tool is called with what. */
export type ToolStep =
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'call'; readonly name: string; readonly values: Readonly<Record<string, unknown>> };

interface Asked {
  readonly tool: FunctionTool;
  readonly values: Record<string, unknown>;
  /** What the last question was for; undefined: for a yes to all of it. */
  wanted: WantedArgument | undefined;
  tries: number;
}

/** A caller who did not answer the question is asked once more, and then left in peace. */
const MOST_TRIES = 2;
const LEAVES = /^(?:no|never mind|forget it|cancel that|leave it|stop|goodbye|bye)\b/i;
const AGREES =
  /^(?:yes|yeah|yep|right|correct|ok|okay|sure|please do|go ahead|that is right|that's right)\b/i;
/** How the engine tells a model that a caller has to agree before an effect is had. */
const READ_BACK = /read the details back/i;

/**
 * The tools that no scenario knows: a business's own, those of webhooks and MCP
 * servers. One is called when the caller's words ask for it; arguments are
 * found in the words, what must be there and is not is asked for, one by one,
 * and where the tool wants it the caller has to say yes first.
 */
export class OwnTools {
  #asked: Asked | undefined;

  /** What the words ask for; undefined when they ask for none of these tools. */
  find(words: string, tools: readonly FunctionTool[]): ToolChoice | undefined {
    return chooseTool(words, tools);
  }

  start(words: string, tool: FunctionTool, moment: Moment): ToolStep {
    const asked: Asked = { tool, values: writtenValues(words), wanted: undefined, tries: 0 };
    const said = new SaidWords(words.replaceAll(tool.name, ' '));
    for (const wanted of wantedArguments(tool.parameters)) {
      if (wanted.name in asked.values) continue;
      const value = valueIn(said, wanted, moment);
      if (value !== undefined) asked.values[wanted.name] = wanted.isList ? [value] : value;
    }
    return this.#goOn(asked);
  }

  /** Goes on with what was asked for; undefined when nothing was, or when the caller spoke of something else. */
  answer(words: string, moment: Moment): ToolStep | undefined {
    const asked = this.#asked;
    this.#asked = undefined;
    if (asked === undefined) return undefined;
    const { wanted } = asked;
    if (wanted === undefined) {
      if (AGREES.test(words)) return { type: 'call', name: asked.tool.name, values: asked.values };
      return LEAVES.test(words) ? { type: 'say', text: LEFT } : undefined;
    }
    if (LEAVES.test(words) && wanted.kind !== 'truth') return { type: 'say', text: LEFT };
    const value = valueOfAnswer(words, wanted, moment);
    if (value === undefined) {
      asked.tries += 1;
      return asked.tries < MOST_TRIES ? this.#ask(asked, wanted) : undefined;
    }
    asked.values[wanted.name] = wanted.isList ? [value] : value;
    asked.tries = 0;
    return this.#goOn(asked);
  }

  /** The engine wants the details read back first: says them; the caller's yes calls the same again. */
  readBack(tool: FunctionTool, values: Readonly<Record<string, unknown>>): ToolStep {
    this.#asked = { tool, values: { ...values }, wanted: undefined, tries: 0 };
    const details = Object.entries(values)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `${nameWords(name).join(' ')}: ${String(value)}`);
    const named = nameWords(tool.name).join(' ');
    return { type: 'say', text: `${capital(named)}. ${details.join(', ')}. Shall I do that?` };
  }

  #goOn(asked: Asked): ToolStep {
    const { tool, values } = asked;
    const missing = wantedArguments(tool.parameters).find(
      ({ name, isRequired }) => isRequired && !(name in values),
    );
    if (missing !== undefined) return this.#ask(asked, missing);
    if (READ_BACK.test(tool.description ?? '')) return this.readBack(tool, values);
    return { type: 'call', name: tool.name, values };
  }

  #ask(asked: Asked, wanted: WantedArgument): ToolStep {
    asked.wanted = wanted;
    this.#asked = asked;
    const what = nameWords(wanted.name).join(' ');
    const more = wanted.description === '' ? '' : ` ${wanted.description.replace(/\.?$/, '.')}`;
    const choices = wanted.choices.map(String).join(', ');
    const list = choices === '' ? '' : ` One of: ${choices}.`;
    return {
      type: 'say',
      text: `For ${nameWords(asked.tool.name).join(' ')} I need the ${what}.${more}${list}`,
    };
  }
}

/** Whether an output tells that the caller has to agree first. */
export const wantsReadBack = (output: unknown): boolean => {
  const { status, reason } = fieldsOf(output);
  return status === 'refused' && typeof reason === 'string' && READ_BACK.test(reason);
};

const LEFT = 'All right, I leave that. What else can I do for you?';

/** Whoever types may write the arguments themselves: `find_order {"order": "A-17"}`. */
function writtenValues(words: string): Record<string, unknown> {
  const written = words.slice(words.indexOf('{'), words.lastIndexOf('}') + 1);
  if (!written.startsWith('{')) return {};
  try {
    return { ...fieldsOf(JSON.parse(written)) };
  } catch {
    return {};
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
