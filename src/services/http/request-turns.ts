import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** Requests that are answered before audio is looked at again: one costs some 0.1 ms. */
const PER_TURN = 4;

type Asked = readonly [IncomingMessage, ServerResponse];

/**
 * Answers requests a few at a time, and lets everything else of the process have
 * its turn in between. What a client sends in one go, thousands of requests
 * even, would be answered in one go, and no call had audio meanwhile.
 *
 * Requests that say who they are go before those that do not: the carrier's are not
 * kept waiting by a crowd. That they are right is for the guard to find.
 *
 * @param saysWho - true for a request that carries a credential, right or wrong.
 */
export function inTurns(
  listener: RequestListener,
  saysWho: (request: IncomingMessage) => boolean,
): RequestListener {
  const named: Asked[] = [];
  const others: Asked[] = [];
  let left = PER_TURN;
  let isTurnComing = false;

  const answer = () => {
    for (; left > 0; left--) {
      const [request, response] = named.shift() ?? others.shift() ?? [];
      if (request === undefined || response === undefined) return;
      if (!request.socket.destroyed) listener(request, response);
    }
  };
  const nextTurn = () => {
    if (isTurnComing) return;
    isTurnComing = true;
    setImmediate(() => {
      isTurnComing = false;
      left = PER_TURN;
      answer();
      if (left < PER_TURN) nextTurn();
    });
  };

  return (request, response) => {
    (saysWho(request) ? named : others).push([request, response]);
    answer();
    nextTurn();
  };
}
