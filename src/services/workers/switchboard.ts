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

/**
 * Joins the workers of an engine: it knows which call lives in which of them, and passes on what they ask, tell and
 * give each other. It reads none of it.
 */
export class Switchboard {
  /** By number. */
  readonly #pipes = new Map<number, Pipe>();
  /** By call SID, the workers that say they have it: it is the first one's. */
  readonly #owners = new Map<string, readonly number[]>();

  /** A worker is one of them from now on. */
  connect(own: number, pipe: Pipe): void {
    this.#pipes.set(own, pipe);
    // What comes was put together by piped-siblings.ts, of the same build.
    pipe.onTold(HAS, (callSid) => {
      const others = this.#owners.get(callSid as string) ?? [];
      if (!others.includes(own)) this.#owners.set(callSid as string, [...others, own]);
    });
    pipe.onTold(HAS_NO_MORE, (callSid) => {
      this.#forget(callSid as string, own);
    });
    pipe.onAsked(OWNER_OF, (callSid) => Promise.resolve(this.ownerOf(callSid as string)));
    pipe.onAsked(ASK, (data) => this.#ask(data as AskWords));
    pipe.onTold(TELL_ALL, (data) => {
      this.#tell(data as TellWords, own);
    });
    pipe.onAsked(GIVE, (data, socket) => this.#give(data as GiveWords, socket));
  }

  /**
   * A worker is gone. Its pipe is to be cut as well: that is what those learn by who wait for it.
   *
   * @returns the calls that lived in it.
   */
  disconnect(own: number): string[] {
    this.#pipes.delete(own);
    const calls = [...this.#owners].filter(([, [owner]]) => owner === own).map(([callSid]) => callSid);
    for (const callSid of [...this.#owners.keys()]) this.#forget(callSid, own);
    return calls;
  }

  ownerOf(callSid: string): number | undefined {
    return this.#owners.get(callSid)?.[0];
  }

  #forget(callSid: string, own: number): void {
    const others = this.#owners.get(callSid)?.filter((owner) => owner !== own) ?? [];
    if (others.length > 0) this.#owners.set(callSid, others);
    else this.#owners.delete(callSid);
  }

  async #ask({ worker, question, args }: AskWords): Promise<unknown> {
    const words: AskedWords = { question, args };
    return this.#pipeTo(worker).ask(ASKED, words);
  }

  #tell({ news, args }: TellWords, from: number): void {
    const words: ToldWords = { news, args, from };
    for (const [number, pipe] of this.#pipes) if (number !== from) pipe.tell(TOLD, words);
  }

  async #give({ worker, purpose, args, head }: GiveWords, socket: Socket | undefined): Promise<unknown> {
    const pipe = this.#pipes.get(worker);
    if (pipe === undefined || socket === undefined) {
      socket?.destroy();
      return false;
    }
    const words: GivenWords = { purpose, args, head };
    return pipe.ask(GIVEN, words, { socket });
  }

  #pipeTo(worker: number): Pipe {
    const pipe = this.#pipes.get(worker);
    if (pipe === undefined) throw new EngineError('SIBLING_LOST');
    return pipe;
  }
}
