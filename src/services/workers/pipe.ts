import type { Socket } from 'node:net';
import type { Clock } from '../../clock.ts';
import { EngineError, errorOf, type ErrorNote, noteOf } from '../../errors.ts';

/** A process's own side of the pipe to another one. Messages keep their order, with and without a socket. */
export interface PipeSide {
  /** @returns closes the socket as far as this process has it: for when the other one has not taken it. */
  send(message: unknown, socket: Socket | undefined): () => void;
  onMessage(listener: (message: unknown, socket: Socket | undefined) => void): void;
}

export type TakeTold = (data: unknown) => void;
export type AnswerAsked = (data: unknown, socket: Socket | undefined) => Promise<unknown>;

type Message =
  | { readonly kind: 'told'; readonly topic: string; readonly data: unknown }
  | { readonly kind: 'asked'; readonly id: number; readonly topic: string; readonly data: unknown }
  | { readonly kind: 'answered'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: ErrorNote };

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: EngineError): void;
}

/**
 * What two processes of one engine say to each other: things that are told, and questions that are answered by id.
 * Data is what the structured clone takes. An error keeps its code.
 */
export class Pipe {
  readonly #side: PipeSide;
  readonly #clock: Clock;
  readonly #takers = new Map<string, TakeTold>();
  readonly #answerers = new Map<string, AnswerAsked>();
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #isCut = false;

  constructor(side: PipeSide, clock: Clock) {
    this.#side = side;
    this.#clock = clock;
    side.onMessage((message, socket) => {
      // Sent by the other end, which is of the same build.
      this.#take(message as Message, socket);
    });
  }

  tell(topic: string, data: unknown): void {
    this.#send({ kind: 'told', topic, data });
  }

  /**
   * A socket that goes along is the other process's once there is an answer; where there is none it is closed.
   *
   * @throws {EngineError} `SIBLING_LOST` when there is no answer within `withinMs`, or the pipe is cut; what was thrown
   *   there otherwise.
   */
  ask(topic: string, data: unknown, { withinMs, socket }: AskOptions = {}): Promise<unknown> {
    if (this.#isCut) {
      socket?.destroy();
      return Promise.reject(new EngineError('SIBLING_LOST'));
    }
    const id = ++this.#lastId;
    const answered = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    const timer =
      withinMs === undefined
        ? undefined
        : this.#clock.setTimeout(() => {
            this.#settle(id)?.reject(new EngineError('SIBLING_LOST'));
          }, withinMs);
    answered.catch(this.#side.send({ kind: 'asked', id, topic, data }, socket));
    return answered.finally(() => {
      this.#clock.clearTimeout(timer);
    });
  }

  /** One taker for each topic. */
  onTold(topic: string, take: TakeTold): void {
    this.#takers.set(topic, take);
  }

  /** One answer for each topic. */
  onAsked(topic: string, answer: AnswerAsked): void {
    this.#answerers.set(topic, answer);
  }

  /** The other process is gone, or counts as gone: nothing is sent any more, and nothing of it is taken. */
  cut(): void {
    this.#isCut = true;
    for (const waiting of this.#waiting.values()) waiting.reject(new EngineError('SIBLING_LOST'));
    this.#waiting.clear();
  }

  #send(message: Message): void {
    if (!this.#isCut) this.#side.send(message, undefined);
  }

  #take(message: Message, socket: Socket | undefined): void {
    if (this.#isCut) {
      socket?.destroy();
      return;
    }
    switch (message.kind) {
      case 'told':
        this.#takers.get(message.topic)?.(message.data);
        return;
      case 'asked':
        this.#answer(message.id, message.topic, message.data, socket);
        return;
      case 'answered':
        this.#settle(message.id)?.resolve(message.answer);
        return;
      case 'failed':
        this.#settle(message.id)?.reject(errorOf(message.error));
        return;
    }
  }

  #answer(id: number, topic: string, data: unknown, socket: Socket | undefined): void {
    const answer = this.#answerers.get(topic);
    if (answer === undefined) {
      socket?.destroy();
      const error = { code: 'SIBLING_LOST' as const, message: `nobody answers ${topic}` };
      this.#send({ kind: 'failed', id, error });
      return;
    }
    answer(data, socket).then(
      (given) => {
        this.#send({ kind: 'answered', id, answer: given });
      },
      (thrown: unknown) => {
        this.#send({ kind: 'failed', id, error: noteOf(thrown, 'INTERNAL') });
      },
    );
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

export interface AskOptions {
  /** Default: for as long as it takes. */
  readonly withinMs?: number;
  readonly socket?: Socket;
}
