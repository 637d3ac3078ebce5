import { join } from 'node:path';
import { type AgentProfile, readAgentProfile } from '../../protocol/agent-profile.ts';
import type { FieldProblem } from '../../protocol/field-problem.ts';
import { type AgentFile, readAgentFiles, type UnreadFile } from './agent-files.ts';
import type { ProfileTools } from '../tools/outward/profile-tools.ts';
import { type PlaceOf, readWrittenJson } from '../../written-json.ts';

/** `default.json`: it answers numbers that no other profile names. */
export const DEFAULT_FILE = 'default.json';

/** Judges the tools that profiles bring along, and connects to their servers. */
export type ToolJudge = Pick<ProfileTools, 'problemsOf' | 'open'>;

/** A profile, and the file that it was read from. */
export interface ProfileFile {
  readonly file: string;
  readonly profile: AgentProfile;
  /** Without the defaults. */
  readonly written: Readonly<Record<string, unknown>>;
}

/**
 * Reads a folder of profiles, and tells every problem of every file, a line
 * each: the file's path, line and column, the field, and what is wrong with it.
 * Where nothing is wrong so far, it connects to the servers of their tools.
 *
 * @param tools - the names of the engine's tools.
 * @returns the profiles that can be read; they are all there are when there is no problem.
 * @throws {EngineError} `PROFILE_INVALID` when the folder cannot be read.
 */
export async function readAgentFolder(
  folder: string,
  tools: ReadonlySet<string>,
  judge: ToolJudge,
): Promise<{ entries: ProfileFile[]; problems: string[] }> {
  const problems: string[] = [];
  const entries: ProfileFile[] = [];
  const places = new Map<string, PlaceOf | undefined>();
  const files = await readAgentFiles(folder);
  for (const file of files) {
    const read = readFile(file, tools);
    const found =
      'problems' in read
        ? read.problems
        : [
            ...clashes(entries, { file: file.name, profile: read.profile }),
            ...judge.problemsOf(read.profile),
          ];
    problems.push(...found.map((problem) => line(join(folder, file.name), problem, read.placeOf)));
    places.set(file.name, read.placeOf);
    if ('profile' in read) entries.push({ file: file.name, profile: read.profile, written: read.written });
  }
  if (!files.some(({ name }) => name === DEFAULT_FILE)) {
    const message = 'is missing: it takes calls to numbers that no other profile names';
    problems.push(line(join(folder, DEFAULT_FILE), { path: '', message }));
  }
  // No program is started for a folder that is going to be refused.
  if (problems.length === 0) {
    const found = await judge.open(entries.map(({ profile }) => profile));
    for (const { file, profile } of entries) {
      const missing = found.get(profile) ?? [];
      problems.push(...missing.map((problem) => line(join(folder, file), problem, places.get(file))));
    }
  }
  return { entries, problems };
}

/** Takes the tools that profiles bring along as they are written. */
export const LENIENT: ToolJudge = { problemsOf: () => [], open: () => Promise.resolve(new Map()) };

function readFile(
  file: AgentFile | UnreadFile,
  tools: ReadonlySet<string>,
): (Omit<ProfileFile, 'file'> | { problems: FieldProblem[] }) & { placeOf: PlaceOf | undefined } {
  if ('fault' in file) return { problems: [{ path: '', message: file.fault }], placeOf: undefined };
  const json = readWrittenJson(file.text);
  if ('fault' in json) {
    return { problems: [{ path: '', message: json.fault }], placeOf: () => json.place };
  }
  const { value, placeOf } = json;
  const written = withoutSchema(value);
  const read = readAgentProfile(written, tools);
  // What is a profile is an object.
  return 'problems' in read
    ? { ...read, placeOf }
    : { ...read, written: { ...(written as object) }, placeOf };
}

/** `$schema` is an editor's own: it says by which schema the file is to be completed, and nothing of the agent. */
export function withoutSchema(written: unknown): unknown {
  if (typeof written !== 'object' || written === null || !('$schema' in written)) return written;
  const rest: { $schema?: unknown } = { ...written };
  delete rest.$schema;
  return rest;
}

/** What two profiles cannot both have: a file, an id, a number. */
export function clashes(
  others: readonly ProfileFile[],
  { file, profile }: Pick<ProfileFile, 'file' | 'profile'>,
): FieldProblem[] {
  return others.flatMap((other) => {
    const owner = `is already used by ${other.file}`;
    return [
      ...(other.file === file ? [{ path: 'id', message: `the file name ${owner}` }] : []),
      ...(other.profile.id === profile.id ? [{ path: 'id', message: owner }] : []),
      ...profile.phoneNumbers.flatMap((number, index) =>
        other.profile.phoneNumbers.includes(number)
          ? [{ path: `phoneNumbers.${String(index)}`, message: owner }]
          : [],
      ),
    ];
  });
}

/** As compilers write it, so that editors and terminals lead to the place. Without one where there is no such file. */
function line(file: string, { path, message, isOfKey }: FieldProblem, placeOf?: PlaceOf): string {
  const place = placeOf?.(path, isOfKey ? 'key' : 'value');
  const where = place === undefined ? file : `${file}:${String(place.line)}:${String(place.column)}`;
  return path === '' ? `${where}: ${message}` : `${where} ${path}: ${message}`;
}
