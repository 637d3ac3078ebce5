/** Both sides of the pipe that Node lays between a process and one that it has started. */

import type { ChildProcess, MessageOptions, SendHandle, Serializable } from 'node:child_process';
import { Socket } from 'node:net';
import type { PipeSide } from './pipe.ts';

/** The part of a started process that is used here: of a child, and of a worker of a cluster. */
export interface StartedProcess {
  send: ChildProcess['send'];
  on(event: 'message', listener: (message: Serializable, handle: SendHandle | undefined) => void): unknown;
}

/** In who has started the other one. */
export function sideTo(child: StartedProcess): PipeSide {
  return {
    send: (message, socket) => {
      const parcel = new Parcel(socket);
      child.send(message as Serializable, socket, {}, parcel.sent);
      return parcel.close;
    },
    onMessage: (listener) => {
      child.on('message', (message, handle) => {
        listener(message, arrived(handle));
      });
    },
  };
}

/** In a process that another one has started. Undefined in one that was not started so. */
export function sideToParent(): PipeSide | undefined {
  const send = process.send?.bind(process) as
    ((message: unknown, handle?: Socket, options?: MessageOptions, done?: WhenSent) => boolean) | undefined;
  if (send === undefined) return undefined;
  return {
    send: (message, socket) => {
      const parcel = new Parcel(socket);
      send(message, socket, {}, parcel.sent);
      return parcel.close;
    },
    onMessage: (listener) => {
      process.on('message', (message: unknown, handle: unknown) => {
        listener(message, arrived(handle));
      });
    },
  };
}

type WhenSent = (error: Error | null) => void;

/** The system's own socket, inside of one of Node's, whose types have nothing of it. */
interface Handle {
  /** It reads by itself until it is told not to. */
  readStop(): void;
  /** Once; after that it does nothing. */
  close(): void;
}

/**
 * A socket that goes to another process. What comes from now on stays with the system, and is read by whoever gets it: Node
 * goes on reading until the other process has it, and throws away what it reads.
 */
class Parcel {
  readonly #socket: Socket | undefined;
  readonly #handle: Handle | null | undefined;

  constructor(socket: Socket | undefined) {
    this.#socket = socket;
    // It is the socket's until Node sends it, which it does with one after the other; and then nobody's, also when the
    // other process ends before it has taken it.
    this.#handle = (socket as { readonly _handle?: Handle | null } | undefined)?._handle;
    this.#handle?.readStop();
  }

  /** What cannot be sent went to nobody. The end of the other process is told by itself. */
  readonly sent: WhenSent = (error) => {
    if (error !== null) this.close();
  };

  readonly close = (): void => {
    this.#socket?.destroy();
    this.#handle?.close();
  };
}

/** Nobody may be listening yet when its client resets it. */
function arrived(handle: unknown): Socket | undefined {
  return handle instanceof Socket ? handle.on('error', () => undefined) : undefined;
}
