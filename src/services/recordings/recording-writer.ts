import type { FileHandle } from 'node:fs/promises';
import { EngineError } from '../../errors.ts';
import { SILENCE } from '../../media/mu-law.ts';
import type { TapeSink } from './call-tape.ts';
import { wavHeader } from './wav-header.ts';

/** What may wait for the disk: half a minute of both sides. A disk that is further behind will not catch up. */
const MAX_WAITING_BYTES = 30 * 16_000;
const QUIET = Buffer.alloc(32_000, SILENCE);

/**
 * Writes one recording, a block at a time, on Node's file threads. What has
 * been written stands in the file whatever becomes of the process. The head
 * says at the end how long it is; until then, that nobody knows.
 */
export class RecordingWriter implements TapeSink {
  readonly #onFailed: (thrown: unknown) => void;
  #work: Promise<void>;
  #file: FileHandle | undefined;
  #waitingBytes = 0;
  #written = 0;
  #hasFailed = false;

  /** @param onFailed - told once, when the disk takes no more: nothing is written after it. */
  constructor(file: Promise<FileHandle>, onFailed: (thrown: unknown) => void) {
    this.#onFailed = onFailed;
    this.#work = this.#try(async () => {
      this.#file = await file;
      await writeWhole(this.#file, wavHeader());
    });
  }

  write(audio: Uint8Array): void {
    if (this.#waitingBytes + audio.length > MAX_WAITING_BYTES) {
      this.#fail(new EngineError('STORAGE_UNAVAILABLE', 'the disk is half a minute behind'));
      return;
    }
    this.#waitingBytes += audio.length;
    this.#then(async (file) => {
      await writeWhole(file, audio);
      this.#waitingBytes -= audio.length;
      this.#written += audio.length;
    });
  }

  writeSilence(bytes: number): void {
    this.#then(async (file) => {
      for (let left = bytes; left > 0; left -= QUIET.length) await writeWhole(file, QUIET.subarray(0, left));
      this.#written += bytes;
    });
  }

  /** Resolves when everything is on the disk, or the disk has refused it. Never rejects. */
  async close(): Promise<void> {
    this.#then(async (file) => {
      await file.write(wavHeader(this.#written), 0, undefined, 0);
      await file.datasync();
    });
    await this.#work;
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
  }

  #then(act: (file: FileHandle) => Promise<void>): void {
    this.#work = this.#work.then(() =>
      this.#try(async () => {
        if (this.#file !== undefined && !this.#hasFailed) await act(this.#file);
      }),
    );
  }

  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#onFailed(thrown);
  }
}

/** A disk that is nearly full takes a part, and tells only the next time. */
async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at);
    at += bytesWritten;
  }
}
