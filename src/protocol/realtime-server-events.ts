/**
 * OpenAI Realtime, GA dialect: what the far end tells, as far as the engine acts on it.
 *
 * Source: OpenAI OpenAPI, `RealtimeServerEvent*`. There are some forty others,
 * and new ones come without notice: they are not errors. Loose, because the
 * engine needs few fields and look-alike servers leave the rest out.
 */

import { z } from 'zod';
import { EngineError } from '../errors.ts';

const Tokens = z.int().min(0).optional();

/** Tokens are counted by kind; a cancelled response may tell none. */
const ResponseUsage = z.looseObject({
  input_token_details: z
    .looseObject({ text_tokens: Tokens, audio_tokens: Tokens, cached_tokens: Tokens })
    .nullish(),
  output_token_details: z.looseObject({ text_tokens: Tokens, audio_tokens: Tokens }).nullish(),
});
export type ResponseUsage = z.infer<typeof ResponseUsage>;

/** Billed by tokens or by seconds, as the transcription's model is. */
const TranscriptionUsage = z.union([
  z.looseObject({ type: z.literal('duration'), seconds: z.number().min(0) }),
  z.looseObject({
    type: z.literal('tokens'),
    input_token_details: z.looseObject({ text_tokens: Tokens, audio_tokens: Tokens }).nullish(),
    output_tokens: Tokens,
  }),
]);
export type TranscriptionUsage = z.infer<typeof TranscriptionUsage>;

const OutputItem = z.looseObject({
  id: z.string(),
  type: z.string(),
  status: z.string().optional(),
  /** Of function calls. */
  call_id: z.string().optional(),
  name: z.string().optional(),
  /** JSON text, cut short when the call was cancelled. */
  arguments: z.string().optional(),
});

/** Of a response, or of an item of one. Look-alikes leave it out: empty then, and put in by `lean-server.ts`. */
const OutputId = z
  .string()
  .nullish()
  .transform((id) => id ?? '');

const Response = z.looseObject({
  id: OutputId,
  status: z.string().optional(),
  status_details: z
    .looseObject({
      reason: z.string().nullish(),
      error: z.looseObject({ type: z.string().nullish(), code: z.string().nullish() }).nullish(),
    })
    .nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  /** Null for a response beside the conversation. */
  conversation_id: z.string().nullish(),
  /** Every item of it, final. */
  output: z.array(OutputItem).nullish().catch(undefined),
  usage: ResponseUsage.nullish().catch(undefined),
});

const Format = z.looseObject({ type: z.string(), rate: z.number().optional() });

const Session = z.looseObject({
  audio: z
    .looseObject({
      input: z.looseObject({ format: Format.nullish() }).nullish(),
      output: z.looseObject({ format: Format.nullish() }).nullish(),
    })
    .nullish(),
});

/** Where a piece of output belongs. One response may hold several audio items. */
const place = { response_id: OutputId, item_id: OutputId, content_index: z.int().min(0).default(0) };

/** Of a turn of the caller's. Look-alikes leave it out: then the turn that is spoken is meant. */
const TurnId = z
  .string()
  .nullish()
  .transform((id) => id ?? undefined);

