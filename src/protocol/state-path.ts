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

/** Whether a path leads to a state, or to one within it. */
export const isWithin = (state: string, path: string): boolean => `${path}.`.startsWith(`${state}.`);

/** A state value as XState has it: a name, or an object from each active region to its value. */
type Value = string | { readonly [region: string]: Value | undefined };

/** Where the regions of a living call are, and which of them says what its state is called. */
const ALIVE = 'alive';
const FLOOR = 'floor';

/** The path of the floor: what the state of a call is called. Of a call that has ended, and of other charts: the path itself. */
export function floorOf(value: Value): string {
  return pathOf(regionOf(value)?.[FLOOR] ?? value);
}

/** The path of each region beside the floor, by its name. Those without states of their own are left out. */
export function regionsOf(value: Value): Record<string, string> {
  const paths: Record<string, string> = {};
  const regions = regionOf(value) ?? {};
  for (const name in regions) {
    const inner = regions[name];
    const path = name === FLOOR || inner === undefined ? '' : pathOf(inner);
    if (path !== '') paths[name] = path;
  }
  return paths;
}

/** Those of `now` that are not so in `before`. */
export function changedRegions(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): Record<string, string> {
  const changed: Record<string, string> = {};
  for (const name in now) {
    const path = now[name];
    if (path !== undefined && before[name] !== path) changed[name] = path;
  }
  return changed;
}

/** What a state of the chart is called outside, by its way from the root: a state of the floor by its path in it, another by its region and its path in that. */
export function outsidePath(way: readonly string[]): string {
  const [first, ...rest] = way;
  if (first !== ALIVE) return way.join('.');
  return (rest[0] === FLOOR ? rest.slice(1) : rest).join('.');
}

function regionOf(value: Value): Exclude<Value, string> | undefined {
  const alive = typeof value === 'string' ? undefined : value[ALIVE];
  return typeof alive === 'string' ? undefined : alive;
}

/** The path of a state value, down to the first place where several states are active at once. */
function pathOf(value: Value): string {
  let path = '';
  let within: Value | undefined = value;
  while (typeof within === 'object') {
    const [only, ...others]: readonly string[] = Object.keys(within);
    if (only === undefined || others.length > 0) return path;
    path = joined(path, only);
    within = within[only];
  }
  return within === undefined ? path : joined(path, within);
}

const joined = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);
