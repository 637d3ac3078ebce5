import type { Clips } from '../../../src/services/clips/clips.ts';
import { CLIP_BYTE } from '../turn-taking/agent-voice.ts';

const CLIP_MS = 600;

/** A clip of the greeting that lasts so long. */
export const greetingClip = (ms: number) => Buffer.alloc(ms * 8, CLIP_BYTE);

/** Those that ship with an engine. */
export const HOUSE_CLIPS: Clips = {
  hold: greetingClip(CLIP_MS),
  sorry: greetingClip(CLIP_MS),
  failed: greetingClip(CLIP_MS),
  filler: greetingClip(CLIP_MS),
};
