/** The silence that ends a turn, in ms, when nobody says otherwise. */
export const SILENCE_MS = 500;
const DEFAULTS = { prefix_padding_ms: 300, silence_duration_ms: SILENCE_MS };

export type Padding = typeof DEFAULTS;

/**
 * What the service says of speech from one ms of the session's audio to another: the start includes the padding
 * before it, the end the silence that ended the turn (OpenAI OpenAPI, `audio_start_ms` and `audio_end_ms`).
 */
export function speechOffsets(startMs: number, endMs: number, padding: Partial<Padding> = {}) {
  const { prefix_padding_ms, silence_duration_ms } = { ...DEFAULTS, ...padding };
  return {
    audio_start_ms: Math.max(0, startMs - prefix_padding_ms),
    audio_end_ms: endMs + silence_duration_ms,
  };
}

/** Of half a second of speech, one second into a session. */
export const HALF_A_SECOND = speechOffsets(1000, 1500);
