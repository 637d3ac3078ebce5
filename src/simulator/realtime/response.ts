import type { ResponseParams } from '../../protocol/realtime-client-events.ts';
import { Cancellation } from './cancellation.ts';
import { type Entry, typedWords } from './conversation.ts';
import { readFacts } from '../answers/business-facts.ts';
import type { CalledTool, Prompt, Reply } from './dialogue.ts';
import type { Room } from './room.ts';
import { SpokenItem } from './spoken-item.ts';
import { sentencesOf } from './spoken-pieces.ts';
import { usageOf } from './usage.ts';
import { newId } from './wire.ts';

/** Of one second of speech. */
const TOKENS_PER_SECOND = 20;
const ZONE = /\b[A-Z][A-Za-z]+\/[A-Z][A-Za-z_/]+\b/;

type Status = 'in_progress' | 'completed' | 'cancelled' | 'failed' | 'incomplete';

interface Details {
  readonly type: Status;
  readonly reason?: string;
  readonly error?: { readonly type: string; readonly code: string; readonly message: string };
}

/** One response, from `response.created` to `response.done`, which is always sent. */
export class Response {
  readonly id = newId('resp');
  readonly cancellation = new Cancellation();
  readonly #room: Room;
  readonly #params: ResponseParams;
  readonly #entries: Entry[] = [];

  constructor(room: Room, params: ResponseParams) {
    this.#room = room;
    this.#params = params;
  }

  /** False for a response beside the conversation, which leaves no item in it. */
  get isDefault(): boolean {
    return this.#params.conversation !== 'none';
  }

  /** How long its audio is, in ms. */
  get audioMs(): number {
    return this.#entries.reduce((sum, { audioMs }) => sum + audioMs, 0);
  }

  async run(): Promise<void> {
    const { wire, faults, clock } = this.#room;
    wire.send({ type: 'response.created', response: this.#body('in_progress', null) });
    if (faults.failResponses !== undefined && faults.failResponses.count > 0) {
      faults.failResponses.count--;
      this.#done('failed', failure(faults.failResponses.code));
      return;
    }
    await this.cancellation.pause(clock, faults.firstAudioAfterMs ?? 0);
    try {
      const isCut = await this.#output();
      const { reason } = this.cancellation;
      if (reason !== undefined) this.#done('cancelled', { type: 'cancelled', reason });
      else if (isCut) this.#done('incomplete', { type: 'incomplete', reason: 'max_output_tokens' });
      else this.#done('completed', null);
    } catch {
      this.#done('failed', failure('server_error'));
    }
  }

  /** @returns whether the reply was cut by the limit of tokens. */
  async #output(): Promise<boolean> {
    const prompt = await this.cancellation.or(this.#prompt());
    if (prompt === undefined || this.cancellation.isCancelled()) return false;
    const reply = this.#reply(prompt);
    const sentences = sentencesOf(reply.say ?? '');
    if (sentences.length > 0) {
      const isText = (this.#params.output_modalities ?? this.#room.config.output_modalities).includes('text');
      if (isText) this.#write(sentences.join(' '));
      else if (await this.#speak(sentences)) return true;
    }
    if (reply.call !== undefined && !this.cancellation.isCancelled()) this.#call(reply.call);
    return false;
  }

  #prompt(): Promise<Prompt> {
    const { input } = this.#params;
    if (input === undefined) return this.#room.conversation.prompt();
    const words = input
      .map((item) =>
        item.type === 'item_reference' ? this.#room.conversation.find(item.id)?.words : typedWords(item),
      )
      .findLast((found) => found !== undefined);
    if (words === undefined) return Promise.resolve({ type: 'nothing', isFirst: false });
    return words.then((text) => ({ type: 'words', words: text }));
  }

  #reply(prompt: Prompt): Reply {
    const { config, dialogue, clock } = this.#room;
    const { instructions, tools = config.tools, tool_choice: choice = config.tool_choice } = this.#params;
    const zone = ZONE.exec(instructions ?? config.instructions)?.[0];
    const moment = { now: clock.now(), zone: zone !== undefined && isZone(zone) ? zone : 'UTC' };
    const facts = readFacts(config.instructions);
    const callable = tools.filter(({ name }) => isAllowed(choice, name));
    const reply = dialogue.reply(prompt, instructions, callable, moment, facts);
    const [first] = callable;
    const isForced = choice === 'required' || typeof choice === 'object';
    if (!isForced || reply.call !== undefined || first === undefined) return reply;
    return dialogue.forced(first, moment, facts);
  }

  async #speak(sentences: readonly string[]): Promise<boolean> {
    const isSplit = this.#room.faults.lateAudioDone === true && sentences.length > 1;
    const first = this.#spoken();
    await first.item.say(isSplit ? sentences.slice(0, 1) : sentences);
    if (!isSplit || this.cancellation.isCancelled()) {
      this.#finish(first);
      return first.item.isCut;
    }
    const second = this.#spoken();
    let isFirstDone = false;
    const finishFirst = () => {
      if (!isFirstDone) this.#finish(first);
      isFirstDone = true;
    };
    await second.item.say(sentences.slice(1), finishFirst);
    finishFirst();
    this.#finish(second);
    return second.item.isCut;
  }

  #spoken(): { entry: Entry; item: SpokenItem; index: number } {
    const { entry, index } = this.#add({ type: 'message', role: 'assistant', content: [] });
    const place = { response_id: this.id, item_id: entry.wire.id, output_index: index, content_index: 0 };
    this.#room.wire.send({
      type: 'response.content_part.added',
      ...place,
      part: { type: 'audio', transcript: '' },
    });
    const tokens = this.#params.max_output_tokens ?? this.#room.config.max_output_tokens;
    const item = new SpokenItem({
      room: this.#room,
      place,
      entry,
      cancellation: this.cancellation,
      format: this.#params.audio?.output?.format,
      voice: this.#params.audio?.output?.voice,
      limitMs: typeof tokens === 'number' ? (tokens * 1000) / TOKENS_PER_SECOND : Infinity,
    });
    return { entry, item, index };
  }

  #finish({ entry, item, index }: { entry: Entry; item: SpokenItem; index: number }): void {
    item.finish(!this.cancellation.isCancelled() && !item.isCut ? 'completed' : 'incomplete');
    this.#announce('done', entry, index);
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

  #call(call: CalledTool): void {
    const { wire, dialogue } = this.#room;
    const { name, arguments: text } = call;
    const callId = newId('call');
    dialogue.called(callId, call);
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

  #done(status: Status, details: Details | null): void {
    this.#room.wire.send({ type: 'response.done', response: this.#body(status, details) });
    this.#room.wire.send({
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

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
