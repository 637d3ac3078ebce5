import { readFileSync } from 'node:fs';
import type { ClipName } from '../../machines/call/call.ports.ts';
import { FALLBACK_SENTENCES } from '../../protocol/engine-sentences.ts';

/** What the clips say that ship with the engine: they stand in until the model has said a profile's own (`sentence-clips.ts`). */
export const CLIP_TEXTS = {
  hold: FALLBACK_SENTENCES.hold,
  sorry: FALLBACK_SENTENCES.sorry,
  failed: FALLBACK_SENTENCES.failed,
  filler: FALLBACK_SENTENCES.filler,
} as const satisfies Record<Exclude<ClipName, 'greeting'>, string>;

/** Mu-law at 8000 Hz, one channel. */
export type Clips = Readonly<Record<keyof typeof CLIP_TEXTS, Buffer>>;

/** Reads the clips that ship with the engine. They are rendered by `scripts/render-clips.ts`. */
export function loadClips(): Clips {
  const read = (name: string) => readFileSync(new URL(`../../../assets/clips/${name}.ulaw`, import.meta.url));
  return { hold: read('hold'), sorry: read('sorry'), failed: read('failed'), filler: read('filler') };
}
