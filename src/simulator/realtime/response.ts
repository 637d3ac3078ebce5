import type { ResponseParams } from '../../protocol/realtime-client-events.ts';
import { type Answer, type CalledFunction, type Prompt, type Sentence, whenKnown } from './answers.ts';
import { type Entry, typedWords } from './conversation.ts';
import type { Room } from './room.ts';
import { SpokenItem } from './spoken-item.ts';
import { usageOf } from './usage.ts';
import { newId } from './wire.ts';

/** Of one second of speech. */
const TOKENS_PER_SECOND = 20;

export type CancelReason = 'turn_detected' | 'client_cancelled';
type Status = 'in_progress' | 'completed' | 'cancelled' | 'failed' | 'incomplete';

interface Details {
  readonly type: Status;
  readonly reason?: string;
  readonly error?: { readonly type: string; readonly code: string; readonly message: string };
}

/** An audio message that has begun, and has no end yet. */
interface OpenItem {
  readonly entry: Entry;
  readonly item: SpokenItem;
  readonly index: number;
}

/**
 * One response, from `response.created` to `response.done`, which is always sent.
 *
 * What is known is sent in the tick in which it is known, and a cancellation is
 * over when `cancel` returns. So a client may be on the same thread and answer
 * an event before the next one is sent: what it cancels then ends with the step
 * that is being sent.
 */
export class Response {
  readonly id = newId('resp');
  readonly #room: Room;
  readonly #params: ResponseParams;
  readonly #finished: (response: Response) => void;
  readonly #entries: Entry[] = [];
  readonly #open: OpenItem[] = [];
  #timer: unknown;
  #isOver = false;
  #isSending = false;
  /** Why it ends when the step is sent that is being sent. */
  #cancelled: CancelReason | undefined;

  /** @param finished - told before `response.done` is sent: the next one may be asked for. */
  constructor(room: Room, params: ResponseParams, finished: (response: Response) => void) {
    this.#room = room;
    this.#params = params;
    this.#finished = finished;
  }

  /** False for a response beside the conversation, which leaves no item in it. */
  get isDefault(): boolean {
    return this.#params.conversation !== 'none';
  }

  /** How long its audio is, in ms. */
  get audioMs(): number {
    return this.#entries.reduce((sum, { audioMs }) => sum + audioMs, 0);
  }

