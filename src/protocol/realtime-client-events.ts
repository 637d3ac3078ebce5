/**
 * OpenAI Realtime, GA dialect: what a client sends.
 *
 * Source: OpenAI OpenAPI, `RealtimeClientEvent*`. JSON text frames, one event
 * each. Strict, because the service is: one unknown word refuses the event.
 * The engine builds these; the simulator refuses what they refuse.
 * `output_audio_buffer.clear` is missing: it exists on WebRTC and SIP only.
 */

import { z } from 'zod';
import { ConversationItem } from './realtime-items.ts';
import {
  AudioFormat,
  FunctionTool,
  MaxOutputTokens,
  OutputModalities,
  RealtimeSession,
  Reasoning,
  ToolChoice,
} from './realtime-session.ts';

/** The most audio that one append may carry, in bytes before base64: 15 MiB. */
export const MAX_APPEND_BYTES = 15 * 1024 * 1024;
const MAX_APPEND_CHARS = (MAX_APPEND_BYTES / 3) * 4;

const METADATA_PAIRS = 16;

/** Chosen by the client; an `error` event repeats it, which is the only way to know what failed. */
const EventId = z.string().max(512).optional();

/** Comes back in `response.created` and `response.done`. */
const Metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine(
    (pairs) => Object.keys(pairs).length <= METADATA_PAIRS,
    `holds at most ${String(METADATA_PAIRS)} pairs`,
  );

const ItemReference = z.strictObject({ type: z.literal('item_reference'), id: z.string() });

/** One response. What is absent is the session's; what is present replaces it, `instructions` included. */
export const ResponseParams = z.strictObject({
  /** `none`: beside the conversation. Its items cannot be truncated, deleted or interrupted by the caller's speech. */
  conversation: z.enum(['auto', 'none']).optional(),
  /** In place of the conversation. */
  input: z.array(z.union([ConversationItem, ItemReference])).optional(),
  instructions: z.string().optional(),
  output_modalities: OutputModalities.optional(),
  audio: z
    .strictObject({
      output: z
        .strictObject({
          format: AudioFormat.optional(),
          voice: z.union([z.string(), z.strictObject({ id: z.string() })]).optional(),
        })
        .optional(),
    })
    .optional(),
  tools: z.array(FunctionTool).optional(),
  tool_choice: ToolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning: Reasoning.optional(),
  max_output_tokens: MaxOutputTokens.optional(),
  metadata: Metadata.nullable().optional(),
});
export type ResponseParams = z.infer<typeof ResponseParams>;

export const ClientEvent = z.discriminatedUnion('type', [
  /** Answered by `session.updated` with the whole session, or by `error`. */
  z.strictObject({ type: z.literal('session.update'), event_id: EventId, session: RealtimeSession }),

  /** Not answered. `audio` is base64 in the session's input format. */
  z.strictObject({
    type: z.literal('input_audio_buffer.append'),
    event_id: EventId,
    audio: z.base64().max(MAX_APPEND_CHARS),
  }),
  /** Ends the caller's turn where the session detects none. Fewer than 100 ms are refused. */
  z.strictObject({ type: z.literal('input_audio_buffer.commit'), event_id: EventId }),
  z.strictObject({ type: z.literal('input_audio_buffer.clear'), event_id: EventId }),

  /** `previous_item_id: "root"` puts it in front; absent, at the end. */
  z.strictObject({
    type: z.literal('conversation.item.create'),
    event_id: EventId,
    previous_item_id: z.string().optional(),
    item: ConversationItem,
  }),
  /** Cuts the memory of what the agent said; its transcript is lost on the far side. More than there is: an error. */
  z.strictObject({
    type: z.literal('conversation.item.truncate'),
    event_id: EventId,
    item_id: z.string(),
    content_index: z.int().min(0),
    audio_end_ms: z.int().min(0),
  }),
  z.strictObject({ type: z.literal('conversation.item.delete'), event_id: EventId, item_id: z.string() }),
  z.strictObject({ type: z.literal('conversation.item.retrieve'), event_id: EventId, item_id: z.string() }),

  /** Refused with `conversation_already_has_active_response` while another one of the conversation runs. */
  z.strictObject({
    type: z.literal('response.create'),
    event_id: EventId,
    response: ResponseParams.optional(),
  }),
  /** Refused with `response_cancel_not_active` when there is nothing to cancel. */
  z.strictObject({
    type: z.literal('response.cancel'),
    event_id: EventId,
    response_id: z.string().optional(),
  }),
]);
export type ClientEvent = z.infer<typeof ClientEvent>;
