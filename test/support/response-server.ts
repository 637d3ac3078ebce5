import { RealtimeSession } from '../../src/simulator/realtime/session.ts';
import { scriptedEar } from '../../src/simulator/realtime/scripted-ear.ts';
import { VirtualClock } from './virtual-clock.ts';

interface ResponseEvent {
  readonly type: string;
  readonly response?: { readonly id: string; readonly metadata: { readonly tag: string } | null };
  readonly error?: { readonly event_id: string };
}

/** How long a response takes, by a clock that goes on when one is to end. */
const RESPONSE_MS = 1;

/**
 * The simulated service, as far as its responses go: one at a time, some by
 * itself, and everything takes a while on the wire. Both directions keep their order.
 */
export class ResponseServer {
  /** Requests that have not arrived. */
  readonly #up: string[] = [];
  /** Answers that have not arrived. */
  readonly #down: ServerNews[] = [];
  readonly #repeatsTags: boolean;
  readonly #clock = new VirtualClock();
  readonly #session: RealtimeSession;
  #isActive = false;
  /** Tags for which a response was made. */
  readonly made: string[] = [];

  constructor(repeatsTags: boolean) {
    this.#repeatsTags = repeatsTags;
    this.#session = new RealtimeSession({
      model: 'gpt-realtime-2.1',
      clock: this.#clock,
      faults: { firstAudioAfterMs: RESPONSE_MS },
      listen: scriptedEar(),
      answers: () => ({}),
      socket: {
        write: (text) => {
          this.#tell(JSON.parse(text) as ResponseEvent);
        },
        close: () => undefined,
      },
    });
  }

  /** Sent and without an answer that has arrived. */
  get inFlight(): number {
    return this.#up.length + this.#down.filter(({ about }) => about !== undefined).length;
  }

  get isQuiet(): boolean {
    return this.#up.length === 0 && this.#down.length === 0 && !this.#isActive;
  }

  receive(tag: string): void {
    this.#up.push(tag);
  }

  /** The next request arrives. */
  takeRequest(): void {
    const tag = this.#up.shift();
    if (tag === undefined) return;
    this.#session.take(
      JSON.stringify({ type: 'response.create', event_id: tag, response: { metadata: { tag } } }),
    );
  }

  /** A response of its own, as when a caller's turn has ended. */
  beginOwn(): void {
    this.#session.respond();
  }

  finish(): void {
    if (this.#isActive) this.#clock.advance(RESPONSE_MS);
  }

  /** The next piece of news arrives. */
  deliver(): ServerNews | undefined {
    return this.#down.shift();
  }

  #tell({ type, response, error }: ResponseEvent): void {
    if (error !== undefined) this.#down.push({ type: 'refused', tag: error.event_id, about: error.event_id });
    if (response === undefined) return;
    const { id } = response;
    this.#isActive = type === 'response.created';
    if (!this.#isActive) {
      this.#down.push({ type: 'done', id, about: undefined });
      return;
    }
    const tag = response.metadata?.tag;
    if (tag !== undefined) this.made.push(tag);
    this.#down.push({ type: 'created', id, tag: this.#repeatsTags ? (tag ?? null) : undefined, about: tag });
  }
}

type ServerNews = (
  | { readonly type: 'created'; readonly id: string; readonly tag: string | null | undefined }
  | { readonly type: 'done'; readonly id: string }
  | { readonly type: 'refused'; readonly tag: string }
) & {
  /** The request that it answers, which only the test may know. */
  readonly about: string | undefined;
};
