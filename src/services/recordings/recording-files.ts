import { type FileHandle, lstat, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../../errors.ts';
import { createFile, makeOwnFolder, openOrCreate, openToRead } from '../../private-files.ts';
import { HEADER_BYTES } from './wav-header.ts';

/** Call SIDs, and nothing that means anything to a file system. */
const CALL_SID = /^[A-Za-z0-9]{1,64}$/;
const AUDIO = '.wav';
const PEAKS = '.peaks';

/** A recording on the disk. */
export interface StoredRecording {
  readonly file: FileHandle;
  /** Bytes of audio in whole samples of both sides, behind the head: those that are on the disk by now. */
  readonly dataBytes: number;
}

/**
 * Recordings on disk: a WAV file for each call, and beside it what has been
 * computed of it. A SID that could lead anywhere else names no file.
 */
export class RecordingFiles {
  /** How much more the disk takes, in bytes. */
  readonly freeBytes: () => Promise<number>;
  readonly #folder: string;

  /** @param freeBytes - how much more the disk takes. Default: as it says itself. */
  constructor(folder: string, freeBytes = () => freeBytesOf(folder)) {
    this.#folder = folder;
    this.freeBytes = freeBytes;
  }

  /**
   * A new file for a call, empty, to be written.
   * @throws {EngineError} `REQUEST_INVALID` for what is no SID. An error of the file system when there is such a file.
   */
  async create(callSid: string): Promise<StoredRecording> {
    const path = this.#pathOf(callSid, AUDIO);
    if (path === undefined) throw new EngineError('REQUEST_INVALID', 'the callSid cannot be a file name');
    await makeOwnFolder(this.#folder);
    return { file: await createFile(path), dataBytes: 0 };
  }

  /** The recording of a call that goes on, to be written behind what there is: nothing, where none was begun. */
  async goOn(callSid: string): Promise<StoredRecording> {
    const path = this.#pathOf(callSid, AUDIO);
    if (path === undefined) throw new EngineError('REQUEST_INVALID', 'the callSid cannot be a file name');
    await makeOwnFolder(this.#folder);
    return storedIn(await openOrCreate(path));
  }

  /** The recording of a call, to be read. Undefined when there is none. */
  async read(callSid: string): Promise<StoredRecording | undefined> {
    const path = this.#pathOf(callSid, AUDIO);
    const file = path === undefined ? undefined : await openToRead(path);
    return file && storedIn(file);
  }

  /** What is kept of its peaks, to be read and written. Undefined when the disk has no room for it. */
  async peaks(callSid: string): Promise<FileHandle | undefined> {
    const path = this.#pathOf(callSid, PEAKS);
    if (path === undefined) return undefined;
    try {
      return await openOrCreate(path);
    } catch {
      return undefined;
    }
  }

  /** What was computed of a recording holds no longer: it is computed again when somebody asks. */
  async deletePeaks(callSid: string): Promise<void> {
    const path = this.#pathOf(callSid, PEAKS);
    if (path !== undefined) await rm(path, { force: true }).catch(() => undefined);
  }

  /** Takes away all that is kept of one recording. Twice is once. */
  async delete(callSid: string): Promise<void> {
    for (const kind of [AUDIO, PEAKS]) {
      const path = this.#pathOf(callSid, kind);
      if (path !== undefined) await rm(path, { force: true });
    }
  }

  /** SIDs of the calls whose recordings nobody has written to since a time, ms since the Unix epoch. */
  async olderThan(at: number): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const old: string[] = [];
    for (const name of names) {
      if (!name.endsWith(AUDIO)) continue;
      const found = await lstat(join(this.#folder, name)).catch(() => undefined);
      if (found !== undefined && found.mtimeMs < at) old.push(name.slice(0, -AUDIO.length));
    }
    return old;
  }

  #pathOf(callSid: string, kind: string): string | undefined {
    return CALL_SID.test(callSid) ? join(this.#folder, `${callSid}${kind}`) : undefined;
  }
}

/** Whole samples of both sides: what the process wrote last that wrote there may not be one. */
async function storedIn(file: FileHandle): Promise<StoredRecording> {
  const { size } = await file.stat();
  const bytes = Math.max(0, size - HEADER_BYTES);
  return { file, dataBytes: bytes - (bytes % 2) };
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
