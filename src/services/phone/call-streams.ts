import type { CarrierStream } from './carrier.port.ts';

/**
 * Where the stream server and the phone leg of one call meet.
 *
 * Either may come first: a stream that comes before the leg waits here. A newer
 * stream takes the place of an older one, whose socket is closed: at any moment
 * exactly one stream speaks for a call.
 */
export class CallStreams {
  #current: CarrierStream | undefined;
  #listener: ((stream: CarrierStream) => void) | undefined;
  #isShut = false;

  /** Lets a stream in. False: a newer one is here already, or the call is over. */
  attach(stream: CarrierStream): boolean {
    const old = this.#current;
    if (this.#isShut || (old !== undefined && old.epoch >= stream.epoch)) return false;
    this.#current = stream;
    // The leg hears of the new one first, so that it does not take the old one's end for the end of the line.
    this.#listener?.(stream);
    old?.close(1000, 'superseded');
    return true;
  }

  /** The leg listens from now on; a stream that has waited is passed on at once. */
  onAttach(listener: ((stream: CarrierStream) => void) | undefined): void {
    this.#listener = listener;
    if (this.#current !== undefined) listener?.(this.#current);
  }

  /** Closes the stream, and refuses every later one: the call is over. */
  shut(): void {
    this.#isShut = true;
    this.#listener = undefined;
    this.#current?.close(1000, 'call ended');
  }
}
