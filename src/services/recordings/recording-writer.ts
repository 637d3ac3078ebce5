import type { FileHandle } from 'node:fs/promises';
import { EngineError } from '../../errors.ts';
import { SILENCE } from '../../media/mu-law.ts';
import type { TapeSink } from './call-tape.ts';
import type { StoredRecording } from './recording-files.ts';
import { HEADER_BYTES, wavHeader } from './wav-header.ts';

/** What may wait for the disk: half a minute of both sides. A disk that is further behind will not catch up. */
const MAX_WAITING_BYTES = 30 * 16_000;
const QUIET = Buffer.alloc(32_000, SILENCE);

/** What the disk has to have left, in bytes: the journal needs room when recordings have none. */
const MIN_FREE_BYTES = 256 * 1024 * 1024;
/** The disk is asked before each so many bytes: a quarter of a minute of both sides. */
const BYTES_PER_LOOK = 256_000;

/** Why no more is written. */
export type RecordingStop = 'failed' | 'diskFull' | 'tooLong';

export interface RecordingWriterParts {
  /** What is written goes behind what is there. */
  readonly recording: Promise<StoredRecording>;
  /** How long the audio may become, in bytes. */
  readonly maxBytes: number;
  /** How much more the disk takes, in bytes. */
  readonly freeBytes: () => Promise<number>;
  /** Called once: nothing is written after it. */
  readonly onStopped: (why: RecordingStop, thrown: unknown) => void;
}

/**
 * Writes one recording, a block at a time, on Node's file threads. What has
 * been written stands in the file whatever becomes of the process. The head
 * says at the end how long it is; until then, that nobody knows.
 */
export class RecordingWriter implements TapeSink {
  readonly #parts: RecordingWriterParts;
  #work: Promise<void>;
  #file: FileHandle | undefined;
  #waitingBytes = 0;
  #written = 0;
  /** How much was written when the disk was last asked. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  #hasStopped = false;

  constructor(parts: RecordingWriterParts) {
    this.#parts = parts;
    this.#work = this.#try(async () => {
      const { file, dataBytes } = await parts.recording;
      this.#file = file;
      this.#written = dataBytes;
      await writeWhole(file, wavHeader(), 0);
    });
  }

  write(audio: Uint8Array): void {
    if (this.#waitingBytes + audio.length > MAX_WAITING_BYTES) {
      this.#stop(
        'failed',
        new EngineError('STORAGE_UNAVAILABLE', 'the disk is too slow: 30 s of audio wait'),
      );
      return;
    }
    this.#waitingBytes += audio.length;
    this.#then(async (file) => {
      this.#waitingBytes -= audio.length;
      if (!(await this.#hasRoomFor(audio.length))) return;
      await this.#append(file, audio);
    });
  }

  writeSilence(bytes: number): void {
    this.#then(async (file) => {
      if (!this.#fits(bytes)) return; // A clock that leaps a day does not fill the disk with it.
      for (let left = bytes; left > 0; left -= QUIET.length) {
        const quiet = QUIET.subarray(0, left);
        if (!(await this.#hasRoomFor(quiet.length))) return;
        await this.#append(file, quiet);
      }
    });
  }

  silence(from: number, to: number): void {
    this.#then(async (file) => {
      for (let at = from; at < to; at += QUIET.length) {
        const { length } = QUIET.subarray(0, to - at);
        await writeWhole(file, QUIET.subarray(0, length), HEADER_BYTES + at);
      }
    });
  }

  /** Resolves when everything is on the disk, or the disk has refused it. Never rejects. */
  async close(): Promise<void> {
    this.#work = this.#work.then(() =>
      this.#try(async () => {
        await this.#file?.write(wavHeader(this.#written), 0, undefined, 0);
        await this.#file?.datasync();
      }),
    );
    await this.#work;
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
  }

  #then(act: (file: FileHandle) => Promise<void>): void {
    this.#work = this.#work.then(() =>
      this.#try(async () => {
        if (this.#file !== undefined && !this.#hasStopped) await act(this.#file);
      }),
    );
  }

  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      this.#stop('failed', thrown);
    }
  }

  async #append(file: FileHandle, audio: Uint8Array): Promise<void> {
    await writeWhole(file, audio, HEADER_BYTES + this.#written);
    this.#written += audio.length;
  }

  #fits(bytes: number): boolean {
    if (this.#written + bytes <= this.#parts.maxBytes) return true;
    this.#stop('tooLong', new EngineError('STORAGE_UNAVAILABLE', 'the recording has its maximum length'));
    return false;
  }

  async #hasRoomFor(bytes: number): Promise<boolean> {
    if (!this.#fits(bytes)) return false;
    if (this.#written - this.#lookedAt < BYTES_PER_LOOK) return true;
    this.#lookedAt = this.#written;
    if ((await this.#parts.freeBytes()) >= MIN_FREE_BYTES) return true;
    this.#stop('diskFull', new EngineError('STORAGE_UNAVAILABLE', 'the disk has less than 256 MB left'));
    return false;
  }

  #stop(why: RecordingStop, thrown: unknown): void {
    if (this.#hasStopped) return;
    this.#hasStopped = true;
    this.#parts.onStopped(why, thrown);
  }
}

/** A disk that is nearly full takes a part, and tells only the next time. */
async function writeWhole(file: FileHandle, bytes: Uint8Array, place: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, undefined, place + at);
    at += bytesWritten;
  }
}
