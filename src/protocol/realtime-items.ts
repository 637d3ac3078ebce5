/**
 * OpenAI Realtime, GA: what can stand in a conversation when a client puts it there.
 *
 * Source: OpenAI OpenAPI, `RealtimeConversationItem*`. Strict: a word that the
 * service does not know fails the whole event (`unknown_parameter`).
 */

import { z } from 'zod';

/** Longest item id that a client may choose, in characters. The service makes longer ones itself. */
const ItemId = z.string().min(1).max(32);
const ItemStatus = z.enum(['completed', 'incomplete', 'in_progress']);
const named = {
  id: ItemId.optional(),
  object: z.literal('realtime.item').optional(),
  status: ItemStatus.optional(),
};

const InputText = z.strictObject({ type: z.literal('input_text'), text: z.string() });
const InputAudio = z.strictObject({
  type: z.literal('input_audio'),
  /** Base64, in the session's input format. */
  audio: z.string(),
  transcript: z.string().optional(),
});
const InputImage = z.strictObject({
  type: z.literal('input_image'),
  image_url: z.url(),
  detail: z.enum(['auto', 'low', 'high']).optional(),
});

/** Words of the caller, typed keys among them. */
const UserMessage = z.strictObject({
  ...named,
  type: z.literal('message'),
  role: z.literal('user'),
  content: z.array(z.discriminatedUnion('type', [InputText, InputAudio, InputImage])),
});

/** Notes to the model that nobody has said. */
const SystemMessage = z.strictObject({
  ...named,
  type: z.literal('message'),
  role: z.literal('system'),
  content: z.array(InputText),
});

/** What the agent has said before, as text: its audio cannot be put back. */
const AssistantMessage = z.strictObject({
  ...named,
  type: z.literal('message'),
  role: z.literal('assistant'),
  content: z.array(z.strictObject({ type: z.literal('output_text'), text: z.string() })),
});

const FunctionCall = z.strictObject({
  ...named,
  type: z.literal('function_call'),
  call_id: z.string().optional(),
  name: z.string(),
  /** JSON text. */
  arguments: z.string(),
});

/** A tool's answer. A `call_id` that the conversation does not hold is an error. */
const FunctionCallOutput = z.strictObject({
  ...named,
  type: z.literal('function_call_output'),
  call_id: z.string(),
  /** Any text, JSON by custom. */
  output: z.string(),
});

export const ConversationItem = z.union([
  UserMessage,
  SystemMessage,
  AssistantMessage,
  FunctionCall,
  FunctionCallOutput,
]);
export type ConversationItem = z.infer<typeof ConversationItem>;
