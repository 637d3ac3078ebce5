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
      if (socket !== undefined) stopReading(socket);
      // What cannot be sent any more went to nobody: the end of the other process is told by itself.
      child.send(message as Serializable, socket, {}, ignore);
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
    ((message: unknown, handle?: Socket, options?: MessageOptions, done?: () => void) => boolean) | undefined;
  if (send === undefined) return undefined;
  return {
    send: (message, socket) => {
      if (socket !== undefined) stopReading(socket);
      send(message, socket, {}, ignore);
    },
    onMessage: (listener) => {
      process.on('message', (message: unknown, handle: unknown) => {
        listener(message, arrived(handle));
      });
    },
  };
}

/** What Node has of a socket that its types do not: the system's own, which reads by itself until it is told not to. */
interface WithHandle {
  readonly _handle?: { readStop(): void } | null;
}

/**
 * What comes from now on stays with the system, and is read by whoever gets the socket. Node goes on reading until the
 * other process has it, and throws away what it reads.
 */
function stopReading(socket: Socket): void {
  (socket as WithHandle)._handle?.readStop();
}

/** Nobody may be listening yet when its client resets it. */
function arrived(handle: unknown): Socket | undefined {
  return handle instanceof Socket ? handle.on('error', ignore) : undefined;
}

const ignore = () => undefined;
