import type { FileHandle } from 'node:fs/promises';
import { decodeMuLaw } from '../../media/g711.ts';
import { MU_LAW_BYTES_PER_MS } from '../../media/mu-law.ts';
import type { StoredRecording } from './recording-files.ts';
import { HEADER_BYTES } from './wav-header.ts';

/** What one figure stands for, in ms. */
export const BUCKET_MS = 50;
const BUCKET_BYTES = 2 * BUCKET_MS * MU_LAW_BYTES_PER_MS;
/** Buckets that are read at once, ten seconds: a third of a millisecond of the calls' thread. */
const BUCKETS_AT_ONCE = 200;

/** How loud each side is: the largest sample of every 50 ms, 0 to 255. */
export interface Peaks {
  /** By turns: caller, agent. */
  readonly levels: Buffer;
  readonly durationMs: number;
}

/** The size of each code's sample, in 8 bits. */
const LEVEL_OF = Uint8Array.from(decodeMuLaw(Uint8Array.from({ length: 256 }, (_, code) => code)), (sample) =>
  Math.min(255, Math.abs(sample) >> 7),
);

/** Reads what is kept of the peaks, computes those of the audio behind it, and keeps them where they fill a bucket. */
export async function addPeaks(
  { file, dataBytes }: StoredRecording,
  kept: FileHandle | undefined,
): Promise<Peaks> {
  const whole = Math.floor(dataBytes / BUCKET_BYTES);
  const levels = Buffer.alloc(2 * Math.ceil(dataBytes / BUCKET_BYTES));
  const known = kept === undefined ? 0 : (await kept.read(levels, 0, 2 * whole, 0)).bytesRead >> 1;
  const audio = Buffer.allocUnsafe(BUCKETS_AT_ONCE * BUCKET_BYTES);
  for (let bucket = known; 2 * bucket < levels.length; bucket += BUCKETS_AT_ONCE) {
    const at = bucket * BUCKET_BYTES;
    const { bytesRead } = await file.read(
      audio,
      0,
      Math.min(audio.length, dataBytes - at),
      HEADER_BYTES + at,
    );
    for (let i = 0; i < bytesRead; i++) {
      const place = 2 * (bucket + Math.floor(i / BUCKET_BYTES)) + (i & 1);
      const level = LEVEL_OF[audio[i] ?? 0xff] ?? 0;
      if (level > (levels[place] ?? 0)) levels[place] = level;
    }
  }
  // A disk without room costs the next viewer the same work.
  if (known < whole) {
    await kept?.write(levels, 2 * known, 2 * (whole - known), 2 * known).catch(() => undefined);
  }
  return { levels, durationMs: Math.floor(dataBytes / 2 / MU_LAW_BYTES_PER_MS) };
}
