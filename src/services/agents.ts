import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { EngineError } from '../errors.ts';
import { type AgentProfile, readAgentProfile } from '../protocol/agent-profile.ts';
import type { FieldProblem } from '../protocol/field-problem.ts';
import { type AgentFile, readAgentFiles, saveAgentFile, savingTime } from './agent-files.ts';
import { keepVersion, type KeptVersion, keptVersions, versionOf } from './agent-versions.ts';
import { addedPrograms } from './tools/added-programs.ts';
import type { ProfileTools } from './tools/profile-tools.ts';
import { readWrittenJson, type TextPlace } from './written-json.ts';

const DEFAULT_FILE = 'default.json';

/** Judges the tools that profiles bring along, and connects to their servers. */
export type ToolJudge = Pick<ProfileTools, 'problemsOf' | 'open'>;

interface Entry {
  readonly file: string;
  readonly profile: AgentProfile;
  /** Without the defaults. */
  readonly written: Readonly<Record<string, unknown>>;
}

type Read = Pick<Entry, 'profile' | 'written'>;

interface Saved {
  readonly profile: AgentProfile;
  readonly version: string;
  /** The version that was in force before; undefined for a new agent. */
  readonly replaces: string | undefined;
}

/**
 * The agents of this engine: one profile for each file of a folder, read at
 * start and changed by `put` only. A call keeps the profile it began with, and
 * what was saved before can be seen.
 */
export class Agents {
  readonly #folder: string;
  readonly #knownTools: ReadonlySet<string>;
  readonly #judge: ToolJudge;
  #entries: readonly Entry[];
  /** Saves run one after another: each is checked against what the one before left. */
  #saving: Promise<unknown> = Promise.resolve();
  #beingSaved: AgentProfile | undefined;
  readonly #now: () => number;

  private constructor(
    folder: string,
    knownTools: ReadonlySet<string>,
    judge: ToolJudge,
    entries: readonly Entry[],
    now: () => number,
  ) {
    this.#now = now;
    this.#folder = folder;
    this.#knownTools = knownTools;
    this.#judge = judge;
    this.#entries = entries;
  }

  /**
   * Reads a folder of profiles, and connects to the servers of their tools.
   *
   * @param knownTools - the names of the engine's tools.
   * @param judge - of the tools that profiles bring along; without one they are taken as they are written.
   * @throws {EngineError} `PROFILE_INVALID`; its message has one line for each problem of
   *   each file, which begins with the file's path.
   */
  static async load(
    folder: string,
    knownTools: Iterable<string>,
    judge: ToolJudge = LENIENT,
    now: () => number = () => systemClock.now(),
  ): Promise<Agents> {
    const tools = new Set(knownTools);
    const problems: string[] = [];
    const entries: Entry[] = [];
    const places = new Map<string, PlaceOf>();
    for (const file of await readAgentFiles(folder)) {
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
    if (problems.length === 0 && !entries.some(({ file }) => file === DEFAULT_FILE)) {
      const message = 'is missing: it answers numbers that no other profile names';
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
    if (problems.length > 0) {
      throw new EngineError('PROFILE_INVALID', problems.map((problem) => `\n  ${problem}`).join(''));
    }
    return new Agents(folder, tools, judge, entries, now);
  }

  /** Every profile, by id. */
  list(): AgentProfile[] {
    return this.#entries.map(({ profile }) => profile).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** The profiles that calls may begin with from now on, and the one that is just being saved. */
  get current(): readonly AgentProfile[] {
    const saved = this.#entries.map(({ profile }) => profile);
    return this.#beingSaved === undefined ? saved : [...saved, this.#beingSaved];
  }

  find(id: string): AgentProfile | undefined {
    return this.#entries.find(({ profile }) => profile.id === id)?.profile;
  }

  /** The profile that answers a number called: the one that names it, else that of `default.json`. */
  forNumber(number: string): AgentProfile {
    const named = this.#entries.find(({ profile }) => profile.phoneNumbers.includes(number));
    const entry = named ?? this.#entries.find(({ file }) => file === DEFAULT_FILE);
    if (entry === undefined) throw new EngineError('INTERNAL', 'the default profile is gone');
    return entry.profile;
  }

  /** An agent as it stands on disk, and which version that is. */
  stored(id: string): (Read & { version: string }) | undefined {
    const entry = this.#entries.find(({ profile }) => profile.id === id);
    return entry && { profile: entry.profile, written: entry.written, version: versionOf(entry.written) };
  }

  /** Which version of each agent stands on disk. */
  versionsInForce(): { agentId: string; version: string }[] {
    return this.#entries.map(({ profile, written }) => ({
      agentId: profile.id,
      version: versionOf(written),
    }));
  }

