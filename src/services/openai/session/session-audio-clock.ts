/** A place so far behind what was sent is no moment that anybody just told of: the far end counts otherwise. */
const LONGEST_AGO_MS = 30_000;
/** The newest audio came some time within the last frame of 20 ms: to look at the clock with each would cost more than it tells. */
const HALF_A_FRAME_MS = 10;

/**
 * When a place in the session's audio was on the line.
 *
 * The far end counts the audio that it was given, from the session's beginning (`audio_start_ms`, `audio_end_ms`). That
 * is no time: gaps are filled later, and audio that was kept goes out in one piece. But audio comes as fast as it is
 * spoken, so what lies `n` ms behind the newest of it came `n` ms before that. Holds within half a frame, and what the
 * network's delay varies.
 */
export class SessionAudioClock {
  #sentMs = 0;

  /** So much of the caller's audio goes to the far end now. */
  passed(ms: number): void {
    this.#sentMs += ms;
  }

  /** How long ago a place in the session's audio was on the line, in ms. Undefined for one that is no place in it. */
  agoOf(audioMs: number): number | undefined {
    const behindMs = this.#sentMs - audioMs;
    if (behindMs < 0 || behindMs > LONGEST_AGO_MS) return undefined;
    return Math.round(behindMs + HALF_A_FRAME_MS);
  }
}
