import { EngineError, noteOf } from '../../errors.ts';
import type {
  AfterDial,
  AfterStream,
  CarrierNews,
  CommandAnswer,
  Desk,
  DeskCommand,
  IncomingCall,
  LiveCallStanding,
  NextStep,
  RecordingStatus,
} from '../desk/desk.ts';
import { DESK_QUESTIONS, PASSED_ON, type RingingCall } from './desk-questions.ts';
import { answerWorkers, askWorker, type WorkerQuestion } from './question.ts';
import type { Siblings } from './siblings.port.ts';

export interface ForwardingDeskParts {
  /** Of the calls of this worker. */
  readonly own: Desk;
  readonly siblings: Siblings;
  /** Whether a call lives here. */
  readonly isHere: (callSid: string) => boolean;
  /** Of a call that is just being handed over: settles when another worker can have it. */
  readonly leaving: (callSid: string) => Promise<unknown> | undefined;
  /** A worker that goes on when this one is to end; undefined when none is known. */
  readonly successor: () => number | undefined;
}

/** A question by which a call begins, or comes back. */
interface Beginning<Args, Reply> {
  readonly question: WorkerQuestion<Args, Reply>;
  /** The same, of a worker that goes on. */
  readonly passedOn: WorkerQuestion<Args, Reply>;
  readonly args: Args;
  readonly here: () => Promise<Reply>;
}

/**
 * The desk of one worker among several. What is asked of a call that lives in another one is answered there; what no
 * worker has, the own desk decides. A worker that is lost while it is asked has nothing any more, nor has one that is just
 * handing the call over. One that is to end begins no call, and brings none back: whoever goes on does that.
 */
export class ForwardingDesk implements Desk {
  readonly #parts: ForwardingDeskParts;

