import type { z } from 'zod';
import { parseArguments, problemsOf, readArguments } from '../argument-reader.ts';
import { canonicalJson } from '../canonical-json.ts';
import { READ_BACK, type RunContext, type Tool, type ToolPolicy } from '../define-tool.ts';
import { readForeignSchema } from './foreign-schema.ts';
import type { Fields, ToolAnswer } from '../tool-answer.ts';

/** A tool whose arguments are described by JSON Schema, as tools of far ends are. */
export interface JsonSchemaTool {
  readonly name: string;
  readonly description: string;
  readonly policy: ToolPolicy;
  /** JSON Schema of an object, 2020-12 unless it says otherwise. Shown to the model as it stands. */
  readonly parameters: Fields;
  readonly run: (args: Fields, context: RunContext) => Promise<ToolAnswer>;
}

/**
 * Makes a tool that checks its arguments by the schema before it runs, or says
 * why the schema cannot be checked (`if`, `not`, `dependentSchemas`, references
 * that lead out of it or back to it, patterns that take more than linear time):
 * what cannot be checked is not offered.
 */
export function jsonSchemaTool({
  name,
  description,
  policy,
  parameters,
  run,
}: JsonSchemaTool): Tool | { readonly problem: string } {
  const schema = readSchema(parameters);
  if (typeof schema === 'string') return { problem: schema };
  const spec = { name, description: description + (policy.needsReadBack ? READ_BACK : ''), parameters };
  return {
    name,
    policy,
    specFor: () => spec,
    read: (argumentsJson) => {
      const read = readArguments(argumentsJson);
      if ('problem' in read) return [read];
      const parsed = parseArguments(schema, read.value);
      if (!parsed.success) return problemsOf(parsed.error);
      const args = parsed.data as Fields;
      return { meaning: canonicalJson(args), run: (context) => run(args, context) };
    },
  };
}

function readSchema(parameters: Fields): z.ZodType | string {
  try {
    return readForeignSchema(parameters);
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : 'it cannot be read';
  }
}
