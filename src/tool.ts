/**
 * What the file of a business's own tool imports, as `callchart/tool`:
 * `defineTool`, the answers `done`, `refuse` and `uncertain`, and `z` to
 * describe arguments with. `docs/guide/writing-a-tool.md` walks through one.
 */

import { z } from 'zod';
import { defineTool as makeTool, type RunContext, type Tool } from './services/tools/define-tool.ts';
import { done, refuse, type ToolAnswer, uncertain } from './services/tools/tool-answer.ts';
import { policyOf, type WrittenPolicy } from './services/tools/tool-policy.ts';

export { done, refuse, uncertain, z };
export type { RunContext, Tool, ToolAnswer, WrittenPolicy };

/** A tool as a business writes it down. */
export interface ToolDefinition<Args extends z.ZodObject> {
  /** As the model calls it, and as a profile's `tools` names it: 1 to 64 of a-z and _. */
  readonly name: string;
  /** The model's manual: when to use it, what to ask the caller first, what never to guess. */
  readonly description: string;
  /** What stands between the model and the effect. Only `kind` must be said; the rest is chosen carefully. */
  readonly policy: WrittenPolicy;
  /**
   * The arguments. Whatever the JSON Schema that is made of it allows must parse: rules that JSON Schema cannot
   * say belong in `run`, as refusals.
   */
  readonly args: Args;
  /**
   * Does it, and answers `done(fields)`, `refuse(reason)` or `uncertain(reason)`. What it throws becomes a code for
   * the model; only the places in the code that it came from are logged.
   */
  readonly run: (args: z.output<Args>, context: RunContext) => ToolAnswer | Promise<ToolAnswer>;
}

/** The outside of a definition. TypeScript has checked it where there is TypeScript. */
const Definition = z.strictObject({
  name: z.string().regex(/^[a-z_]{1,64}$/, 'must be 1 to 64 of a-z and _'),
  description: z.string().min(1, 'must not be empty').max(1024),
  policy: z.strictObject({
    kind: z.enum(['reads', 'effect']),
    once: z.enum(['call', 'arguments', 'none']).optional(),
    outlivesCall: z.boolean().optional(),
    needsReadBack: z.boolean().optional(),
  }),
  args: z.custom<z.ZodObject>(isObjectSchema, 'must be an object schema made with z of callchart/tool'),
  run: z.custom<ToolDefinition<z.ZodObject>['run']>((run) => typeof run === 'function', 'must be a function'),
});

/**
 * Makes a tool: the default export of a file in `TOOLS_DIR`.
 *
 * @throws {TypeError} with every problem of the definition; it stops the engine's start, with the file's path.
 */
export function defineTool<Args extends z.ZodObject>(definition: ToolDefinition<Args>): Tool {
  const read = Definition.safeParse(definition);
  if (!read.success) {
    const problems = read.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.')}: ${message}`,
    );
    throw new TypeError(`not a tool: ${problems.join('; ')}`);
  }
  const { name, description, policy, args, run } = definition;
  return makeTool({
    name,
    description,
    policy: policyOf(policy),
    args: () => args,
    run: async (values, context) => {
      const answer: unknown = await run(values, context);
      if (!isAnswer(answer)) throw new Error('run must answer done(), refuse() or uncertain()');
      return answer;
    },
  });
}

function isObjectSchema(args: unknown): boolean {
  if (!(args instanceof z.ZodObject)) return false;
  try {
    z.toJSONSchema(args, { io: 'input' });
    return true;
  } catch {
    return false; // It holds what the model cannot be shown, as a date or a function.
  }
}

function isAnswer(answer: unknown): answer is ToolAnswer {
  if (typeof answer !== 'object' || answer === null || !('status' in answer)) return false;
  switch (answer.status) {
    case 'ok':
      return 'result' in answer && typeof answer.result === 'object' && answer.result !== null;
    case 'refused':
    case 'uncertain':
      return 'reason' in answer && typeof answer.reason === 'string';
    default:
      return false;
  }
}
