import { readFileSync } from 'node:fs';
import type { ClipName } from '../machines/call/call.ports.ts';

/** Sentences the engine says without a model; the greeting is the profile's and is rendered for it. */
export const CLIP_TEXTS = {
  hold: 'One moment please.',
  sorry: 'Sorry, I did not get that. Could you say it again?',
  failed: "I'm having technical trouble. Please call again later.",
  filler: 'One moment, let me check.',
} as const satisfies Record<Exclude<ClipName, 'greeting'>, string>;

/** Mu-law at 8000 Hz, one channel. */
export type Clips = Readonly<Record<keyof typeof CLIP_TEXTS, Buffer>>;

/** Reads the clips that ship with the engine. They are rendered by `scripts/render-clips.ts`. */
export function loadClips(): Clips {
  const read = (name: string) => readFileSync(new URL(`../../assets/clips/${name}.ulaw`, import.meta.url));
  return { hold: read('hold'), sorry: read('sorry'), failed: read('failed'), filler: read('filler') };
}