  constructor(parts: ForwardingDeskParts) {
    this.#parts = parts;
    const { own, siblings } = parts;
    // The own desk, not this one: whoever asks has found out who has the call, and no question goes round.
    answerWorkers(siblings, DESK_QUESTIONS.answer, (call) =>
      this.#kept(call.callSid, () => own.answer(call)),
    );
    answerWorkers(siblings, DESK_QUESTIONS.afterStream, (question) =>
      this.#kept(question.callSid, () => own.afterStream(question)),
    );
    answerWorkers(siblings, DESK_QUESTIONS.dialResult, (result) =>
      this.#kept(result.callSid, () => own.dialResult(result)),
    );
    answerWorkers(siblings, DESK_QUESTIONS.status, ({ news, outboxId }) =>
      this.#kept(news.callSid, async () => {
        await own.status(news, outboxId);
        return undefined;
      }),
    );
    answerWorkers(siblings, DESK_QUESTIONS.command, ({ callSid, command }) =>
      this.#kept(callSid, () => own.command(callSid, command)),
    );
    answerWorkers(siblings, DESK_QUESTIONS.liveCall, ({ callSid }) =>
      this.#kept(callSid, () => own.liveCall(callSid)),
    );
    // And passed on once: by one that is to end, to one that goes on.
    answerWorkers(siblings, PASSED_ON.answer, (call) => this.#first(call.callSid, this.#answering(call)));
    answerWorkers(siblings, PASSED_ON.afterStream, (question) =>
      this.#first(question.callSid, this.#afterStreamOf(question)),
    );
    answerWorkers(siblings, PASSED_ON.dialResult, (result) =>
      this.#first(result.callSid, this.#dialResultOf(result)),
    );
  }

  get isDraining(): boolean {
    return this.#parts.own.isDraining;
  }

  answer({ profile, ...call }: IncomingCall): Promise<NextStep> {
    const { own } = this.#parts;
    if (profile !== undefined) return own.answer({ profile, ...call });
    return this.#begin(call.callSid, this.#answering(call));
  }

  afterStream(question: AfterStream): Promise<NextStep> {
    return this.#begin(question.callSid, this.#afterStreamOf(question));
  }

  dialResult(result: AfterDial): Promise<NextStep> {
    return this.#begin(result.callSid, this.#dialResultOf(result));
  }

  async status(news: CarrierNews, outboxId?: string): Promise<void> {
    const { own } = this.#parts;
    // Of streams and texts the journal alone is told.
    if (news.of !== 'call') return own.status(news, outboxId);
    const args = { news, ...(outboxId !== undefined && { outboxId }) };
    await this.#where(news.callSid, DESK_QUESTIONS.status, args, async () => {
      await own.status(news, outboxId);
      return undefined;
    });
  }

  /** The journal alone is told. */
  recording(recording: RecordingStatus): Promise<void> {
    return this.#parts.own.recording(recording);
  }

  command(callSid: string, command: DeskCommand): Promise<CommandAnswer> {
    const { own } = this.#parts;
    return this.#where(callSid, DESK_QUESTIONS.command, { callSid, command }, () =>
      own.command(callSid, command),
    );
  }

  liveCall(callSid: string): Promise<LiveCallStanding | undefined> {
    const { own } = this.#parts;
    return this.#where(callSid, DESK_QUESTIONS.liveCall, { callSid }, () => own.liveCall(callSid));
  }

  #answering(call: RingingCall): Beginning<RingingCall, NextStep> {
    const here = () => this.#parts.own.answer(call);
    return { question: DESK_QUESTIONS.answer, passedOn: PASSED_ON.answer, args: call, here };
  }

  #afterStreamOf(args: AfterStream): Beginning<AfterStream, NextStep> {
    const here = () => this.#parts.own.afterStream(args);
    return { question: DESK_QUESTIONS.afterStream, passedOn: PASSED_ON.afterStream, args, here };
  }

  #dialResultOf(args: AfterDial): Beginning<AfterDial, NextStep> {
    const here = () => this.#parts.own.dialResult(args);
    return { question: DESK_QUESTIONS.dialResult, passedOn: PASSED_ON.dialResult, args, here };
  }

  /** Where this worker is to end, one that goes on does it, if there is one. */
  async #begin<Args, Reply>(callSid: string, beginning: Beginning<Args, Reply>): Promise<Reply> {
    const { own, siblings, isHere, leaving, successor } = this.#parts;
    await leaving(callSid);
    const other = own.isDraining && !isHere(callSid) ? successor() : undefined;
    const first = () => this.#first(callSid, beginning);
    if (other === undefined) return first();
    return unlessLost(askWorker(siblings, other, beginning.passedOn, beginning.args), first);
  }

  /**
   * It says that it has the call before it asks who has. Of two workers that are asked in one moment only the first has
   * it, and the other asks that one.
   */
  async #first<Args, Reply>(
    callSid: string,
    { question, args, here }: Beginning<Args, Reply>,
  ): Promise<Reply> {
    const { siblings, isHere, leaving } = this.#parts;
    await leaving(callSid);
    if (isHere(callSid)) return here();
    siblings.has(callSid);
    try {
      return await this.#where(callSid, question, args, here);
    } finally {
      if (!isHere(callSid)) siblings.hasNoMore(callSid);
    }
  }

  /** Asks the worker that has the call, or here. */
  async #where<Args, Reply>(
    callSid: string,
    question: WorkerQuestion<Args, Reply>,
    args: Args,
    here: () => Promise<Reply>,
  ): Promise<Reply> {
    const { siblings, isHere, leaving } = this.#parts;
    await leaving(callSid);
    if (isHere(callSid)) return here();
    const worker = await siblings.ownerOf(callSid);
    if (worker === undefined || worker === siblings.own) return here();
    return unlessLost(askWorker(siblings, worker, question, args), here);
  }

  /**
   * For another worker, which has been told that the call lives here: while it does. Nothing is brought back by one that is
   * to end, and that may have no time any more to open the door to its stream.
   */
  async #kept<Reply>(callSid: string, answer: () => Promise<Reply>): Promise<Reply> {
    const { own, isHere, leaving } = this.#parts;
    const left = leaving(callSid);
    await left;
    const isGone = left !== undefined || (own.isDraining && !isHere(callSid));
    if (isGone) throw new EngineError('SIBLING_LOST', 'the call has just been handed over');
    return answer();
  }
}

async function unlessLost<Reply>(asked: Promise<Reply>, here: () => Promise<Reply>): Promise<Reply> {
  try {
    return await asked;
  } catch (thrown) {
    if (noteOf(thrown, 'INTERNAL').code !== 'SIBLING_LOST') throw thrown;
    return here();
  }
}
