/**
 * What is done once for the whole engine, by the process that watches over its workers: so that a worker that dies leaves
 * no text in doubt, no two erasures wait for each other, calls without a worker are waited for once, and all have the same
 * keys. Both ends of the pipe.
 */

import type { WaitingForCalls } from '../services/calls/awaited-calls.ts';
import type { Erasures } from '../services/erasing/erasures.ts';
import type { OutboxDelivery } from '../services/outbox/outbox.port.ts';
import type { Errand } from '../services/storage/journal.port.ts';
import { type AwaitedListener, hearAwaited } from '../services/workers/awaited-news.ts';
import type { Pipe } from '../services/workers/pipe.ts';

const KEY = 'work.key';
const DELIVER = 'work.deliver';
const ERASE_CALLER = 'work.eraseCaller';
const ERASE_CALL = 'work.eraseCall';
const FORGET = 'work.forget';

/** Secrets of the engine's own, as services/data-folder/kept-key.ts names them. */
type SharedKey = 'stream-key' | 'audit-key';
type SharedErasures = Pick<Erasures, 'caller' | 'call'>;

/** What is done so. */
export interface SharedWork {
  readonly key: (name: SharedKey) => Promise<Buffer>;
  readonly outbox: OutboxDelivery;
  readonly erasures: SharedErasures;
  readonly awaited: SharedWaiting;
}

/** Calls without a process are waited for in another one, which tells of them. */
export interface SharedWaiting extends WaitingForCalls {
  listen(listener: AwaitedListener): void;
}

/** What the one process does it with. */
export type WorkDoneOnce = Omit<SharedWork, 'awaited'> & {
  readonly awaited: Pick<WaitingForCalls, 'forget'>;
};

/** In that process: does it for the worker at the other end. */
export function workFor(pipe: Pipe, { key, outbox, erasures, awaited }: WorkDoneOnce): void {
  // What comes was put together by workBehind, of the same build.
  pipe.onAsked(KEY, (name) => key(name as SharedKey));
  pipe.onAsked(DELIVER, (id) => outbox.deliver(id as string));
  pipe.onAsked(ERASE_CALLER, (phone) => erasures.caller(phone as string));
  pipe.onAsked(ERASE_CALL, (callSid) => erasures.call(callSid as string));
  pipe.onTold(FORGET, (callSid) => {
    awaited.forget(callSid as string);
  });
}

/** In a worker: has it done. */
export function workBehind(pipe: Pipe): SharedWork {
  return {
    key: async (name) => (await pipe.ask(KEY, name)) as Buffer,
    outbox: { deliver: async (id) => (await pipe.ask(DELIVER, id)) as Errand | undefined },
    erasures: {
      caller: async (phone) =>
        (await pipe.ask(ERASE_CALLER, phone)) as Awaited<ReturnType<Erasures['caller']>>,
      call: async (callSid) => (await pipe.ask(ERASE_CALL, callSid)) as Awaited<ReturnType<Erasures['call']>>,
    },
    awaited: {
      open: () => Promise.resolve(),
      forget: (callSid) => {
        pipe.tell(FORGET, callSid);
      },
      close: () => undefined,
      listen: (listener) => {
        hearAwaited(pipe, listener);
      },
    },
  };
}
