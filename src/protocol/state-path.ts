/**
 * How a state of the call's chart is written outside the chart.
 *
 * A path names a state from the root: `conversing.listening.quiet`. Its first
 * words are the state's fixed name, which programs may rely on
 * (`conversing.listening`); what follows says where within it, and may change.
 */

/** The parent whose children have fixed names of their own. */
const PARENT = 'conversing';

/** The fixed name of the state that a path leads to. */
export function stateName(path: string): string {
  const [first = '', second] = path.split('.');
  return first === PARENT && second !== undefined ? `${first}.${second}` : first;
}

/** A state value as XState has it: a name, or an object from each active region to its value. */
type Value = string | { readonly [region: string]: Value | undefined };

/** The path of a state value, down to the first place where several states are active at once. */
export function statePath(value: Value): string {
  if (typeof value === 'string') return value;
  const regions = Object.entries(value);
  const [only] = regions;
  if (only === undefined) return '';
  const [name, inner] = only;
  if (regions.length > 1) return '';
  const rest = inner === undefined ? '' : statePath(inner);
  return rest === '' ? name : `${name}.${rest}`;
}
