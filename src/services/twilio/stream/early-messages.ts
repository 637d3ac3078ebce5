/** Bytes of everything before `start`, frames of control too. Twilio's `connected` has 60, its `start` some 700. */
const MAX_BYTES = 64 * 1024;
/** Bytes of a masked frame's header, so that empty ones are not free. */
const HEADER_BYTES = 6;

/** The name of a message, wherever it stands. Found in what is not read yet, so it decides nothing but who reads it. */
const NAME = /"event"[ \t\r\n]{0,8}:[ \t\r\n]{0,8}"([\w.-]{1,64})"/;

/** A message before `start`: `start` itself, one to ignore, or one that refuses the socket. */
export type EarlyMessage = 'start' | 'ignored' | 'refused';

/**
 * What a socket says before it has started, looked at and not read: nobody has
 * shown yet who this is, and somebody who is nobody sends as fast as the network
 * carries. One `connected` is let through, and names that are not known, in 64 KB.
 */
export class EarlyMessages {
  #bytes = 0;
  #hasConnected = false;

  /** A ping or a pong came. True while there may be more. */
  control(bytes: number): boolean {
    this.#bytes += bytes + HEADER_BYTES;
    return this.#bytes <= MAX_BYTES;
  }

  message(data: Buffer, isBinary: boolean): EarlyMessage {
    if (!this.control(data.length) || isBinary) return 'refused';
    const name = NAME.exec(data.toString('latin1'))?.[1];
    if (name === undefined) return 'refused';
    if (name === 'start') return 'start';
    if (name === 'connected' && this.#hasConnected) return 'refused';
    this.#hasConnected ||= name === 'connected';
    return 'ignored';
  }
}
