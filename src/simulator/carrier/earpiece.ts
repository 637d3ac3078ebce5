import type { Clock } from '../../clock.ts';
import type { StreamReply } from '../../protocol/twilio-stream.ts';
import type { CarrierEvent } from './carrier-events.ts';
import { Playback } from './playback.ts';

export interface EarpieceOptions {
  readonly clock: Clock;
  /** The buffer; one of its own unless a listener has another. */
  readonly playback?: Playback | undefined;
  /** Media time: milliseconds since the stream started. */
  readonly mediaMs: () => number;
  /** The carrier sends a mark back. */
  readonly returnMark: (name: string) => void;
  readonly tell: (event: CarrierEvent) => void;
}

/**
 * The caller's ear: does what the engine sends, at its time. Plays audio, gives
 * marks back when what came before them was heard, forgets everything on
 * `clear`, and tells when the agent begins and ceases to be heard.
 */
export class Earpiece {
  readonly playback: Playback;
  readonly #options: EarpieceOptions;
  #timer: unknown;
  #isAudible = false;
  #isOff = false;

  constructor(options: EarpieceOptions) {
    this.#options = options;
    this.playback = options.playback ?? new Playback();
  }

  take(reply: StreamReply): void {
    const { mediaMs, tell } = this.#options;
    const atMs = mediaMs();
    this.#settle();
    switch (reply.event) {
      case 'media':
        this.playback.add(atMs, Buffer.from(reply.media.payload, 'base64'));
        if (!this.#isAudible) {
          this.#isAudible = true;
          tell({ type: 'agent.audible', atMs });
        }
        break;
      case 'mark':
        this.playback.mark(atMs, reply.mark.name);
        break;
      case 'clear': {
        const { marks, droppedMs } = this.playback.clear(atMs);
        tell({ type: 'playback.cleared', atMs, droppedMs });
        for (const name of marks) this.#returnMark(name);
      }
    }
    this.#settle();
    this.#arm();
  }

  /** The line is dead. Nothing is heard any more, and what waits is lost with its marks: answers how many ms. */
  turnOff(): number {
    const { clock, mediaMs, tell } = this.#options;
    const droppedMs = Math.max(0, this.playback.endsAtMs - mediaMs());
    if (this.#isAudible) tell({ type: 'agent.quiet', atMs: mediaMs() });
    this.#isOff = true;
    clock.clearTimeout(this.#timer);
    return droppedMs;
  }

  /** Returns the marks that are due and notices that the buffer ran dry. */
  #settle(): void {
    const { mediaMs, tell } = this.#options;
    for (const name of this.playback.takeMarks(mediaMs())) this.#returnMark(name);
    if (!this.#isAudible || this.playback.isPlaying(mediaMs())) return;
    this.#isAudible = false;
    tell({ type: 'agent.quiet', atMs: this.playback.endsAtMs });
  }

  #arm(): void {
    const { clock, mediaMs } = this.#options;
    clock.clearTimeout(this.#timer);
    const nextAtMs = this.playback.nextMarkAtMs ?? (this.#isAudible ? this.playback.endsAtMs : undefined);
    if (nextAtMs === undefined || this.#isOff) return;
    this.#timer = clock.setTimeout(() => {
      this.#settle();
      this.#arm();
    }, nextAtMs - mediaMs());
  }

  #returnMark(name: string): void {
    const { returnMark, mediaMs, tell } = this.#options;
    returnMark(name);
    tell({ type: 'mark.returned', atMs: mediaMs(), name });
  }
}
