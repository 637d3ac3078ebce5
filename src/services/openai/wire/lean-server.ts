import type { AudioTag } from '../../../media/heard.ts';
import type { ServerEvent } from '../../../protocol/realtime-server-events.ts';

type Event = Exclude<ServerEvent, { type: 'response.output_audio.delta' }>;

/** Late events come within seconds; there are not that many responses in the time. */
const MAX_ENDED = 32;
/** What this side calls responses and items that the far end does not name. */
const OWN_RESPONSE = 'callchart_response_';
const OWN_ITEM = '_item';

/**
 * Adds the events that a lean Realtime server leaves out.
 *
 * The service names the response and the item of each delta, begins a response with `response.created` and ends a turn
 * with `input_audio_buffer.committed`. Look-alikes leave names out, or those events: what follows from the rest is told
 * in their place, so that nobody behind needs to know. Where everything is there, nothing is added.
 */
export class LeanServer {
  readonly #take: (event: Event) => void;
  /** Responses under way, the newest last, each with the item that was named last. */
  readonly #open = new Map<string, string | undefined>();
  readonly #ended = new Set<string>();
  /** The turn that has stopped and is in no conversation yet; null where it has no name. */
  #uncommitted: string | null | undefined;
  #unnamed = 0;

  /** @param take - takes the events, those that were left out before those that follow from them. */
  constructor(take: (event: Event) => void) {
    this.#take = take;
  }

  /** Whose audio it is. */
  tagOf(tag: AudioTag): AudioTag {
    const { responseId, itemId } = this.#placeOf(tag.responseId, tag.itemId);
    return responseId === tag.responseId && itemId === tag.itemId ? tag : { ...tag, responseId, itemId };
  }

  take(event: Event): void {
    switch (event.type) {
      case 'input_audio_buffer.speech_stopped':
        this.#uncommitted = event.item_id ?? null;
        this.#take(event);
        return;
      case 'input_audio_buffer.committed':
        this.#uncommitted = undefined;
        this.#take(event);
        return;
      case 'conversation.item.input_audio_transcription.completed':
      case 'conversation.item.input_audio_transcription.failed':
        this.#commit();
        this.#take(event);
        return;
      case 'response.created': {
        const id = event.response.id === '' ? this.#newId() : event.response.id;
        this.#begin(id);
        this.#take({ ...event, response: { ...event.response, id } });
        return;
      }
      case 'response.output_audio_transcript.delta':
      case 'response.output_audio_transcript.done': {
        const { responseId, itemId } = this.#placeOf(event.response_id, event.item_id);
        this.#take({ ...event, response_id: responseId, item_id: itemId });
        return;
      }
      case 'response.output_item.done': {
        const { responseId } = this.#placeOf(event.response_id, event.item.id);
        this.#take({ ...event, response_id: responseId });
        return;
      }
      case 'response.done': {
        if (event.response.id === '' && this.#open.size === 0) return; // Of nothing that was heard of.
        const id = this.#responseOf(event.response.id);
        this.#take({ ...event, response: { ...event.response, id } });
        this.#end(id);
        return;
      }
      case 'session.created':
      case 'session.updated':
      case 'input_audio_buffer.speech_started':
      case 'input_audio_buffer.timeout_triggered':
      case 'conversation.item.input_audio_transcription.delta':
      case 'conversation.item.added':
      case 'conversation.item.created':
      case 'response.output_item.added':
      case 'response.function_call_arguments.done':
      case 'error':
        this.#take(event);
    }
  }

  #placeOf(toldResponse: string, toldItem: string): { responseId: string; itemId: string } {
    const responseId = this.#responseOf(toldResponse);
    const itemId = toldItem === '' ? (this.#open.get(responseId) ?? `${responseId}${OWN_ITEM}`) : toldItem;
    if (this.#open.has(responseId)) this.#open.set(responseId, itemId);
    return { responseId, itemId };
  }

  /** The response that is meant, which has begun at the latest now. */
  #responseOf(told: string): string {
    const id = told === '' ? ([...this.#open.keys()].at(-1) ?? this.#newId()) : told;
    if (this.#open.has(id) || this.#ended.has(id)) return id;
    this.#begin(id);
    this.#take({ type: 'response.created', response: { id } });
    return id;
  }

  /** A far end that answers a turn, or writes it down, has it in its conversation. */
  #commit(): void {
    const itemId = this.#uncommitted;
    if (itemId === undefined) return;
    this.#uncommitted = undefined;
    this.#take({ type: 'input_audio_buffer.committed', item_id: itemId ?? undefined });
  }

  #begin(id: string): void {
    this.#commit();
    if (!this.#ended.has(id)) this.#open.set(id, undefined);
  }

  #end(id: string): void {
    this.#open.delete(id);
    this.#ended.add(id);
    const [oldest] = this.#ended;
    if (this.#ended.size > MAX_ENDED && oldest !== undefined) this.#ended.delete(oldest);
  }

  #newId(): string {
    return `${OWN_RESPONSE}${String(++this.#unnamed)}`;
  }
}
