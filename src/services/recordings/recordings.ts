import { CallRecording, type CallRecordingParts } from './call-recording.ts';
import type { Clock } from '../../clock.ts';
import { EngineError, noteOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { Readable } from 'node:stream';
import type { RecordingPeaks } from '../../protocol/console-recording.ts';
import { addPeaks, BUCKET_MS } from './peaks.ts';
import { RecordingFiles } from './recording-files.ts';
import { HEADER_BYTES, wavHeader } from './wav-header.ts';

/** How long a recording is kept after its last second, in days. */
export const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;
/** Read at once, in bytes: four seconds. */
const READ_BYTES = 64_000;

type OpenParts = Omit<CallRecordingParts, 'files'>;

/** All recordings of this engine: those that are being made, and those that are kept in a folder. */
export class Recordings {
  readonly #files: RecordingFiles;
  readonly #open = new Map<string, CallRecording>();

  /** @param freeBytes - how much more the disk takes. Default: as it says itself. */
  constructor(folder: string, freeBytes?: () => Promise<number>) {
    this.#files = new RecordingFiles(folder, freeBytes);
  }

  /** The recording of a call that begins. It is forgotten when it has ended. */
  begin(parts: OpenParts): CallRecording {
    const recording = new CallRecording({ ...parts, files: this.#files });
    this.#open.set(parts.callSid, recording);
    return recording;
  }

  /**
   * The call is over here: its recording is closed. Never rejects.
   * @param goesOn - another process goes on with both, behind what is there.
   */
  async close(callSid: string, goesOn = false): Promise<void> {
    const recording = this.#open.get(callSid);
    await recording?.end(goesOn ? 'handedOver' : 'callEnded');
    if (this.#open.get(callSid) === recording) this.#open.delete(callSid);
  }

  /** Closes all of them. Never rejects. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((callSid) => this.close(callSid)));
  }

  /** A recording as a WAV file whose head is right, also where its process died. Undefined: there is none. */
  async open(callSid: string) {
    const stored = await this.#files.read(callSid);
    if (stored === undefined) return undefined;
    const { file, dataBytes } = stored;
    await file.close();
    return {
      length: HEADER_BYTES + dataBytes,
      /** Bytes `[start, end)` of it. */
      stream: (start: number, end: number) =>
        Readable.from(this.#part(callSid, dataBytes, { start, end }), { objectMode: false }),
    };
  }

  /** How loud each side is, over all that is on the disk. Computed once: what is known already is read. */
  async peaks(callSid: string): Promise<RecordingPeaks | undefined> {
    const stored = await this.#files.read(callSid);
    if (stored === undefined) return undefined;
    const kept = await this.#files.peaks(callSid);
    try {
      const { levels, durationMs } = await addPeaks(stored, kept);
      const side = (first: number) =>
        Buffer.from(
          Uint8Array.from({ length: levels.length / 2 }, (_, i) => levels[2 * i + first] ?? 0),
        ).toString('base64');
      return { bucketMs: BUCKET_MS, durationMs, caller: side(0), agent: side(1) };
    } finally {
      await stored.file.close();
      await kept?.close();
    }
  }

  /** Takes away what was recorded of a call, and ends its recording. Twice is once; a SID that is none names nothing. */
  async deleteRecording(callSid: string): Promise<void> {
    await this.#open.get(callSid)?.end('erased');
    this.#open.delete(callSid);
    await this.#files.delete(callSid);
  }

  /** Sweeps now and once a day, until what it answers is called. */
  keepSwept(clock: Clock, log: Log): () => Promise<void> {
    let timer: unknown;
    const sweep = (): void => {
      timer = clock.setTimeout(sweep, DAY_MS);
      this.sweep(clock.now()).catch((thrown: unknown) => {
        log.warn({ error: noteOf(thrown, 'STORAGE_UNAVAILABLE') }, 'old recordings not deleted');
      });
    };
    sweep();
    return () => {
      clock.clearTimeout(timer);
      return Promise.resolve();
    };
  }

  /** Takes away what is older than it may be. @returns how many. */
  async sweep(now: number): Promise<number> {
    const old = await this.#files.olderThan(now - KEPT_DAYS * DAY_MS);
    for (const callSid of old) await this.deleteRecording(callSid);
    return old.length;
  }

  /** The file is opened when the first byte is wanted: who never asks for it leaves nothing open. */
  async *#part(callSid: string, dataBytes: number, { start, end }: { start: number; end: number }) {
    const file = (await this.#files.read(callSid))?.file;
    try {
      if (start < HEADER_BYTES) yield wavHeader(dataBytes).subarray(start, end);
      for (let at = Math.max(start, HEADER_BYTES); at < end;) {
        const piece = Buffer.allocUnsafe(Math.min(READ_BYTES, end - at));
        const bytesRead = (await file?.read(piece, 0, piece.length, at))?.bytesRead ?? 0;
        if (bytesRead === 0) throw new EngineError('NOT_FOUND', 'the recording was deleted');
        yield piece.subarray(0, bytesRead);
        at += bytesRead;
      }
    } finally {
      await file?.close();
    }
  }
}
