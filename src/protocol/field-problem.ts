import { z } from 'zod';
import { didYouMean } from './nearest-word.ts';

/** One thing wrong with something that was sent or written down: where, and what. Holds no value, only its place. */
export interface FieldProblem {
  /** Dotted, as in `business.hours.0.from`; empty for the thing as a whole. */
  readonly path: string;
  readonly message: string;
  /** Set where the key itself is wrong, whatever its value. */
  readonly isOfKey?: true;
}

/** As it is answered: where it stands in a text is nothing to those who sent none. */
export const answeredProblem = ({ path, message }: FieldProblem): FieldProblem => ({ path, message });

/** Reads something by its schema, and tells everything that is wrong; of a key that is not known, which was meant. */
export function readFields<Value>(
  schema: z.ZodType<Value>,
  written: unknown,
): { value: Value } | { problems: FieldProblem[] } {
  const knownBeside: KnownKeys = new Map();
  const read = schema.safeParse(written, {
    // Told here alone: which object, in which branch of a union, does not know the keys.
    error: (issue) => {
      if (issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject) {
        knownBeside.set(issue.keys, Object.keys(issue.inst.shape));
      }
      return undefined;
    },
  });
  return read.success ? { value: read.data } : { problems: fieldProblems(read.error, knownBeside) };
}

/** The keys that an object knows, by the list of those that it does not know. */
type KnownKeys = Map<readonly string[], readonly string[]>;

/** Everything that a schema found wrong, each with the path to it. */
export function fieldProblems(error: z.ZodError, knownBeside: KnownKeys = new Map()): FieldProblem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(issue, [], knownBeside));
}

type Issue = z.core.$ZodIssue;

function problemsOfIssue(
  issue: Issue,
  above: readonly PropertyKey[],
  knownBeside: KnownKeys,
): FieldProblem[] {
  const place = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const known = knownBeside.get(issue.keys) ?? [];
    return issue.keys.map((key) => ({
      path: dotted([...place, key]),
      message: `is unknown${didYouMean(key, known)}`,
      isOfKey: true,
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // What the writer meant is the branch that fits furthest in.
    const [nearest] = [...issue.errors].sort((a, b) => depth(b) - depth(a));
    if (nearest !== undefined && depth(nearest) > 0) {
      return nearest.flatMap((inner) => problemsOfIssue(inner, place, knownBeside));
    }
  }
  return [{ path: dotted(place), message: issue.message }];
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map(({ path, code }) => path.length + (code === 'unrecognized_keys' ? 1 : 0)));
}

function dotted(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}