  run(): void {
    const { wire, faults, clock } = this.#room;
    this.#step(() => {
      wire.send({ type: 'response.created', response: this.#body('in_progress', null) });
    });
    if (this.#isOver) return;
    if (faults.failResponses !== undefined && faults.failResponses.count > 0) {
      faults.failResponses.count--;
      this.#done('failed', failure(faults.failResponses.code));
      return;
    }
    const thinkMs = faults.firstAudioAfterMs ?? 0;
    if (thinkMs === 0) this.#ask();
    else {
      this.#timer = clock.setTimeout(() => {
        this.#ask();
      }, thinkMs);
    }
  }

  /** Ends it: what is in flight, the `.done` events, `response.done`. */
  cancel(reason: CancelReason): void {
    if (this.#isOver) return;
    if (this.#isSending) {
      this.#cancelled ??= reason;
      return;
    }
    this.#isOver = true;
    this.#room.clock.clearTimeout(this.#timer);
    this.#open.at(-1)?.item.stop();
    this.#finishItems('incomplete');
    this.#done('cancelled', { type: 'cancelled', reason });
  }

  /** The session is over: nothing more is sent. */
  drop(): void {
    this.#isOver = true;
    this.#room.clock.clearTimeout(this.#timer);
    for (const { item } of this.#open) item.drop();
  }

  /** Sends events that belong together; a cancellation waits for the last of them. */
  #step(send: () => void): void {
    this.#isSending = true;
    send();
    this.#isSending = false;
    if (this.#cancelled !== undefined) this.cancel(this.#cancelled);
  }

  #ask(): void {
    const { config, answers, conversation } = this.#room;
    const { input, tools = config.tools, tool_choice: choice = config.tool_choice } = this.#params;
    const question = {
      params: this.#params,
      session: config,
      tools: tools.filter(({ name }) => isAllowed(choice, name)),
      isForced: choice === 'required' || typeof choice === 'object',
      prompt: () => (input === undefined ? conversation.prompt() : this.#promptIn(input)),
      isOver: () => this.#isOver,
    };
    whenKnown(
      answers(question),
      (answer) => {
        if (!this.#isOver) this.#take(answer);
      },
      () => {
        this.#fail();
      },
    );
  }

  #promptIn(input: NonNullable<ResponseParams['input']>): Promise<Prompt> {
    const words = input
      .map((item) =>
        item.type === 'item_reference' ? this.#room.conversation.find(item.id)?.words : typedWords(item),
      )
      .findLast((found) => found !== undefined);
    if (words === undefined) return Promise.resolve({ type: 'nothing', isFirst: false });
    return words.then((text) => ({ type: 'words', words: text }));
  }

  #take({ sentences = [], calls = [] }: Answer): void {
    const { output_modalities = this.#room.config.output_modalities } = this.#params;
    const act = () => {
      for (const call of calls) {
        if (this.#isOver) return;
        this.#step(() => {
          this.#call(call);
        });
      }
      if (!this.#isOver) this.#done('completed', null);
    };
    if (sentences.length === 0) act();
    else if (output_modalities.includes('audio')) this.#speak(sentences, act);
    else {
      this.#step(() => {
        this.#write(sentences.map(({ text }) => text).join(''));
      });
      act();
    }
  }

  #speak(sentences: readonly Sentence[], then: () => void): void {
    const ended = (isCut: boolean) => {
      this.#step(() => {
        this.#finishItems(isCut ? 'incomplete' : 'completed');
      });
      if (this.#isOver) return;
      if (isCut) this.#done('incomplete', { type: 'incomplete', reason: 'max_output_tokens' });
      else then();
    };
    const isSplit = this.#room.faults.lateAudioDone === true && sentences.length > 1;
    if (!isSplit) {
      this.#say(sentences, ended);
      return;
    }
    this.#say(sentences.slice(0, 1), (isCut) => {
      if (isCut) ended(isCut);
      else
        this.#say(sentences.slice(1), ended, () => {
          this.#finishItems('completed', 1);
        });
    });
  }

  #say(sentences: readonly Sentence[], ended: (isCut: boolean) => void, afterFirstDelta?: () => void): void {
    const { wire, config } = this.#room;
    const tokens = this.#params.max_output_tokens ?? config.max_output_tokens;
    this.#step(() => {
      const { entry, index } = this.#add({ type: 'message', role: 'assistant', content: [] });
      const place = { response_id: this.id, item_id: entry.wire.id, output_index: index, content_index: 0 };
      wire.send({ type: 'response.content_part.added', ...place, part: { type: 'audio', transcript: '' } });
      const item = new SpokenItem({
        room: this.#room,
        place,
        entry,
        sentences,
        limitMs: typeof tokens === 'number' ? (tokens * 1000) / TOKENS_PER_SECOND : Infinity,
        step: (send) => {
          this.#step(send);
        },
        ended,
        failed: () => {
          this.#fail();
        },
        afterFirstDelta,
      });
      this.#open.push({ entry, item, index });
    });
    this.#open.at(-1)?.item.say();
  }

  /** @param count - how many of those that are open, the first ones. */
  #finishItems(status: 'completed' | 'incomplete', count = this.#open.length): void {
    for (const { entry, item, index } of this.#open.splice(0, count)) {
      item.finish(status);
      this.#announce('done', entry, index);
    }
  }

  #write(text: string): void {
    const { wire } = this.#room;
    const { entry, index } = this.#add({ type: 'message', role: 'assistant', content: [] });
    const place = { response_id: this.id, item_id: entry.wire.id, output_index: index, content_index: 0 };
    wire.send({ type: 'response.content_part.added', ...place, part: { type: 'text', text: '' } });
    for (const delta of text.split(/(?<=\s)/))
      wire.send({ type: 'response.output_text.delta', ...place, delta });
    wire.send({ type: 'response.output_text.done', ...place, text });
    wire.send({ type: 'response.content_part.done', ...place, part: { type: 'text', text } });
    entry.wire = { ...entry.wire, status: 'completed', content: [{ type: 'output_text', text }] };
    this.#announce('done', entry, index);
  }

  #call({ name, arguments: text, callId = newId('call') }: CalledFunction): void {
    const { wire } = this.#room;
    const { entry, index } = this.#add({ type: 'function_call', name, call_id: callId, arguments: '' });
    const place = { response_id: this.id, item_id: entry.wire.id, output_index: index, call_id: callId };
    const half = text.length >> 1;
    for (const delta of [text.slice(0, half), text.slice(half)]) {
      wire.send({ type: 'response.function_call_arguments.delta', ...place, delta });
    }
    wire.send({ type: 'response.function_call_arguments.done', ...place, name, arguments: text });
    entry.wire = { ...entry.wire, status: 'completed', arguments: text };
    this.#announce('done', entry, index);
  }

  #add(item: { readonly type: string; readonly [field: string]: unknown }): { entry: Entry; index: number } {
    const entry: Entry = {
      wire: { id: newId('item'), object: 'realtime.item', status: 'in_progress', ...item },
      audioMs: 0,
    };
    const index = this.#entries.push(entry) - 1;
    if (this.isDefault) this.#room.conversation.append(entry);
    this.#announce('added', entry, index);
    return { entry, index };
  }

  #announce(what: 'added' | 'done', { wire: item }: Entry, index: number): void {
    const { wire, conversation, faults } = this.#room;
    const events = [
      { type: `response.output_item.${what}`, response_id: this.id, output_index: index, item },
      ...(this.isDefault
        ? [{ type: `conversation.item.${what}`, previous_item_id: conversation.before(item.id), item }]
        : []),
    ];
    for (const event of faults.conversationFirst === true ? events.toReversed() : events) wire.send(event);
  }

  #fail(): void {
    if (this.#isOver) return;
    for (const { item } of this.#open.splice(0)) item.drop();
    this.#done('failed', failure('server_error'));
  }

  #done(status: Status, details: Details | null): void {
    const { wire } = this.#room;
    this.#isOver = true;
    this.#finished(this);
    wire.send({ type: 'response.done', response: this.#body(status, details) });
    wire.send({
      type: 'rate_limits.updated',
      rate_limits: [{ name: 'tokens', limit: 40_000, remaining: 39_000, reset_seconds: 1 }],
    });
  }

  #body(status: Status, details: Details | null) {
    const { config, conversation } = this.#room;
    return {
      object: 'realtime.response',
      id: this.id,
      status,
      status_details: details,
      output: this.#entries.map(({ wire }) => wire),
      conversation_id: this.isDefault ? conversation.id : null,
      output_modalities: this.#params.output_modalities ?? config.output_modalities,
      max_output_tokens: this.#params.max_output_tokens ?? config.max_output_tokens,
      audio: { output: { ...config.audio.output, ...this.#params.audio?.output } },
      usage: status === 'in_progress' ? null : usageOf(this.#entries, config.instructions),
      metadata: this.#params.metadata ?? null,
    };
  }
}

function isAllowed(choice: ResponseParams['tool_choice'], name: string): boolean {
  return typeof choice === 'object' ? choice.name === name : choice !== 'none';
}

const failure = (code: string): Details => ({
  type: 'failed',
  error: { type: 'server_error', code, message: 'The response could not be generated.' },
});
