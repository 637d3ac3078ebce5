import type { ResponsePurpose } from '../../../machines/call/call.events.ts';
import { OpenCount, type OnMiscount } from '../wire/open-count.ts';

/** A response that somebody wants. */
export interface ResponseRequest {
  readonly purpose: ResponsePurpose;
  readonly text: string | undefined;
  /** How many items had been sent when it was asked for: a response that knows them all needs no second one. */
  afterItems: number;
}

/** A response that has begun. */
export interface ActiveResponse {
  readonly purpose: ResponsePurpose;
  /** Nobody wants it any more: it is to be cancelled, and nothing is told of it. */
  readonly isForgotten: boolean;
  /** The request on its way when it began, where the far end did not say whose it is. */
  readonly mayAnswer: string | undefined;
  /** How many items had been sent before it was asked for; -1 for one that nobody asked for. */
  readonly afterItems: number;
  /** What it is to say, where it was asked to say something. */
  readonly text: string | undefined;
}

interface Creating {
  readonly tag: string;
  readonly request: ResponseRequest;
  /** How many items had been sent before it: it knows them all. */
  readonly afterItems: number;
  /** The far end's own response has done meanwhile what this one is for. */
  isMoot: boolean;
  isForgotten: boolean;
}

/** Those that answer the conversation as it stands: any later response does so too. */
const ANSWERS: ReadonlySet<ResponsePurpose> = new Set(['reply', 'toolAnswer']);
/** Those that fill a silence: pointless once anything else is said. */
const FILLS: ReadonlySet<ResponsePurpose> = new Set(['idlePrompt', 'filler']);

/** A refusal comes within a round trip. */
const MAX_PRESUMED = 8;

/**
 * One response at a time.
 *
 * The service refuses a second one (`conversation_already_has_active_response`),
 * and it begins some by itself, so that a request and a response of its own can
 * cross on the wire. Requests wait here; one is sent when nothing runs and
 * nothing is on its way. A refused one waits again. It is dropped only when it
 * is moot: a newer response has already said what it was for.
 */
export class ResponseSequencer {
  readonly #send: (request: ResponseRequest, tag: string) => void;
  readonly #onMiscount: OnMiscount;
  readonly #queue: ResponseRequest[] = [];
  readonly #active = new Map<string, ActiveResponse>();
  #creating: Creating | undefined;
  /** A request was refused because of a response that is to end first. */
  #isRefused = false;
  /** A request was refused although nothing was seen to run: tried again at once, but only once. */
  #isPuzzled = false;
  /** Whether the far end repeats the tag of a request, learned from the first response that shows it. */
  #tags: 'unknown' | 'repeated' | 'ignored' = 'unknown';
  /** Requests taken for answered by a response without a tag. A refusal shows the mistake. */
  readonly #presumed = new Map<string, ResponseRequest>();
  #lastTag = 0;
  #itemsSent = 0;
  #itemsKnown = 0;
  /** Tool calls that the call was told of and has not answered. */
  readonly #openTools: OpenCount;

  /**
   * @param send - sends `response.create` with the tag as event id and in its metadata.
   * @param onMiscount - told when a tool is answered that was not open, or an item is known that was not sent.
   */
  constructor(send: (request: ResponseRequest, tag: string) => void, onMiscount: OnMiscount) {
    this.#send = send;
    this.#onMiscount = onMiscount;
    this.#openTools = new OpenCount('open tools', onMiscount);
  }

  /** A response is running, or was asked for: silence of the far end is not its right. */
  get isOwed(): boolean {
    return this.#creating !== undefined || this.#active.size > 0 || this.#isRefused;
  }