/** Every event that the engine acts on, by its type. */
export const SERVER_EVENTS = {
  /** `expires_at`: when the far end will end it, in s since the Unix epoch. */
  'session.created': z.looseObject({
    type: z.literal('session.created'),
    session: z
      .looseObject({ expires_at: z.number().optional().catch(undefined) })
      .optional()
      .catch(undefined),
  }),
  /** The session as it now is. */
  'session.updated': z.looseObject({ type: z.literal('session.updated'), session: Session }),

  /** Offsets count the audio written to the buffer, in ms: the start with `prefix_padding_ms` before it, the end with `silence_duration_ms` after it. */
  'input_audio_buffer.speech_started': z.looseObject({
    type: z.literal('input_audio_buffer.speech_started'),
    audio_start_ms: z.number().optional().catch(undefined),
    item_id: TurnId,
  }),
  'input_audio_buffer.speech_stopped': z.looseObject({
    type: z.literal('input_audio_buffer.speech_stopped'),
    audio_end_ms: z.number().optional().catch(undefined),
    item_id: TurnId,
  }),
  'input_audio_buffer.committed': z.looseObject({
    type: z.literal('input_audio_buffer.committed'),
    item_id: TurnId,
  }),
  /** `idle_timeout_ms` is over: an empty turn is committed next, and answered. */
  'input_audio_buffer.timeout_triggered': z.looseObject({
    type: z.literal('input_audio_buffer.timeout_triggered'),
    item_id: TurnId,
  }),
  /** The conversation holds the item: answers `conversation.item.create` in the order sent, and tells of others. */
  'conversation.item.added': z.looseObject({
    type: z.literal('conversation.item.added'),
    item: z.looseObject({ id: z.string().nullish() }),
  }),
  /** The older name of the same. */
  'conversation.item.created': z.looseObject({
    type: z.literal('conversation.item.created'),
    item: z.looseObject({ id: z.string().nullish() }),
  }),
  /** Some of the caller's words; a transcription that does not stream tells them all in one. */
  'conversation.item.input_audio_transcription.delta': z.looseObject({
    type: z.literal('conversation.item.input_audio_transcription.delta'),
    item_id: TurnId,
    delta: z.string().nullish(),
  }),
  /** Comes before, during or after the reply to those words. */
  'conversation.item.input_audio_transcription.completed': z.looseObject({
    type: z.literal('conversation.item.input_audio_transcription.completed'),
    item_id: TurnId,
    transcript: z.string(),
    languages: z.array(z.unknown()).nullish(),
    usage: TranscriptionUsage.nullish().catch(undefined),
  }),
  'conversation.item.input_audio_transcription.failed': z.looseObject({
    type: z.literal('conversation.item.input_audio_transcription.failed'),
    item_id: TurnId,
  }),

  'response.created': z.looseObject({ type: z.literal('response.created'), response: Response }),
  /** Base64 in the session's output format; any length, faster than it is to be heard. */
  'response.output_audio.delta': z.looseObject({
    type: z.literal('response.output_audio.delta'),
    ...place,
    delta: z.string(),
  }),
  /** Runs ahead of what the caller hears. */
  'response.output_audio_transcript.delta': z.looseObject({
    type: z.literal('response.output_audio_transcript.delta'),
    ...place,
    delta: z.string(),
  }),
  'response.output_audio_transcript.done': z.looseObject({
    type: z.literal('response.output_audio_transcript.done'),
    ...place,
    transcript: z.string(),
  }),
  /** Look-alikes name a function here, and nowhere else. */
  'response.output_item.added': z.looseObject({
    type: z.literal('response.output_item.added'),
    item: z.looseObject({
      id: z.string().nullish(),
      call_id: z.string().nullish(),
      name: z.string().nullish(),
    }),
  }),
  /** Comes also with arguments that were cut short: it counts only when the response is done, and nothing else told the call. */
  'response.function_call_arguments.done': z.looseObject({
    type: z.literal('response.function_call_arguments.done'),
    response_id: z.string().nullish(),
    item_id: z.string().nullish(),
    call_id: z.string().nullish(),
    name: z.string().nullish(),
    arguments: z.string().default('{}'),
  }),
  /** The item is final. A function call counts only here, and only when `completed`. */
  'response.output_item.done': z.looseObject({
    type: z.literal('response.output_item.done'),
    response_id: OutputId,
    item: OutputItem,
  }),
  /** Always sent, whatever became of the response; frees its place. */
  'response.done': z.looseObject({
    type: z.literal('response.done'),
    response: Response.refine(({ id, status }) => id !== '' || status !== undefined, { path: ['id'] }),
  }),

  /** Something was refused. By itself it never ends a session. */
  error: z.looseObject({
    type: z.literal('error'),
    error: z.looseObject({
      type: z.string().nullish(),
      code: z.string().nullish(),
      message: z.string().nullish(),
      param: z.string().nullish(),
      /** Of the client event at fault, where it had one. */
      event_id: z.string().nullish(),
    }),
  }),
} as const;

export type ServerEvent = z.infer<(typeof SERVER_EVENTS)[keyof typeof SERVER_EVENTS]>;

/** One server event, by its type. */
export type ServerEventOf<Type extends ServerEvent['type']> = Extract<ServerEvent, { type: Type }>;

/**
 * Reads one text frame; undefined for an event that the engine does not act on.
 * @throws {EngineError} MODEL_MALFORMED when it is no event, or lacks a field; names the field, never its content.
 */
export function readServerEvent(text: string): ServerEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not chained: the parser's message quotes the text.
    throw new EngineError('MODEL_MALFORMED', `${String(text.length)} characters that are not JSON`);
  }
  return serverEventOf(value);
}

/**
 * The same for a frame that was parsed already, which a dialect may have translated.
 * @throws {EngineError} MODEL_MALFORMED as `readServerEvent`.
 */
export function serverEventOf(value: unknown): ServerEvent | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string') {
    throw new EngineError('MODEL_MALFORMED', 'an event needs a type');
  }
  const { type } = value;
  if (!isKnown(type)) return undefined;
  const result = SERVER_EVENTS[type].safeParse(value);
  if (result.success) return result.data;
  const where = result.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new EngineError('MODEL_MALFORMED', `${type} is wrong at ${where}`);
}

const isKnown = (type: string): type is ServerEvent['type'] => Object.hasOwn(SERVER_EVENTS, type);
