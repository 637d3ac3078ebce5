import { EarlyBytes } from './early-bytes.ts';
import { TextSocket } from './text-socket.ts';

/** A text socket that may be given to another process, until it is told that it stays. */
export class MovableSocket extends TextSocket {
  protected override early: EarlyBytes | undefined = new EarlyBytes();
}
