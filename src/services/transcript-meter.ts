import type { Frame } from '../inspector/frame.ts';

/** What is said in a call, in bytes of UTF-8: some four hours of talk. A call that says more is none between people. */
const MAX_TRANSCRIPT_BYTES = 200 * 1024;

/** Counts what is said in one call: the lines of its transcript as the call is told them, what was not heard too. */
export class TranscriptMeter {
  #bytes = 0;

  /** @returns true when more was said than a transcript may hold; from then on with every line. */
  take(frame: Frame): boolean {
    if (frame.kind !== 'event' || frame.to !== 'call') return false;
    if (frame.type !== 'caller.said' && frame.type !== 'agent.said') return false;
    const { text, unheard } = frame.body;
    for (const words of [text, unheard]) {
      if (typeof words === 'string') this.#bytes += Buffer.byteLength(words);
    }
    return this.#bytes > MAX_TRANSCRIPT_BYTES;
  }
}
