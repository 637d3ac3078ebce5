import { storyHeading } from './story-heading.ts';
import { stateFile, storiesFile } from './templates.ts';

const CALL = 'src/machines/call';
const PAGE = 'docs/statecharts/call.md';
/** The parent that states have when none is said, and the state that its others come before: the end is last. */
const FLOOR = 'floor';
const LAST_OF_FLOOR = 'ending';

export interface StateOrder {
  /** Of the new state, as the chart writes it: `takingMessage`. */
  readonly name: string;
  /** The state that it is in; undefined: the floor itself. */
  readonly under?: string | undefined;
  /** The sibling that it stands before; undefined: the end of the floor, or of nobody. */
  readonly before?: string | undefined;
}

export interface Sources {
  /** @throws {Error} when there is no such file. */
  readonly read: (path: string) => string;
  readonly exists: (path: string) => boolean;
}

export interface StatePlan {
  /** As the state is called outside: `conversing.takingMessage`. */
  readonly path: string;
  readonly parentFile: string;
  readonly stateFile: string;
  readonly storiesFile: string;
  readonly files: readonly { readonly path: string; readonly text: string; readonly isNew: boolean }[];
}

/** A state cannot be begun as it was asked for: the message says what is wrong, and where. */
export class StateRefused extends Error {
  override readonly name = 'StateRefused';
}

/** Names of the chart's own levels, and words that no constant may have. */
const TAKEN = new Set(['alive', 'call', 'ended', 'floor']);
const RESERVED =
  /^(?:await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|var|void|while|with|yield)$/;

/** The list of a parent whose states are in files of their own. */
const STATES = /^( *)states: \{ ([\w, ]+) \},$/m;

/**
 * What is to be written for a new state; nothing is written here.
 *
 * @throws {StateRefused} when the name is none, or is taken, or the parent has no place for it.
 */
export function planState({ name, under, before }: StateOrder, sources: Sources): StatePlan {
  refuseName(name);
  const parent = under ?? FLOOR;
  const parentFile = `${CALL}/floor/${kebab(parent)}.ts`;
  if (!sources.exists(parentFile)) {
    throw new StateRefused(
      `--under ${parent}: there is no ${parentFile}: name a state that has a file of its own`,
    );
  }
  const region = `${CALL}/regions/${kebab(name)}.ts`;
  if (sources.exists(region)) throw new StateRefused(`"${name}" is a region already: ${region}`);

  const parentText = sources.read(parentFile);
  const siblings = siblingsIn(parentText, parentFile);
  if (siblings.includes(name)) throw new StateRefused(`"${name}" is a state already: ${parentFile} lists it`);
  const next = before ?? (parent === FLOOR ? LAST_OF_FLOOR : undefined);
  if (next !== undefined && !siblings.includes(next)) {
    throw new StateRefused(`--before ${next}: ${parentFile} has only ${siblings.join(', ')}`);
  }

  const path = parent === FLOOR ? name : `${parent}.${name}`;
  const ofState = `${CALL}/floor/${kebab(name)}.ts`;
  const ofStories = `test/machines/call.${kebab(name)}.stories.test.ts`;
  for (const file of [ofState, ofStories]) {
    if (sources.exists(file)) throw new StateRefused(`"${name}" cannot be begun: ${file} is there already`);
  }
  const page = sources.read(PAGE);
  if (page.includes(`\`${path}\`\n`))
    throw new StateRefused(`"${name}" is told already: ${PAGE} has a heading of it`);
  const told = storyHeading(page, {
    path,
    parent: parent === FLOOR ? undefined : parent,
    before: next === undefined || parent === FLOOR ? next : `${parent}.${next}`,
  });
  if (told === undefined)
    throw new StateRefused(`${PAGE} has no heading beside which "${path}" could be told`);

  return {
    path,
    parentFile,
    stateFile: ofState,
    storiesFile: ofStories,
    files: [
      { path: ofState, text: stateFile(name, path), isNew: true },
      { path: ofStories, text: storiesFile(path), isNew: true },
      { path: parentFile, text: withImport(withState(parentText, name, next), name), isNew: false },
      { path: PAGE, text: told, isNew: false },
    ],
  };
}

function refuseName(name: string): void {
  if (!/^[a-z][a-zA-Z]*$/.test(name)) {
    throw new StateRefused(
      `"${name}" is no name of a state: letters only, the first one small, as in "toolExecuting"`,
    );
  }
  if (RESERVED.test(name))
    throw new StateRefused(`"${name}" is a word of the language: no state can have it`);
  if (TAKEN.has(name))
    throw new StateRefused(`"${name}" is a level of the chart itself: ${CALL}/call.machine.ts`);
}

function siblingsIn(text: string, file: string): readonly string[] {
  const [, , list] = STATES.exec(text) ?? [];
  if (list !== undefined) return list.split(', ');
  throw new StateRefused(`${file} writes its states itself, in no list of names: add one there by hand`);
}

function withState(text: string, name: string, before: string | undefined): string {
  return text.replace(STATES, (_, indent: string, list: string) => {
    const names = list.split(', ');
    names.splice(before === undefined ? names.length : names.indexOf(before), 0, name);
    return `${indent}states: { ${names.join(', ')} },`;
  });
}

/** Among the parent's own states, in the order of their files. */
function withImport(text: string, name: string): string {
  const line = `import { ${name} } from './${kebab(name)}.ts';`;
  const lines = text.split('\n');
  const after = lines.findIndex(
    (other) => /^import .* from '\.\//.test(other) && fileOf(other) > fileOf(line),
  );
  const last = lines.findLastIndex((other) => other.startsWith('import '));
  lines.splice(after === -1 ? last + 1 : after, 0, line);
  return lines.join('\n');
}

const fileOf = (line: string) => line.slice(line.indexOf("'"));
const kebab = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
