import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';

/** Shorter than the carrier waits for an answer (`rt`), so that it asks again instead of giving up. */
const PATIENCE_MS = 3000;
/** What nobody has proved to be the carrier's may not fill the memory. */
const MOST = 200;

/**
 * Answers while the engine starts. The carrier's questions wait for who answers them: behind one may be a caller
 * whose engine was killed a moment ago, and who is lost if all of the carrier's tries come too early. Everybody else
 * hears at once that it is too early.
 */
export class WaitingWebhooks {
  readonly #clock: Clock;
  readonly #waiting = new Map<ServerResponse, { request: IncomingMessage; timer: unknown }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly take: RequestListener = (request, response) => {
    const isWebhook = request.method === 'POST' && request.url?.startsWith('/twilio/') === true;
    if (!isWebhook || this.#waiting.size >= MOST) {
      tooEarly(response);
      return;
    }
    const timer = this.#clock.setTimeout(() => {
      this.#waiting.delete(response);
      tooEarly(response);
    }, PATIENCE_MS);
    this.#waiting.set(response, { request, timer });
    response.once('close', () => {
      this.#forget(response);
    });
  };

  /** Hands over what waits, in the order in which it came. */
  giveTo(listener: RequestListener): void {
    for (const [response, { request }] of [...this.#waiting]) {
      this.#forget(response);
      listener(request, response);
    }
  }

  #forget(response: ServerResponse): void {
    this.#clock.clearTimeout(this.#waiting.get(response)?.timer);
    this.#waiting.delete(response);
  }
}

/** The carrier asks again at a 5xx, and a proxy tries the next one. */
export function tooEarly(response: ServerResponse): void {
  response.writeHead(503, { 'retry-after': '1', connection: 'close' }).end();
}
