import { join } from 'node:path';
import { systemClock } from '../../clock.ts';
import { EngineError } from '../../errors.ts';
import { type AgentProfile, readAgentProfile } from '../../protocol/agent-profile.ts';
import type { FieldProblem } from '../../protocol/field-problem.ts';
import { saveAgentFile, savingTime } from './agent-files.ts';
import {
  type ProfileFile,
  clashes,
  DEFAULT_FILE,
  LENIENT,
  readAgentFolder,
  type ToolJudge,
  withoutSchema,
} from './agent-folder.ts';
import { keepVersion, type KeptVersion, keptVersions, versionOf } from './agent-versions.ts';
import { addedPrograms } from '../tools/outward/added-programs.ts';

interface Saved {
  readonly profile: AgentProfile;
  readonly version: string;
  /** The version that was in force before; undefined for a new agent. */
  readonly replaces: string | undefined;
}

/**
 * The agents of this engine: one profile for each file of a folder, read at
 * start and changed by `put` only, here or in another worker. A call keeps the profile it began with, and
 * what was saved before can be seen.
 */
export class Agents {
  readonly #folder: string;
  readonly #knownTools: ReadonlySet<string>;
  readonly #judge: ToolJudge;
  #entries: readonly ProfileFile[];
  /** Changes run one after another: each is checked against what the one before left. */
  #saving: Promise<unknown> = Promise.resolve();
  #beingSaved: AgentProfile | undefined;
  readonly #listeners: (() => void)[] = [];
  readonly #saveListeners: ((file: string) => void)[] = [];
  readonly #now: () => number;

  private constructor(
    folder: string,
    knownTools: ReadonlySet<string>,
    judge: ToolJudge,
    entries: readonly ProfileFile[],
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
    const { entries, problems } = await readAgentFolder(folder, tools, judge);
    if (problems.length > 0) {
      throw new EngineError('PROFILE_INVALID', problems.map((problem) => `\n  ${problem}`).join(''));
    }
    return new Agents(folder, tools, judge, entries, now);
  }

  /** Called when a profile was saved or refused: other profiles than before may be in use. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Called when a profile has been saved here that is another than before, with its file: other processes read it again. */
  onSaved(listener: (file: string) => void): void {
    this.#saveListeners.push(listener);
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
  stored(id: string): (Omit<ProfileFile, 'file'> & { version: string }) | undefined {
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

  /**
   * An agent as it was at a time, ISO 8601; with its tools connected. Undefined for one that is not known, or was not kept
   * from then, or cannot be read any more.
   */
  async asOf(id: string, at: string): Promise<AgentProfile | undefined> {
    const version = (await this.versions(id))?.find(({ savedAt }) => savedAt <= at);
    if (version?.isCurrent === true) return this.find(id);
    if (version === undefined) return undefined;
    const read = readAgentProfile(version.written, this.#knownTools);
    if ('problems' in read) return undefined;
    await this.#judge.open([read.profile]);
    return read.profile;
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
    return this.#change(() => this.#put(id, written));
  }

  /**
   * Reads a file again that another process has saved; all of them, where none is named. Calls that begin afterwards
   * take what it says; where something is wrong with it, what was in force stays.
   *
   * @returns a line for each problem, which begins with the file's path.
   */
  reread(file?: string): Promise<readonly string[]> {
    return this.#change(async () => {
      const { entries, problems } = await readAgentFolder(this.#folder, this.#knownTools, LENIENT);
      const found = file === undefined ? entries : entries.filter((entry) => entry.file === file);
      const refused: string[] = [];
      for (const entry of found) refused.push(...(await this.#replace(entry)));
      const unread = problems.filter((problem) => file === undefined || isOf(problem, this.#folder, file));
      return [...unread, ...refused];
    });
  }

  #change<Result>(work: () => Promise<Result>): Promise<Result> {
    const changed = this.#saving.then(work).finally(() => {
      this.#beingSaved = undefined;
      for (const listener of this.#listeners) listener();
    });
    this.#saving = changed.catch(() => undefined);
    return changed;
  }

  /** Takes what stands on disk for what is in force. What is the same stays, and so do the sessions with its servers. */
  async #replace(entry: ProfileFile): Promise<string[]> {
    const others = this.#entries.filter(({ file }) => file !== entry.file);
    const before = this.#entries.find(({ file }) => file === entry.file);
    if (before !== undefined && versionOf(before.written) === versionOf(entry.written)) return [];
    const { file, profile } = entry;
    this.#beingSaved = profile;
    const wrong = [...clashes(others, entry), ...this.#judge.problemsOf(profile)];
    const problems = wrong.length > 0 ? wrong : ((await this.#judge.open([profile])).get(profile) ?? []);
    if (problems.length === 0) this.#entries = [...others, entry];
    return problems.map(({ path, message }) => `${join(this.#folder, file)} ${path}: ${message}`);
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
    if (isChanged) for (const listener of this.#saveListeners) listener(file);
    const savedAt = new Date(this.#now()).toISOString();
    if (isChanged) await keepVersion(this.#folder, id, { savedAt, written: entry.written });
    return { profile, version, replaces };
  }

  #judged(
    id: string,
    written: object,
  ): { entry: ProfileFile; before: ProfileFile | undefined } | { problems: FieldProblem[] } {
    // A file that was written for an editor may be sent as it is.
    const named = { id, ...(withoutSchema(written) as object) };
    const read = readAgentProfile(named, this.#knownTools);
    if ('problems' in read) return read;
    if (read.profile.id !== id) return { problems: [{ path: 'id', message: 'must be the id in the path' }] };

    const others = this.#entries.filter(({ profile }) => profile.id !== id);
    const before = this.#entries.find(({ profile }) => profile.id === id);
    const entry: ProfileFile = { file: before?.file ?? `${id}.json`, profile: read.profile, written: named };
    const problems = [
      ...clashes(others, entry),
      ...addedPrograms(read.profile, before?.profile),
      ...this.#judge.problemsOf(read.profile),
    ];
    return problems.length > 0 ? { problems } : { entry, before };
  }

  /** A profile that somebody wrote by hand is a version, too. */
  async #keepUnkept(before: ProfileFile | undefined): Promise<void> {
    if (before === undefined) return;
    const { id } = before.profile;
    const [newest] = await keptVersions(this.#folder, id);
    if (newest?.version !== versionOf(before.written)) {
      await keepVersion(this.#folder, id, await this.#onDisk(before));
    }
  }

  async #onDisk({ file, written }: ProfileFile): Promise<KeptVersion> {
    const savedAt = await savingTime(join(this.#folder, file));
    return { version: versionOf(written), savedAt, written };
  }
}

/** Whether a problem is of a file. */
const isOf = (problem: string, folder: string, file: string) => problem.startsWith(`${join(folder, file)}:`);
