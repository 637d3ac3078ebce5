import type { Socket } from 'node:net';
import { EngineError } from '../../errors.ts';
import type { Pipe } from './pipe.ts';
import {
  ASK,
  ASKED,
  type AskedWords,
  type AskWords,
  GIVE,
  GIVEN,
  type GivenWords,
  type GiveWords,
  HAS,
  HAS_NO_MORE,
  OWNER_OF,
  TELL_ALL,
  type TellWords,
  TOLD,
  type ToldWords,
} from './sibling-words.ts';
import type { Siblings } from './siblings.port.ts';

/** How long another worker may take to get a socket, in ms. */
const GIVEN_WITHIN_MS = 5000;

/** The other workers of an engine, through the pipe to the process that all of them are joined to (switchboard.ts). */
export class PipedSiblings implements Siblings {
  readonly own: number;
  readonly #pipe: Pipe;
  readonly #answers = new Map<string, (args: unknown) => Promise<unknown>>();
  readonly #listeners = new Map<string, ((args: unknown, from: number) => void)[]>();
  readonly #takers = new Map<string, (args: unknown, socket: Socket) => void>();

  constructor(own: number, pipe: Pipe) {
    this.own = own;
    this.#pipe = pipe;
    // What comes was put together by the switchboard, of the same build.
    pipe.onAsked(ASKED, (data) => this.#answer(data as AskedWords));
    pipe.onTold(TOLD, (data) => {
      const { news, args, from } = data as ToldWords;
      for (const listener of this.#listeners.get(news) ?? []) listener(args, from);
    });
    pipe.onAsked(GIVEN, (data, socket) => Promise.resolve(this.#take(data as GivenWords, socket)));
  }

  has(callSid: string): void {
    this.#pipe.tell(HAS, callSid);
  }

  hasNoMore(callSid: string): void {
    this.#pipe.tell(HAS_NO_MORE, callSid);
  }

  async ownerOf(callSid: string): Promise<number | undefined> {
    return (await this.#pipe.ask(OWNER_OF, callSid)) as number | undefined;
  }

  /**
   * However long that takes. Whoever is silent is not gone: it may be standing still with a call in its hands, and go on.
   * It is gone when the one who watches over it says so, which takes some seconds.
   */
  ask(worker: number, question: string, args: unknown): Promise<unknown> {
    const words: AskWords = { worker, question, args };
    return this.#pipe.ask(ASK, words);
  }

  onAsked(question: string, answer: (args: unknown) => Promise<unknown>): void {
    this.#answers.set(question, answer);
  }

  tellAll(news: string, args: unknown): void {
    const words: TellWords = { news, args };
    this.#pipe.tell(TELL_ALL, words);
  }

  onTold(news: string, listener: (args: unknown, from: number) => void): void {
    this.#listeners.set(news, [...(this.#listeners.get(news) ?? []), listener]);
  }

  async give(worker: number, purpose: string, args: unknown, socket: Socket): Promise<boolean> {
    socket.pause();
    await written(socket);
    const head = (socket.read() as Buffer | null) ?? new Uint8Array();
    const words: GiveWords = { worker, purpose, args, head };
    try {
      return (await this.#pipe.ask(GIVE, words, { withinMs: GIVEN_WITHIN_MS, socket })) === true;
    } catch {
      return false;
    }
  }

  onGiven(purpose: string, take: (args: unknown, socket: Socket) => void): void {
    this.#takers.set(purpose, take);
  }

  #answer({ question, args }: AskedWords): Promise<unknown> {
    const answer = this.#answers.get(question);
    if (answer === undefined)
      return Promise.reject(new EngineError('INTERNAL', `nobody answers ${question}`));
    return answer(args);
  }

  #take({ purpose, args, head }: GivenWords, socket: Socket | undefined): boolean {
    const take = this.#takers.get(purpose);
    if (take === undefined || socket === undefined) {
      socket?.destroy();
      return false;
    }
    if (head.length > 0) socket.unshift(head);
    take(args, socket);
    return true;
  }
}

/** Resolves when all that was written to a socket is with the system, or never will be. */
function written(socket: Socket): Promise<void> {
  if (socket.writableLength === 0 || socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      resolve();
    };
    socket.once('close', done);
    socket.write('', done);
  });
}