  /** What was asked for and has not begun, in order. */
  get unbegun(): readonly Pick<ResponseRequest, 'purpose' | 'text'>[] {
    const creating = this.#creating;
    const isWanted = creating !== undefined && !creating.isForgotten && !creating.isMoot;
    return isWanted ? [creating.request, ...this.#queue] : this.#queue;
  }

  /** Nothing runs, nothing was asked for, and no tool is at work: then nothing waits, either. */
  get isAtRest(): boolean {
    return !this.isOwed && this.#openTools.open === 0;
  }

  /** A response of the conversation is running: the far end begins none by itself meanwhile. */
  get isBusy(): boolean {
    return [...this.#active.values()].some(({ purpose }) => purpose !== 'filler');
  }

  /** A turn was committed that the far end does not answer by itself. A request that it has yet to take knows the turn. */
  turnUnanswered(): void {
    this.request('reply');
  }

  /** Queues a response, unless one that waits will say the same. */
  request(purpose: ResponsePurpose, text?: string): void {
    if (purpose === 'toolAnswer' && this.#isAnswerOnItsWay) return;
    // The far end tells of a turn before it tells of a response that knows the turn.
    if (purpose === 'reply' && this.#isAnswerAsked && this.#creating?.isMoot === false) return;
    if (ANSWERS.has(purpose)) this.#keep((waiting) => !this.#isCovered(waiting.purpose, purpose));
    else if (FILLS.has(purpose) && this.#queue.length > 0) return;
    this.#queue.push({ purpose, text, afterItems: this.#itemsSent });
    this.#createNext();
  }

  /** The model has called a tool: its answer is waited for. */
  toolAsked(): void {
    this.#openTools.opened();
  }

  /** A tool call has its answer, and that item was sent. */
  toolAnswered(): void {
    this.#openTools.closed();
    for (const request of this.#queue) {
      if (request.purpose === 'toolAnswer') request.afterItems = this.#itemsSent;
    }
    this.#createNext();
  }

  /** An item was put into the conversation; `itemKnown` follows, in the same order. */
  itemSent(): void {
    this.#itemsSent++;
  }

  /** The far end has taken an item, or refused it: every response that begins from now on was made with it. */
  itemKnown(): void {
    if (this.#itemsKnown === this.#itemsSent) this.#onMiscount('items known');
    else this.#itemsKnown++;
  }

  /**
   * A response has begun.
   * @param tag - of the request it answers; null when it answers none; undefined when the far end does not say.
   * @param mayBeOwn - the far end is allowed to begin responses by itself.
   */
  created(id: string, tag: string | null | undefined, mayBeOwn: boolean): ActiveResponse {
    const creating = this.#creating;
    if (typeof tag === 'string') this.#tags = 'repeated';
    const isUnsaid = typeof tag !== 'string' && this.#tags !== 'repeated';
    if (creating !== undefined && (tag === creating.tag || (isUnsaid && !mayBeOwn))) {
      if (isUnsaid) this.#tags = 'ignored';
      this.#creating = undefined;
      this.#isPuzzled = false;
      const { afterItems, isForgotten, request } = creating;
      const { purpose, text } = request;
      return this.#begin(id, { purpose, text, isForgotten, mayAnswer: undefined, afterItems });
    }
    this.#dropWhatIsMoot();
    const isOpen = isUnsaid && (tag === undefined || this.#tags === 'ignored');
    const mayAnswer = isOpen ? creating?.tag : undefined;
    return this.#begin(id, {
      purpose: 'reply',
      text: undefined,
      isForgotten: false,
      mayAnswer,
      afterItems: -1,
    });
  }

  /** A response is over, whatever became of it. */
  done(id: string): void {
    const mayAnswer = this.#active.get(id)?.mayAnswer;
    this.#active.delete(id);
    this.#isRefused = false;
    this.#isPuzzled = false;
    if (mayAnswer !== undefined) this.#presume(mayAnswer);
    this.#createNext();
  }

  /**
   * The far end has refused a request because another response runs: it waits for that one. False when nobody asked.
   * @param tag - of the request; undefined when the far end does not say, and then it is the one on its way.
   */
  refused(tag: string | undefined): boolean {
    const creating = this.#take(tag ?? this.#creating?.tag);
    const presumed = tag === undefined ? undefined : this.#presumed.get(tag);
    if (presumed !== undefined && tag !== undefined) {
      this.#presumed.delete(tag);
      this.#queue.unshift(presumed);
    } else if (creating === undefined) return false;
    else if (!creating.isMoot && !creating.isForgotten) this.#queue.unshift(creating.request);
    // What is in the way ends later on the same wire; when none is seen, it may have ended just now.
    this.#isRefused = this.#active.size > 0 || this.#isPuzzled;
    this.#isPuzzled = true;
    this.#createNext();
    return true;
  }

  /** The request of that tag was sent, and has no answer yet. */
  isOnItsWay(tag: string): boolean {
    return this.#creating?.tag === tag;
  }

  /** The far end will not make this one: it is not asked for again. Undefined when nobody asked, or nobody wants it. */
  failed(tag: string): ResponsePurpose | undefined {
    const creating = this.#take(tag);
    if (creating === undefined) return undefined;
    this.#createNext();
    return creating.isForgotten ? undefined : creating.request.purpose;
  }

  /** Forgets what waits; answers which responses are running. One that is on its way is forgotten when it begins. */
  cancel(): readonly string[] {
    this.#queue.length = 0;
    this.#presumed.clear();
    if (this.#creating !== undefined) this.#creating.isForgotten = true;
    // Whatever was in the way without being seen is waited for no longer.
    if (this.#active.size === 0) this.#isRefused = false;
    this.#isPuzzled = false;
    return [...this.#active.keys()];
  }

  #begin(id: string, response: ActiveResponse): ActiveResponse {
    this.#active.set(id, response);
    return response;
  }

  #presume(tag: string): void {
    const creating = this.#take(tag);
    if (creating === undefined || creating.isMoot || creating.isForgotten) return;
    this.#presumed.set(tag, creating.request);
    const [oldest] = this.#presumed.keys();
    if (this.#presumed.size > MAX_PRESUMED && oldest !== undefined) this.#presumed.delete(oldest);
  }

  #take(tag: string | undefined): Creating | undefined {
    const creating = this.#creating;
    if (creating === undefined || creating.tag !== tag) return undefined;
    this.#creating = undefined;
    return creating;
  }

  #createNext(): void {
    if (this.#creating !== undefined || this.#active.size > 0 || this.#isRefused) return;
    const next = this.#queue.findIndex(({ purpose }) => !this.#isWaiting(purpose));
    const [request] = next === -1 ? [] : this.#queue.splice(next, 1);
    if (request === undefined) return;
    const tag = `response_${String(++this.#lastTag)}`;
    this.#creating = { tag, request, afterItems: this.#itemsSent, isMoot: false, isForgotten: false };
    this.#send(request, tag);
  }

  /** The far end has begun a response by itself, with every item it knows by now. */
  #dropWhatIsMoot(): void {
    const isMoot = ({ purpose, afterItems }: ResponseRequest) =>
      FILLS.has(purpose) ||
      (ANSWERS.has(purpose) && !this.#isWaiting(purpose) && afterItems <= this.#itemsKnown);
    this.#keep((waiting) => !isMoot(waiting));
    if (this.#creating !== undefined && isMoot(this.#creating.request)) this.#creating.isMoot = true;
  }

  /** A response was asked for, and may have begun, that knows every output. */
  get #isAnswerOnItsWay(): boolean {
    return this.#isAnswerAsked || [...this.#active.values()].some((response) => this.#answersAll(response));
  }

  get #isAnswerAsked(): boolean {
    const creating = this.#creating;
    return creating !== undefined && this.#answersAll({ ...creating, purpose: creating.request.purpose });
  }

  #answersAll(response: Pick<ActiveResponse, 'afterItems' | 'isForgotten' | 'purpose'>): boolean {
    const { afterItems, isForgotten, purpose } = response;
    return ANSWERS.has(purpose) && !isForgotten && afterItems === this.#itemsSent;
  }

  /** One response answers every tool call, so it waits for the last output. */
  #isWaiting(purpose: ResponsePurpose): boolean {
    return purpose === 'toolAnswer' && this.#openTools.open > 0;
  }

  /** A waiting request that a new answer makes needless. One that waits for a tool, or does, covers only its like. */
  #isCovered(waiting: ResponsePurpose, answer: ResponsePurpose): boolean {
    if (FILLS.has(waiting) || waiting === answer) return true;
    return ANSWERS.has(waiting) && !this.#isWaiting(waiting) && !this.#isWaiting(answer);
  }

  #keep(isWanted: (request: ResponseRequest) => boolean): void {
    const wanted = this.#queue.filter(isWanted);
    this.#queue.splice(0, this.#queue.length, ...wanted);
  }
}
