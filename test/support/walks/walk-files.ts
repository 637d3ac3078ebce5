import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { CallInput } from '../../../src/machines/call/call.context.ts';
import { plainCall } from '../call-chart.ts';
import { textOf, treeOf, type WalkNode } from './walk-tree.ts';

const FOLDER = new URL('../../machines/walks/', import.meta.url);
const ENDING = '.txt';

/** The kinds of calls of which ways are known, a file each. */
export const namesOfWalks = (): string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .sort();

export const readWalk = (name: string): WalkNode => treeOf(readFileSync(fileOf(name), 'utf8'));

export const writeWalk = (name: string, tree: WalkNode): void => {
  writeFileSync(fileOf(name), textOf(tree));
};

/** What a call begins with: a plain one, but for what the first line of its file says. */
export function inputOf({ event }: WalkNode): CallInput {
  const over = Object.entries(event).filter(([name]) => name !== 'type');
  return { ...plainCall, ...Object.fromEntries(over) };
}

const fileOf = (name: string) => new URL(`${name}${ENDING}`, FOLDER);
