import type { Clock } from '../../clock.ts';
import type { ModelSocket } from './model-socket.ts';
import { OPEN } from './model-socket.ts';

const SWEEP_MS = 1000;
/** Proxies drop what is quiet for a minute; a far end that is gone shows itself by the missing answer. */
const PING_EVERY_MS = 15_000;
/** Nobody takes longer over the first word of an answer, or between two. */
const MAX_SILENT_MS = 8000;

/**
 * Notices a far end that is connected and dead.
 *
 * Silence is its right while nobody has asked it anything. While a response is
 * owed, eight seconds without a frame are the end. One timer a second for the
 * whole leg: frames set a flag and touch no clock.
 */
export class ModelWatch {
  readonly #clock: Clock;
  readonly #socket: ModelSocket;
  readonly #isOwed: () => boolean;
  readonly #onDead: (reason: string) => void;
  #timer: unknown;
  #hasSpoken = false;
  #silentMs = 0;
  #sincePingMs = 0;
  /** Only a far end that has answered a ping before is held to it. */
  #answersPings = false;
  #isPinged = false;

  constructor(clock: Clock, socket: ModelSocket, isOwed: () => boolean, onDead: (reason: string) => void) {
    this.#clock = clock;
    this.#socket = socket;
    this.#isOwed = isOwed;
    this.#onDead = onDead;
    socket.on('pong', () => {
      this.#answersPings = true;
      this.#isPinged = false;
    });
  }

  start(): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#sweep();
    }, SWEEP_MS);
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** A frame has come. */
  heard(): void {
    this.#hasSpoken = true;
    this.#isPinged = false;
  }

  #sweep(): void {
    this.start();
    this.#silentMs = this.#hasSpoken || !this.#isOwed() ? 0 : this.#silentMs + SWEEP_MS;
    this.#hasSpoken = false;
    if (this.#silentMs >= MAX_SILENT_MS) {
      this.#onDead(`no event for ${String(MAX_SILENT_MS)} ms while a response was owed`);
      return;
    }
    this.#sincePingMs += SWEEP_MS;
    if (this.#sincePingMs >= PING_EVERY_MS) this.#ping();
  }

  #ping(): void {
    this.#sincePingMs = 0;
    if (this.#socket.readyState !== OPEN) return;
    if (this.#isPinged && this.#answersPings) {
      this.#onDead('a ping was not answered');
      return;
    }
    this.#isPinged = true;
    this.#socket.ping();
  }
}
