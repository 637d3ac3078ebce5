import type { Clock } from '../../../clock.ts';
import type { ModelSocket } from './model-socket.ts';
import { OPEN } from './model-socket.ts';

const SWEEP_MS = 1000;
/** Proxies drop what is quiet for a minute; a far end that is gone shows itself by the missing answer. The first goes out with the session's first second. */
const PING_EVERY_MS = 10_000;
/** A WebSocket answers a ping at once (RFC 6455, 5.5.2), if it ever does; a caller waits for nobody longer than this. */
const PONG_WITHIN_MS = 5000;
/** Longest wait for the first word of an answer, or between two. */
const MAX_SILENT_MS = 8000;

/**
 * Notices a far end that is connected and does not answer.
 *
 * Silence is its right while nobody has asked it anything, but for the answers to
 * pings: half-open sockets are silent too. One that has never answered a ping is a
 * server that does not, and is judged by what it owes. While a response is owed,
 * eight seconds without a frame are the end, pongs or not. One timer a second for
 * the whole leg: frames set a flag and touch no clock.
 */
export class ModelWatch {
  readonly #clock: Clock;
  readonly #socket: ModelSocket;
  readonly #isOwed: () => boolean;
  readonly #onDead: (reason: string) => void;
  #timer: unknown;
  #hasSpoken = false;
  #silentMs = 0;
  /** Since the last ping, or undefined before the first. */
  #sincePingMs: number | undefined;
  #isPinged = false;
  #answersPings = false;

  constructor(clock: Clock, socket: ModelSocket, isOwed: () => boolean, onDead: (reason: string) => void) {
    this.#clock = clock;
    this.#socket = socket;
    this.#isOwed = isOwed;
    this.#onDead = onDead;
    socket.on('pong', () => {
      this.#isPinged = false;
      this.#answersPings = true;
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

  /** A frame has come: a sign of life like a pong. */
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
    this.#watchPings();
  }

  #watchPings(): void {
    if (this.#socket.readyState !== OPEN) return;
    if (this.#sincePingMs !== undefined) this.#sincePingMs += SWEEP_MS;
    const sinceMs = this.#sincePingMs ?? PING_EVERY_MS;
    if (this.#answersPings && this.#isPinged && sinceMs >= PONG_WITHIN_MS) {
      this.#onDead(`a ping was not answered within ${String(PONG_WITHIN_MS)} ms`);
      return;
    }
    if (sinceMs < PING_EVERY_MS) return;
    this.#sincePingMs = 0;
    this.#isPinged = true;
    this.#socket.ping();
  }
}
