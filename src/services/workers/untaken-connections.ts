import type { ChildProcess, Serializable } from 'node:child_process';

/** The part of a started process that is used here. */
export interface CourierProcess {
  send: ChildProcess['send'];
  on(event: 'internalMessage', listener: (message: unknown) => void): unknown;
  emit(event: 'internalMessage', message: unknown, handle: undefined): boolean;
}

/** What Node's cluster says to a worker, and is answered: it has a connection for it. */
interface ClusterWords {
  readonly cmd?: unknown;
  readonly act?: unknown;
  readonly seq?: unknown;
  readonly ack?: unknown;
}

const CLUSTER = 'NODE_CLUSTER';

/**
 * Connections that were given to a worker, and that it has not taken. Node waits for its answer for ever, also when it is
 * dead: the client would hang, and that is just who asks how a call of that worker goes on.
 *
 * @returns for when the process says no more: answers in its place that it takes none of them, and Node gives them to others.
 */
export function untakenConnections(child: CourierProcess): () => void {
  const untaken = new Set<number>();
  const send = child.send.bind(child) as (message: Serializable, ...rest: unknown[]) => boolean;
  child.send = (message: Serializable, ...rest: unknown[]) => {
    const { cmd, act, seq } = message as ClusterWords;
    if (cmd === CLUSTER && act === 'newconn' && typeof seq === 'number') untaken.add(seq);
    return send(message, ...rest);
  };
  child.on('internalMessage', (message) => {
    const { cmd, ack } = message as ClusterWords;
    if (cmd === CLUSTER && typeof ack === 'number') untaken.delete(ack);
  });
  return () => {
    for (const ack of [...untaken])
      child.emit('internalMessage', { cmd: CLUSTER, ack, accepted: false }, undefined);
    untaken.clear();
  };
}
