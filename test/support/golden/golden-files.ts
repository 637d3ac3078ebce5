import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { FullRow } from '../../../src/protocol/console-calls.ts';
import { upcastBody } from '../../../src/protocol/feed-upcasts.ts';
import type { RecordedCall } from './golden-call.ts';
import type { WireLine, WireRecord } from './wire-tape.ts';

/** Where the recorded calls are: a folder for each version of the engine. */
const FOLDER = new URL('../../replay/calls/', import.meta.url);
/** The version of the feed that each of them wrote. */
const FEED_VERSIONS: Readonly<Record<string, number>> = { '0.1.0': 1, '0.2.0': 3 };
const ROWS = '.rows.jsonl';
const WIRES = '.wires.jsonl';
const DIFFERENCES = 'differences.json';

/** What is meant to be otherwise than it was recorded, and why. */
export interface Differences {
  /** States that are named otherwise, with all that is in them. */
  readonly states: readonly { readonly was: string; readonly is: string; readonly reason: string }[];
  /** Orders that no chart gives any more, in whichever call. */
  readonly orders: readonly { readonly order: string; readonly reason: string }[];
  readonly rows: readonly ListedDifference[];
  readonly wires: readonly ListedDifference[];
}

export interface ListedDifference extends Difference {
  readonly call: string;
  readonly reason: string;
}

/** A place where today's engine does not do what was recorded. */
export interface Difference {
  /** Of rows: the `seq` of the fact; of wires: the line, from 1, before which nothing else differs. */
  readonly place: number;
  readonly was: readonly string[];
  readonly is: readonly string[];
}

/** The versions of which calls were recorded. */
export const recordedVersions = (): string[] => readdirSync(FOLDER).sort();

export const isRecorded = (version: string): boolean => existsSync(new URL(version, FOLDER));

/** The calls that were recorded of a version, by name. */
export const recordedNames = (version: string): string[] =>
  readdirSync(new URL(version, FOLDER))
    .filter((file) => file.endsWith(ROWS))
    .map((file) => file.slice(0, -ROWS.length))
    .sort();

/** The rows of a call, with bodies as today's feed has them. */
export function rowsOf(version: string, name: string): FullRow[] {
  const feedVersion = feedOf(version);
  const rows = linesOf(fileOf(version, name, ROWS)) as FullRow[];
  return rows.map((row) => ({ ...row, body: { ...upcastBody(feedVersion, row.event, row.body) } }));
}

/** The wires of a call, with what the desk told as today's feed has it. */
export function wiresOf(version: string, name: string): WireRecord {
  const feedVersion = feedOf(version);
  const [head, ...lines] = linesOf(fileOf(version, name, WIRES)) as [
    Omit<WireRecord, 'lines'>,
    ...WireLine[],
  ];
  const told = lines.map((line) =>
    line.wire === 'desk' && line.says
      ? { ...line, says: upcastBody(feedVersion, String(line.says['type']), line.says) }
      : line,
  );
  return { ...head, lines: told };
}

function feedOf(version: string): number {
  const feedVersion = FEED_VERSIONS[version];
  if (feedVersion === undefined) throw new Error(`FEED_VERSIONS does not name the feed of ${version}`);
  return feedVersion;
}

export const differencesOf = (version: string): Differences =>
  JSON.parse(readFileSync(new URL(`${version}/${DIFFERENCES}`, FOLDER), 'utf8')) as Differences;

/** Writes the folder of a version, which must not be there. */
export function writeFolder(version: string, calls: ReadonlyMap<string, RecordedCall>): void {
  mkdirSync(new URL(version, FOLDER));
  for (const [name, { rows, wires }] of calls) {
    const { lines, ...head } = wires;
    writeFileSync(fileOf(version, name, ROWS), textOf(rows));
    writeFileSync(fileOf(version, name, WIRES), textOf([head, ...lines]));
  }
  const none: Differences = { states: [], orders: [], rows: [], wires: [] };
  writeFileSync(new URL(`${version}/${DIFFERENCES}`, FOLDER), `${JSON.stringify(none, null, 2)}\n`);
}

const fileOf = (version: string, name: string, ending: string) =>
  new URL(`${version}/${name}${ending}`, FOLDER);

/** JSON Lines. */
const textOf = (lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

const linesOf = (file: URL): unknown[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
