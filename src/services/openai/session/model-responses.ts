import type { ResponseOutcome, ResponsePurpose } from '../../../machines/call/call.events.ts';
import type {
  ConversationFact,
  ResponseOrder,
  SocketFact,
} from '../../../machines/session/session.events.ts';
import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import type { ClientEvent } from '../../../protocol/realtime-client-events.ts';
import type { ServerEventOf } from '../../../protocol/realtime-server-events.ts';
import type { AgentAudio } from './agent-audio.ts';
import type { CallerLanguage } from '../memory/caller-language.ts';
import type { ConversationItems } from './conversation-items.ts';
import type { MemoryCuts } from '../memory/memory-cuts.ts';
import { isFatal } from '../wire/model-errors.ts';
import { socketEnd } from '../wire/socket-end.ts';
import { responseParams, TAG } from './response-params.ts';
import type { ResponseSequencer } from './response-sequencer.ts';
import { usageOfResponse } from './usage-report.ts';

type OutputItem = ServerEventOf<'response.output_item.done'>['item'];
type Response = ServerEventOf<'response.done'>['response'];

interface RunningResponse {
  readonly purpose: ResponsePurpose;
  /** What it was asked to say, where it was asked to say something. */
  readonly text: string | undefined;
  /** It was cancelled before it began: the call never hears of it. */
  readonly isForgotten: boolean;
  toolCalls: number;
  /** Told by their arguments, and not yet by their items. */
  readonly argued: OutputItem[];
}

export interface ResponsesDeps {
  readonly profile: AgentProfile;
  readonly language: CallerLanguage;
  readonly send: (event: ClientEvent) => void;
  readonly tell: (fact: ConversationFact | SocketFact) => void;
  readonly sequencer: ResponseSequencer;
  readonly audio: AgentAudio;
  readonly conversation: ConversationItems;
  readonly cuts: MemoryCuts;
}

type Wanted = Pick<RunningResponse, 'purpose' | 'text'>;

const orderOf = ({ purpose, text }: Wanted): ResponseOrder => ({
  type: 'createResponse',
  purpose,
  ...(text !== undefined && { text }),
});

/** Our own reason of an end: the socket was lost in the middle of it. */
const SESSION_LOST = 'session_lost';

/** The far end refuses a second response while one runs. */
const ALREADY_ACTIVE = 'conversation_already_has_active_response';

/** The responses of a session, from the far end's first word of them to the last, as the call is told of them. */
export class ModelResponses {
  readonly #deps: ResponsesDeps;
  readonly #running = new Map<string, RunningResponse>();
  readonly #toldCalls = new Set<string>();
  /** Of functions, by the ids of their items and calls, where they were named in advance. */
  readonly #names = new Map<string, string>();

  constructor(deps: ResponsesDeps) {
    this.#deps = deps;
  }

  isRunning(responseId: string): boolean {
    return this.#running.has(responseId);
  }

