import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { EngineError, errorOf, noteOf } from '../../src/errors.ts';
import type { Siblings } from '../../src/services/workers/siblings.port.ts';

/** Workers of one engine, all in this process. What they tell each other is copied, as between processes. */
export class SiblingWorkers {
  readonly #workers = new Map<number, MemorySiblings>();
  readonly #owners = new Map<string, number[]>();
  #last = 0;
  #echo: ChildProcess | undefined;
  readonly #underWay = new Map<number, (socket: Socket) => void>();
  #sent = 0;
  /** How many questions and pieces of news went from one worker to another. */
  exchanges = 0;
  /** How many times somebody asked where a call lives. */
  questions = 0;
  /** Sockets that were given. */
  given = 0;
  #onGiven: (() => void) | undefined;

  /** One more worker. */
  join(): MemorySiblings {
    const worker = new MemorySiblings(++this.#last, this);
    this.#workers.set(worker.own, worker);
    return worker;
  }

  /** The worker is gone, and its calls with it. */
  lose({ own }: Siblings): void {
    this.#workers.get(own)?.losing.abort();
    this.#workers.delete(own);
    for (const callSid of this.#owners.keys()) this.unset(callSid, own);
  }

  isHere(worker: number): boolean {
    return this.#workers.has(worker);
  }

  find(worker: number): MemorySiblings | undefined {
    return this.#workers.get(worker);
  }

  others(own: number): MemorySiblings[] {
    return [...this.#workers.values()].filter((worker) => worker.own !== own);
  }

  ownerOf(callSid: string): number | undefined {
    this.questions++;
    return this.#owners.get(callSid)?.[0];
  }

  set(callSid: string, owner: number): void {
    const owners = this.#owners.get(callSid) ?? [];
    if (this.isHere(owner) && !owners.includes(owner)) this.#owners.set(callSid, [...owners, owner]);
  }

  unset(callSid: string, owner: number): void {
    const owners = this.#owners.get(callSid) ?? [];
    this.#owners.set(
      callSid,
      owners.filter((each) => each !== owner),
    );
  }

  /** Resolves when the next socket is on its way. */
  nextGiven(): Promise<void> {
    return new Promise((resolve) => (this.#onGiven = resolve));
  }

  /** Sends a socket through another process: it comes back as one that this process has never read from. */
  async carry(socket: Socket): Promise<Socket> {
    const id = ++this.#sent;
    const echo = (this.#echo ??= this.#startEcho());
    const carried = new Promise<Socket>((resolve) => this.#underWay.set(id, resolve));
    echo.send({ id }, socket);
    this.given++;
    this.#onGiven?.();
    return carried;
  }

  #startEcho(): ChildProcess {
    const echo = fork(new URL('handle-echo.mjs', import.meta.url), { execArgv: [] });
    echo.on('message', ({ id, read }: { id: number; read: string }, handle) => {
      const socket = handle as Socket;
      if (read !== '') socket.unshift(Buffer.from(read, 'base64'));
      this.#underWay.get(id)?.(socket);
      this.#underWay.delete(id);
    });
    onTestFinished(async () => {
      const gone = once(echo, 'exit');
      echo.kill();
      await gone;
    });
    return echo;
  }
}

class MemorySiblings implements Siblings {
  readonly own: number;
  readonly losing = new AbortController();
  readonly #all: SiblingWorkers;
  readonly #answers = new Map<string, (args: unknown) => Promise<unknown>>();
  readonly #listeners = new Map<string, ((args: unknown, from: number) => void)[]>();
  readonly #takers = new Map<string, (args: unknown, socket: Socket) => void>();

  constructor(own: number, all: SiblingWorkers) {
    this.own = own;
    this.#all = all;
  }

  has(callSid: string): void {
    this.#all.set(callSid, this.own);
  }

  hasNoMore(callSid: string): void {
    this.#all.unset(callSid, this.own);
  }

  async ownerOf(callSid: string): Promise<number | undefined> {
    await Promise.resolve();
    return this.#all.ownerOf(callSid);
  }

  async ask(worker: number, question: string, args: unknown): Promise<unknown> {
    this.#all.exchanges++;
    const asked = structuredClone(args);
    await Promise.resolve();
    const sibling = this.#all.find(worker);
    if (sibling === undefined) throw lost();
    const answer = sibling.#answers.get(question);
    if (answer === undefined) throw new EngineError('INTERNAL', `nobody answers ${question}`);
    const isLost = once(sibling.losing.signal, 'abort').then(() => {
      throw lost();
    });
    try {
      return structuredClone(await Promise.race([answer(asked), isLost]));
    } catch (thrown) {
      throw errorOf(noteOf(thrown, 'INTERNAL'));
    }
  }

  onAsked(question: string, answer: (args: unknown) => Promise<unknown>): void {
    if (this.#answers.has(question)) throw new Error(`${question} has an answer already`);
    this.#answers.set(question, answer);
  }

  tellAll(news: string, args: unknown): void {
    if (!this.#all.isHere(this.own)) return;
    for (const sibling of this.#all.others(this.own)) {
      this.#all.exchanges++;
      const told = structuredClone(args);
      queueMicrotask(() => {
        if (!this.#all.isHere(sibling.own)) return;
        for (const listener of sibling.#listeners.get(news) ?? []) listener(told, this.own);
      });
    }
  }

  onTold(news: string, listener: (args: unknown, from: number) => void): void {
    this.#listeners.set(news, [...(this.#listeners.get(news) ?? []), listener]);
  }

  async give(worker: number, purpose: string, args: unknown, socket: Socket): Promise<boolean> {
    const given = structuredClone(args);
    const carried = await this.#all.carry(socket);
    const sibling = this.#all.find(worker);
    const take = sibling === undefined ? undefined : sibling.#takers.get(purpose);
    if (take === undefined) {
      carried.destroy();
      return false;
    }
    take(given, carried);
    return true;
  }

  onGiven(purpose: string, take: (args: unknown, socket: Socket) => void): void {
    this.#takers.set(purpose, take);
  }
}

const lost = () => new EngineError('SIBLING_LOST', 'the worker is gone');
