import type { Socket } from 'node:net';

/**
 * What the workers of one engine have of each other. They share a port and a journal, so a request or a socket may come
 * to one that does not have the call which it is about.
 *
 * Arguments and answers are plain data; who gets them proves what they are. An engine of one process has no siblings:
 * then it knows of its own calls, and every other question rejects with `SIBLING_LOST`.
 */
export interface Siblings {
  /** This worker's number, from 1. One that takes the place of another has a new one. */
  readonly own: number;
  /**
   * A call lives in this worker from now on, unless another one has said so: it is the first one's, until that has it no
   * more. Whoever asks for the owner afterwards knows whether it came first.
   */
  has(callSid: string): void;
  /** It has ended, or lives elsewhere. */
  hasNoMore(callSid: string): void;
  /** Which worker a call lives in; undefined when in none. */
  ownerOf(callSid: string): Promise<number | undefined>;
  /** @throws {EngineError} `SIBLING_LOST` when that worker is gone, and not while it only stands still; what it threw otherwise. */
  ask(worker: number, question: string, args: unknown): Promise<unknown>;
  /** Answers a question of the others. One answer for each question. */
  onAsked(question: string, answer: (args: unknown) => Promise<unknown>): void;
  /** Tells all others. One that is gone is not told. */
  tellAll(news: string, args: unknown): void;
  onTold(news: string, listener: (args: unknown, from: number) => void): void;
  /**
   * Gives an open socket away that has stopped reading; it is not this process's any more. Nothing that comes on it is
   * lost on the way. False: that worker is gone, and the socket is closed.
   */
  give(worker: number, purpose: string, args: unknown, socket: Socket): Promise<boolean>;
  /** Takes sockets that are given for a purpose. */
  onGiven(purpose: string, take: (args: unknown, socket: Socket) => void): void;
}