  /** Stops what runs, and drops what still arrives of it. What has been generated in full is not there to cancel. */
  cancel(): void {
    for (const responseId of this.#deps.sequencer.cancel()) {
      if (this.#running.has(responseId)) this.#cancel(responseId);
    }
  }

  /** @param mayBeOwn - the far end is allowed to begin responses by itself. */
  created({ response }: ServerEventOf<'response.created'>, mayBeOwn: boolean): void {
    if (this.#running.has(response.id)) return;
    const { metadata } = response;
    const tag = metadata === undefined ? undefined : (metadata?.[TAG] ?? null);
    const { purpose, text, isForgotten } = this.#deps.sequencer.created(response.id, tag, mayBeOwn);
    this.#running.set(response.id, { purpose, text, isForgotten, toolCalls: 0, argued: [] });
    this.#deps.audio.begin(response.id, purpose === 'filler');
    if (isForgotten) this.#cancel(response.id);
    else this.#deps.tell({ type: 'response.started', responseId: response.id, purpose });
  }

  itemDone({ response_id: responseId, item }: ServerEventOf<'response.output_item.done'>): void {
    if (item.type === 'function_call') this.#toolCall(responseId, item, item.status === 'completed');
    else this.#deps.audio.itemFinal(responseId, item.id, item.status !== 'incomplete');
  }

  itemAdded({ item }: ServerEventOf<'response.output_item.added'>): void {
    const { id, call_id, name } = item;
    if (name) for (const key of [id, call_id]) if (key) this.#names.set(key, name);
  }

  /** Kept until the response is done: then it is known whether the arguments are whole. */
  argumentsDone(event: ServerEventOf<'response.function_call_arguments.done'>): void {
    const { response_id, item_id: id, arguments: json } = event;
    const callId = event.call_id ?? id ?? undefined;
    const [onlyId] = this.#running.size === 1 ? this.#running.keys() : [];
    const running = this.#running.get(response_id ?? onlyId ?? '');
    if (callId === undefined || running === undefined) return;
    const name = event.name ?? this.#names.get(id ?? '') ?? this.#names.get(callId);
    const item = { id: id ?? callId, type: 'function_call', call_id: callId, arguments: json };
    running.argued.push(name === undefined ? item : { ...item, name });
  }

  done({ response }: ServerEventOf<'response.done'>): void {
    const running = this.#running.get(response.id);
    const { audio, cuts, sequencer, tell } = this.#deps;
    const status = statusOf(response.status);
    if (running !== undefined) {
      // A far end that tells no items by themselves tells them here.
      for (const item of response.output ?? []) {
        const isWhole = item.status === 'completed' || (item.status === undefined && status === 'completed');
        if (item.type === 'function_call') this.#toolCall(response.id, item, isWhole);
      }
      for (const item of running.argued) this.#toolCall(response.id, item, status === 'completed');
      this.#running.delete(response.id);
      if (this.#running.size === 0) this.#names.clear();
      cuts.responseDone(response.id);
      if (response.usage) tell({ type: 'usage.reported', usage: usageOfResponse(response.usage) });
      if (!running.isForgotten) this.#tellFinished(running, response, status);
      this.#tellRefusal(response.status_details?.error?.code);
    }
    cuts.unheard(audio.end(response.id, status === 'completed'));
    sequencer.done(response.id);
  }

  /**
   * The session is gone. A response of which something was passed on is told to have failed, or to be complete where all
   * of its audio had come; of any other nothing is told, for it is owed as before.
   */
  lost(): { readonly owed: readonly ResponseOrder[]; readonly isCutShort: boolean } {
    const { audio, sequencer, tell } = this.#deps;
    const owed: Wanted[] = [];
    let isCutShort = false;
    for (const [responseId, { isForgotten, purpose, text, toolCalls }] of this.#running) {
      if (isForgotten || audio.isDiscarded(responseId)) continue;
      const audioMs = audio.msOf(responseId);
      if (audioMs === 0 && toolCalls === 0) {
        owed.push({ purpose, text });
        continue;
      }
      const isWhole = audioMs === 0 || audio.isItemWhole(responseId);
      const status = isWhole ? 'completed' : 'failed';
      isCutShort ||= !isWhole;
      const outcome = { status, reason: SESSION_LOST, hadAudio: audioMs > 0, audioMs, toolCalls } as const;
      tell({ type: 'response.finished', responseId, purpose, outcome });
    }
    const orders = [...owed, ...sequencer.unbegun].filter(({ purpose }) => purpose !== 'filler');
    return { owed: orders.map(orderOf), isCutShort };
  }

  /** The far end has refused an event. True when it was a request for a response. */
  refused(eventId: string | undefined, code: string | undefined): boolean {
    const { sequencer, tell } = this.#deps;
    if (code === ALREADY_ACTIVE) return sequencer.refused(eventId);
    if (eventId === undefined || !sequencer.isOnItsWay(eventId)) return false;
    const purpose = sequencer.failed(eventId);
    if (purpose !== undefined) {
      const reason = code === undefined ? {} : { reason: code };
      const outcome = { status: 'failed', ...reason, hadAudio: false, audioMs: 0, toolCalls: 0 } as const;
      tell({ type: 'response.finished', responseId: eventId, purpose, outcome });
    }
    return true;
  }

  /** Asks for a response. */
  ask(purpose: ResponsePurpose, text: string | undefined, tag: string): void {
    const { language, profile, send } = this.#deps;
    const response = responseParams(profile, { purpose, text, tag, spoken: language.current });
    send({ type: 'response.create', event_id: tag, response });
  }

  #cancel(responseId: string): void {
    if (this.#deps.audio.isDiscarded(responseId)) return;
    this.#deps.audio.discard(responseId);
    this.#deps.send({ type: 'response.cancel', response_id: responseId });
  }

  #toolCall(responseId: string, item: OutputItem, isWhole: boolean): void {
    const { call_id: toolCallId, name, arguments: argumentsJson = '{}' } = item;
    if (!isWhole || toolCallId === undefined || name === undefined) return;
    if (this.#toldCalls.has(toolCallId)) return;
    this.#toldCalls.add(toolCallId);
    const { audio, conversation, tell } = this.#deps;
    if (audio.isDiscarded(responseId)) {
      conversation.declineTool(toolCallId);
      return;
    }
    const running = this.#running.get(responseId);
    if (running !== undefined) running.toolCalls++;
    const request = { toolCallId, name, argumentsJson };
    conversation.toolAsked(request);
    tell({ type: 'tool.requested', request });
  }

  /** Without an account that may go on no other session will do. */
  #tellRefusal(code: string | null | undefined): void {
    if (isFatal(code))
      this.#deps.tell({ type: 'socket.refused', ...socketEnd(`a response failed with ${code}`, code) });
  }

  #tellFinished(
    { purpose, toolCalls }: RunningResponse,
    { id: responseId, status_details }: Response,
    status: ResponseOutcome['status'],
  ): void {
    const reason = status_details?.reason ?? status_details?.error?.code ?? status_details?.error?.type;
    const audioMs = this.#deps.audio.msOf(responseId);
    const outcome = {
      status,
      ...(reason === undefined || reason === null ? {} : { reason }),
      hadAudio: audioMs > 0,
      audioMs,
      toolCalls,
    };
    this.#deps.tell({ type: 'response.finished', responseId, purpose, outcome });
  }
}

/** A word that is not known is no success. */
function statusOf(status: string | undefined): ResponseOutcome['status'] {
  switch (status) {
    case undefined:
    case 'completed':
      return 'completed';
    case 'cancelled':
    case 'incomplete':
      return status;
    default:
      return 'failed';
  }
}
