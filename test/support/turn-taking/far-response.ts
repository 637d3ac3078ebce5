import type { AgentVoice } from './agent-voice.ts';
import { MODEL_BYTES_PER_MS } from './agent-voice.ts';
import type { Chance } from './chance.ts';
import type { ModelMemory, RememberedItem } from './model-memory.ts';
import type { ResponsePlan, SpeechPlan, ToolPlan } from './response-plan.ts';
import type { VirtualClock } from '../virtual-clock.ts';

export interface FarResponseOptions {
  readonly id: string;
  readonly plan: ResponsePlan;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly isInConversation: boolean;
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly voice: AgentVoice;
  readonly memory: ModelMemory;
  readonly newItemId: () => string;
  readonly tell: (type: string, fields: Fields) => void;
  readonly onDone: (status: ResponseStatus) => void;
}

/** An event, less its type. */
export type Fields = Readonly<Record<string, unknown>>;

export type ResponseStatus = 'completed' | 'cancelled' | 'failed' | 'incomplete';

interface Step {
  readonly atMs: number;
  readonly isDelta: boolean;
  readonly act: () => void;
}

/** One response of the far end: made by its plan, faster than it is heard, until it is done or cancelled. */
export class FarResponse {
  readonly id: string;
  readonly #options: FarResponseOptions;
  readonly #steps: Step[] = [];
  readonly #output: object[] = [];
  /** What has begun and not ended, as it is told when it ends. */
  readonly #open: { readonly finish: (status: 'completed' | 'incomplete') => void }[] = [];
  readonly #startedAt: number;
  #timer: unknown;
  #next = 0;
  #whenGone: (() => void)[] = [];
  /** Nothing is made any more; `response.done` may be still to come. */
  isOver = false;

  constructor(options: FarResponseOptions) {
    this.id = options.id;
    this.#options = options;
    this.#startedAt = options.clock.now();
    this.#write();
  }

  start(): void {
    this.#options.tell('response.created', { response: this.#body('in_progress') });
    this.#walk();
  }

  /** Generation stops; what is on its way still arrives. */
  cancel(reason: string): void {
    if (this.isOver) return;
    this.#options.clock.clearTimeout(this.#timer);
    this.isOver = true;
    this.#options.clock.setTimeout(
      () => {
        this.#finishInFlight();
        for (const { finish } of this.#open.splice(0)) finish('incomplete');
        this.#done('cancelled', reason);
      },
      this.#options.chance.int(0, 25),
    );
  }

  /** It was cancelled: calls back when that is told. */
  whenGone(then: () => void): void {
    this.#whenGone.push(then);
  }

