/**
 * A worker of a test's own, which does with its siblings what the test asks for, and listens: what is said on a
 * connection it says back, for some 20 KB, and then gives the connection to the next worker of a route.
 * Argument: its number.
 */
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { systemClock } from '../../src/clock.ts';
import { EngineError } from '../../src/errors.ts';
import { Pipe } from '../../src/services/workers/pipe.ts';
import { sideToParent } from '../../src/services/workers/pipe-sides.ts';
import { PipedSiblings } from '../../src/services/workers/piped-siblings.ts';

/** What a test asks of such a worker: a method of its siblings, and the arguments. */
export interface SiblingErrand {
  readonly does: 'has' | 'hasNoMore' | 'ownerOf' | 'ask' | 'tellAll' | 'heard' | 'stand' | 'listen';
  readonly args: readonly unknown[];
}

const SAID_BACK_BYTES = 20_000;

const side = sideToParent();
if (side === undefined) throw new Error('started without a pipe');
const pipe = new Pipe(side, systemClock);
const siblings = new PipedSiblings(Number(process.argv[2]), pipe);
const heard: unknown[] = [];
siblings.onTold('weather', (args, from) => heard.push([args, from]));
siblings.onAsked('double', (args) => Promise.resolve([args, args, siblings.own]));
siblings.onAsked('refuse', () => Promise.reject(new EngineError('NUMBER_REFUSED', 'rule "country"')));
siblings.onAsked('ponder', () => new Promise(() => undefined));
siblings.onGiven('say it back', (route, socket) => {
  sayBack(socket, route as number[]);
});

function sayBack(socket: Socket, [next, ...rest]: readonly number[]): void {
  let left = SAID_BACK_BYTES;
  const say = (part: Buffer) => {
    socket.write(part);
    left -= part.length;
    if (left > 0 || next === undefined) return;
    socket.off('data', say);
    socket.pause();
    void handOn(next, rest, socket);
  };
  socket.on('data', say);
}

/** Every second time with something of it read that nobody has taken. */
async function handOn(next: number, rest: readonly number[], socket: Socket): Promise<void> {
  while (rest.length % 2 === 1 && socket.readableLength === 0) await nextTurn();
  await siblings.give(next, 'say it back', rest, socket);
}

/** @param first - what is said to whoever connects, in bytes, before the connection goes to the first of the route. */
async function listen(route: readonly number[], first: number): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    const [next = 0, ...rest] = route;
    if (first === 0) sayBack(socket, route);
    else {
      socket.write(Buffer.alloc(first));
      void siblings.give(next, 'say it back', rest, socket);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function run({ does, args }: SiblingErrand): Promise<unknown> {
  switch (does) {
    case 'has':
    case 'hasNoMore':
      siblings[does](String(args[0]));
      return undefined;
    case 'ownerOf':
      return siblings.ownerOf(String(args[0]));
    case 'ask':
      return siblings.ask(Number(args[0]), String(args[1]), args[2]);
    case 'tellAll':
      siblings.tellAll(String(args[0]), args[1]);
      return undefined;
    case 'heard':
      return heard;
    case 'stand':
      return siblings.own;
    case 'listen':
      return listen(args[0] as number[], Number(args[1] ?? 0));
  }
}

pipe.onAsked('errand', (errand) => run(errand as SiblingErrand));
process.on('disconnect', () => process.exit());
