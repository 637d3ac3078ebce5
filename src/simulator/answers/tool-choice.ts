import type { FunctionTool } from '../../protocol/realtime-session.ts';
import { nameWords, wantedArguments } from './argument-kinds.ts';
import { contentWords } from './content-words.ts';

/** A tool that the caller's words ask for, and how plainly. */
export interface ToolChoice {
  readonly tool: FunctionTool;
  /** Most of the words of its name were said, or the name itself. */
  readonly isSure: boolean;
}

/** A word of the name, or a value of a closed list, weighs as much as three of the description. */
const NAME_WEIGHT = 3;
const MOST_OF_DESCRIPTION = 3;
const ENOUGH = 3;
const SURE = 7;

/**
 * The tool that the words ask for; undefined when none is meant. Points are
 * given for words of the tool's name, for values that an argument may have, and
 * for words of the description and of the arguments' names. The most points
 * win, of equals the one that is listed first.
 */
export function chooseTool(text: string, tools: readonly FunctionTool[]): ToolChoice | undefined {
  const said = new Set(contentWords(text));
  let best: { choice: ToolChoice; points: number } | undefined;
  for (const tool of tools) {
    if (text.toLowerCase().includes(tool.name.toLowerCase())) return { tool, isSure: true };
    const name = contentWords(nameWords(tool.name).join(' '));
    const named = name.filter((word) => said.has(word)).length;
    const wanted = wantedArguments(tool.parameters);
    const values = wanted.flatMap(({ choices }) => choices.map((choice) => contentWords(String(choice))));
    const valued = values.some((words) => words.length > 0 && words.every((word) => said.has(word)));
    const described = new Set([
      ...contentWords(tool.description ?? ''),
      ...wanted.flatMap((argument) => contentWords(nameWords(argument.name).join(' '))),
    ]);
    const beside = [...said].filter((word) => described.has(word)).length;
    const points = NAME_WEIGHT * (named + (valued ? 1 : 0)) + Math.min(beside, MOST_OF_DESCRIPTION);
    if (points < ENOUGH || points <= (best?.points ?? 0)) continue;
    const isNamed = named > 0 && named * 3 >= name.length * 2;
    best = { choice: { tool, isSure: isNamed || points >= SURE }, points };
  }
  return best?.choice;
}