  #finishInFlight(): void {
    let deltas = 0;
    while (deltas < this.#options.plan.inFlight) {
      const step = this.#steps[this.#next++];
      if (step === undefined) return;
      step.act();
      if (step.isDelta) deltas++;
    }
  }

  #body(status: string, reason?: string): object {
    const { id, metadata, isInConversation } = this.#options;
    const { errorCode } = this.#options.plan;
    const why = errorCode === undefined ? { reason } : { error: { type: errorCode, code: errorCode } };
    const details = reason === undefined ? null : { type: status, ...why };
    const conversation_id = isInConversation ? 'conv_1' : null;
    return { id, status, status_details: details, metadata, conversation_id, output: this.#output };
  }

  #done(status: ResponseStatus, reason?: string): void {
    this.isOver = true;
    const done = () => {
      this.#options.tell('response.done', { response: this.#body(status, reason) });
    };
    this.#options.onDone(status);
    done();
    if (this.#options.plan.isRepeating) done();
    for (const then of this.#whenGone.splice(0)) then();
  }

  #walk(): void {
    const elapsed = this.#options.clock.now() - this.#startedAt;
    for (let step = this.#steps[this.#next]; step !== undefined; step = this.#steps[this.#next]) {
      if (step.atMs > elapsed) {
        this.#timer = this.#options.clock.setTimeout(() => {
          this.#walk();
        }, step.atMs - elapsed);
        return;
      }
      this.#next++;
      step.act();
      // What was told may have made the client cancel it.
      if (this.isOver) return;
    }
    const { plan } = this.#options;
    this.#done(plan.status, plan.status === 'completed' ? undefined : plan.reason);
  }

  #write(): void {
    const { plan } = this.#options;
    let atMs = plan.firstAfterMs;
    let late: (() => void) | undefined;
    for (const [index, output] of plan.outputs.entries()) {
      if (output.kind === 'tool') {
        this.#steps.push({ atMs, isDelta: false, act: this.#tool(output, index) });
        continue;
      }
      const isLast = plan.outputs[index + 1]?.kind !== 'speech';
      const isBroken = plan.status !== 'completed' && index === plan.outputs.length - 1;
      const part = this.#speech(output, index, atMs, late, {
        isDoneLate: plan.isAudioDoneLate && !isLast,
        isBroken,
      });
      late = part.late;
      atMs = part.endMs;
    }
  }

  #speech(
    { ms, words }: SpeechPlan,
    output_index: number,
    startMs: number,
    late: (() => void) | undefined,
    { isDoneLate, isBroken }: { isDoneLate: boolean; isBroken: boolean },
  ): { endMs: number; late: (() => void) | undefined } {
    const { chance, isInConversation, memory, newItemId, plan, tell, voice } = this.#options;
    const perMs = MODEL_BYTES_PER_MS[voice.mode];
    let item: RememberedItem | undefined;
    let utterance = { itemId: '', colour: 0 };
    let text = '';
    const place = () => ({ response_id: this.id, item_id: utterance.itemId, output_index, content_index: 0 });
    const push = (atMs: number, act: () => void, isDelta = false) => this.#steps.push({ atMs, isDelta, act });
    const audioDone = () => {
      tell('response.output_audio.done', place());
    };
    const finish = (status: 'completed' | 'incomplete') => {
      if (item !== undefined) item.isCutShort = status === 'incomplete';
      tell('response.output_audio_transcript.done', { ...place(), transcript: text });
      tell('response.content_part.done', { ...place(), part: { type: 'audio', transcript: text } });
      const wire = { id: utterance.itemId, type: 'message', role: 'assistant', status };
      const done = () => {
        tell('response.output_item.done', { response_id: this.id, output_index, item: wire });
      };
      done();
      if (plan.isRepeating) done();
      tell('conversation.item.done', { item: wire });
      this.#output.push(wire);
    };
    const open = { finish };

    push(startMs, () => {
      utterance = voice.begin(newItemId());
      const { itemId } = utterance;
      item = memory.begin({ itemId, ms, words, wordsLeadMs: plan.wordsLeadMs, isInConversation });
      this.#open.push(open);
      const wire = {
        id: utterance.itemId,
        type: 'message',
        role: 'assistant',
        status: 'in_progress',
        content: [],
      };
      const isAdded = () => {
        tell('conversation.item.added', { item: wire });
      };
      if (plan.isItemAddedFirst) isAdded();
      tell('response.output_item.added', { response_id: this.id, output_index, item: wire });
      if (!plan.isItemAddedFirst) isAdded();
      tell('response.content_part.added', { ...place(), part: { type: 'audio', transcript: '' } });
    });

    const letters = words.reduce((sum, word) => sum + word.length + 1, 0);
    const bytes = Math.round(ms * perMs);
    let word = 0;
    let lettersBefore = 0;
    let atMs = startMs;
    for (let from = 0; from < bytes;) {
      const to = Math.min(bytes, from + chance.int(...plan.deltaBytes));
      const toMs = to / perMs;
      const said: string[] = [];
      while (word < words.length && (lettersBefore / letters) * ms < toMs + plan.wordsLeadMs) {
        const next = words[word++] ?? '';
        said.push(word === 1 ? next : ` ${next}`);
        lettersBefore += next.length + 1;
      }
      if (said.length > 0) {
        push(atMs, () => {
          for (const delta of said) {
            text += delta;
            tell('response.output_audio_transcript.delta', { ...place(), delta });
          }
        });
      }
      const start = from;
      push(
        atMs,
        () => {
          if (item !== undefined) memory.made(item, (to - start) / perMs);
          tell('response.output_audio.delta', {
            ...place(),
            delta: voice.audio(utterance, start, to).toString('base64'),
          });
          if (start === 0) late?.();
        },
        true,
      );
      const { afterMs, forMs } = plan.stall ?? { afterMs: 0, forMs: 0 };
      const isStalled = from / perMs < afterMs && toMs >= afterMs;
      atMs += Math.round((to - from) / perMs / plan.speed) + (isStalled ? forMs : 0);
      from = to;
    }
    push(atMs, () => {
      if (!isDoneLate) audioDone();
      this.#open.splice(this.#open.indexOf(open), 1);
      finish(isBroken ? 'incomplete' : 'completed');
    });
    return { endMs: atMs, late: isDoneLate ? audioDone : undefined };
  }

  #tool({ name, args }: ToolPlan, output_index: number): () => void {
    return () => {
      const { memory, newItemId, plan, tell } = this.#options;
      const id = newItemId();
      const call_id = `call_${id}`;
      memory.calls.add(call_id);
      const wire = { id, type: 'function_call', name, call_id, arguments: JSON.stringify(args) };
      tell('response.output_item.added', {
        response_id: this.id,
        output_index,
        item: { ...wire, arguments: '' },
      });
      tell('conversation.item.added', { item: { ...wire, arguments: '' } });
      tell('response.function_call_arguments.done', { response_id: this.id, ...wire });
      const item = { ...wire, status: 'completed' };
      const done = () => {
        tell('response.output_item.done', { response_id: this.id, output_index, item });
      };
      done();
      if (plan.isRepeating) done();
      this.#output.push(item);
    };
  }
}
