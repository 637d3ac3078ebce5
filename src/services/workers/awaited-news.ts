/** Calls that no worker has: the process that waits for them tells all workers, whose viewers see them. Both ends of the pipe. */

import type { CallRecord } from '../storage/calls.port.ts';
import type { Pipe } from './pipe.ts';

const LISTENS = 'awaited.listens';
const AWAITED = 'awaited.call';
const BACK = 'awaited.back';
const OVER = 'awaited.over';

/** Who is told which calls nobody has. */
export interface AwaitedListener {
  readonly onAwaited: (call: CallRecord) => void;
  /** Somebody has it. */
  readonly onBack: (callSid: string) => void;
  /** It has ended. */
  readonly onOver: (callSid: string) => void;
}

/** In the process that waits. */
export class AwaitedTeller implements AwaitedListener {
  readonly #calls = new Map<string, CallRecord>();
  readonly #pipes = new Set<Pipe>();

  /** A worker that listens is told of those that are waited for already. */
  join(pipe: Pipe): void {
    pipe.onTold(LISTENS, () => {
      this.#pipes.add(pipe);
      for (const call of this.#calls.values()) pipe.tell(AWAITED, call);
    });
  }

  /** That worker is gone. */
  leave(pipe: Pipe): void {
    this.#pipes.delete(pipe);
  }

  readonly onAwaited = (call: CallRecord): void => {
    this.#calls.set(call.callSid, call);
    this.#tell(AWAITED, call);
  };

  readonly onBack = (callSid: string): void => {
    this.#calls.delete(callSid);
    this.#tell(BACK, callSid);
  };

  readonly onOver = (callSid: string): void => {
    this.#calls.delete(callSid);
    this.#tell(OVER, callSid);
  };

  #tell(topic: string, data: unknown): void {
    for (const pipe of this.#pipes) pipe.tell(topic, data);
  }
}

/** In a worker. What comes was put together by the teller, of the same build. */
export function hearAwaited(pipe: Pipe, { onAwaited, onBack, onOver }: AwaitedListener): void {
  pipe.onTold(AWAITED, (call) => {
    onAwaited(call as CallRecord);
  });
  pipe.onTold(BACK, (callSid) => {
    onBack(callSid as string);
  });
  pipe.onTold(OVER, (callSid) => {
    onOver(callSid as string);
  });
  pipe.tell(LISTENS, null);
}
