import { GAP } from './templates.ts';

export interface HeadingPlace {
  /** Of the new state. */
  readonly path: string;
  /** The state that it is in; undefined: none, it stands on the floor. */
  readonly parent: string | undefined;
  /** The path of the state that it stands before; undefined: behind all that are in its parent. */
  readonly before: string | undefined;
}

/** The page with a heading for a new state, where the order of the chart wants it. Undefined: its neighbours are not told. */
export function storyHeading(page: string, { path, parent, before }: HeadingPlace): string | undefined {
  const at = before === undefined ? endOf(page, parent) : headingOf(page, before);
  if (at === undefined) return undefined;
  const marks = '#'.repeat(path.split('.').length + 1);
  const told = `${marks} \`${path}\`\n\n${GAP} who has the floor, and what the caller hears and may do. A few sentences.\n\n`;
  return page.slice(0, at) + told + page.slice(at);
}

function headingOf(page: string, path: string): number | undefined {
  const at = page.search(new RegExp(`^#+ \`${path.replaceAll('.', '\\.')}\`$`, 'm'));
  return at === -1 ? undefined : at;
}

/** Where the last state within a state has been told. */
function endOf(page: string, parent: string | undefined): number | undefined {
  const begin = parent === undefined ? undefined : headingOf(page, parent);
  if (parent === undefined || begin === undefined) return undefined;
  const depth = parent.split('.').length + 1;
  const rest = page.slice(begin + 1);
  const next = rest.search(new RegExp(`^#{2,${String(depth)}} `, 'm'));
  return next === -1 ? page.length : begin + 1 + next;
}
