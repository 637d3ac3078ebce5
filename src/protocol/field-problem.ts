import type { z } from 'zod';

/** One thing wrong with something that was sent or written down: where, and what. Holds no value, only its place. */
export interface FieldProblem {
  /** Dotted, as in `business.hours.0.from`; empty for the thing as a whole. */
  readonly path: string;
  readonly message: string;
}

/** Everything that a schema found wrong, each with the path to it. */
export function fieldProblems(error: z.ZodError): FieldProblem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(issue, []));
}

type Issue = z.core.$ZodIssue;

function problemsOfIssue(issue: Issue, above: readonly PropertyKey[]): FieldProblem[] {
  const place = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: dotted([...place, key]), message: 'is not known here' }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // What the writer meant is the branch that fits furthest in.
    const [nearest] = [...issue.errors].sort((a, b) => depth(b) - depth(a));
    if (nearest !== undefined && depth(nearest) > 0) {
      return nearest.flatMap((inner) => problemsOfIssue(inner, place));
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
