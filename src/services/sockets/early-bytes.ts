/** Ten seconds of a stream. What sends more before anybody knows whose it is stays where it is. */
const MAX_BYTES = 512 * 1024;

/** Everything that came on a connection since it was upgraded, as it came: for another process, which reads it anew. */
export class EarlyBytes {
  #pieces: Buffer[] = [];
  #size = 0;

  /** Undefined when it was too much to be kept. */
  get all(): Buffer | undefined {
    return this.#size > MAX_BYTES ? undefined : Buffer.concat(this.#pieces);
  }

  /** @param piece - whose bytes nobody changes any more. */
  add(piece: Buffer): void {
    this.#size += piece.length;
    if (this.#size > MAX_BYTES) this.#pieces = [];
    else this.#pieces.push(piece);
  }
}