  /** What was ever saved of an agent, newest first, and what stands on disk now. Undefined for one that is not known. */
  async versions(id: string): Promise<(KeptVersion & { isCurrent: boolean })[] | undefined> {
    const current = this.#entries.find(({ profile }) => profile.id === id);
    if (current === undefined) return undefined;
    const version = versionOf(current.written);
    const kept = await keptVersions(this.#folder, id);
    const newest = kept[0]?.version === version ? kept : [await this.#onDisk(current), ...kept];
    return newest.map((each, at) => ({ ...each, isCurrent: at === 0 }));
  }

  /** What a profile would be, were it saved now. Nothing is saved, and no server of its tools is asked. */
  check(id: string, written: object): { profile: AgentProfile } | { problems: FieldProblem[] } {
    const judged = this.#judged(id, written);
    return 'problems' in judged ? judged : { profile: judged.entry.profile };
  }

  /**
   * Replaces a profile or adds one, on disk first. Calls that begin afterwards
   * take it; what was written is kept as written, so defaults can still move,
   * and what it replaces can be brought back.
   *
   * @throws {EngineError} `UNAVAILABLE` when the folder cannot be written; `REQUEST_INVALID`
   *   when the file is a link.
   */
  put(id: string, written: object): Promise<Saved | { problems: FieldProblem[] }> {
    const saved = this.#saving
      .then(() => this.#put(id, written))
      .finally(() => {
        this.#beingSaved = undefined;
      });
    this.#saving = saved.catch(() => undefined);
    return saved;
  }

  async #put(id: string, written: object): Promise<Saved | { problems: FieldProblem[] }> {
    const judged = this.#judged(id, written);
    if ('problems' in judged) return judged;
    const { entry, before } = judged;
    const { file, profile } = entry;
    this.#beingSaved = profile;
    const missing = (await this.#judge.open([profile])).get(profile) ?? [];
    if (missing.length > 0) return { problems: [...missing] };

    const version = versionOf(entry.written);
    const replaces = before && versionOf(before.written);
    const isChanged = replaces !== version;
    if (isChanged) await this.#keepUnkept(before);
    await saveAgentFile(this.#folder, { name: file, text: `${JSON.stringify(entry.written, null, 2)}\n` });
    this.#entries = [...this.#entries.filter(({ profile: other }) => other.id !== id), entry];
    const savedAt = new Date(this.#now()).toISOString();
    if (isChanged) await keepVersion(this.#folder, id, { savedAt, written: entry.written });
    return { profile, version, replaces };
  }

  #judged(
    id: string,
    written: object,
  ): { entry: Entry; before: Entry | undefined } | { problems: FieldProblem[] } {
    // A file that was written for an editor may be sent as it is.
    const named = { id, ...(withoutSchema(written) as object) };
    const read = readAgentProfile(named, this.#knownTools);
    if ('problems' in read) return read;
    if (read.profile.id !== id) return { problems: [{ path: 'id', message: 'must be the id in the path' }] };

    const others = this.#entries.filter(({ profile }) => profile.id !== id);
    const before = this.#entries.find(({ profile }) => profile.id === id);
    const entry: Entry = { file: before?.file ?? `${id}.json`, profile: read.profile, written: named };
    const problems = [
      ...clashes(others, entry),
      ...addedPrograms(read.profile, before?.profile),
      ...this.#judge.problemsOf(read.profile),
    ];
    return problems.length > 0 ? { problems } : { entry, before };
  }

  /** A profile that somebody wrote by hand is a version, too. */
  async #keepUnkept(before: Entry | undefined): Promise<void> {
    if (before === undefined) return;
    const { id } = before.profile;
    const [newest] = await keptVersions(this.#folder, id);
    if (newest?.version !== versionOf(before.written)) {
      await keepVersion(this.#folder, id, await this.#onDisk(before));
    }
  }

  async #onDisk({ file, written }: Entry): Promise<KeptVersion> {
    const savedAt = await savingTime(join(this.#folder, file));
    return { version: versionOf(written), savedAt, written };
  }
}

const LENIENT: ToolJudge = { problemsOf: () => [], open: () => Promise.resolve(new Map()) };

/** Where in its file something stands, by its dotted path. */
type PlaceOf = (path: string) => TextPlace;

function readFile(
  { text }: AgentFile,
  tools: ReadonlySet<string>,
): (Read | { problems: FieldProblem[] }) & { placeOf: PlaceOf } {
  const json = readWrittenJson(text);
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
function withoutSchema(written: unknown): unknown {
  if (typeof written !== 'object' || written === null || !('$schema' in written)) return written;
  const rest: { $schema?: unknown } = { ...written };
  delete rest.$schema;
  return rest;
}

/** What two profiles cannot both have: a file, an id, a number. */
function clashes(
  others: readonly Entry[],
  { file, profile }: Pick<Entry, 'file' | 'profile'>,
): FieldProblem[] {
  return others.flatMap((other) => {
    const owner = `belongs to ${other.file} already`;
    return [
      ...(other.file === file ? [{ path: 'id', message: `its file ${owner}` }] : []),
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
function line(file: string, { path, message }: FieldProblem, placeOf?: PlaceOf): string {
  const place = placeOf?.(path);
  const where = place === undefined ? file : `${file}:${String(place.line)}:${String(place.column)}`;
  return path === '' ? `${where}: ${message}` : `${where} ${path}: ${message}`;
}
