/**
 * OpenAI Realtime, GA: what a session can be told to be.
 *
 * Source: OpenAI OpenAPI, `RealtimeSessionCreateRequestGA`. Only the fields
 * present are changed, but nested objects are replaced: send a whole
 * `turn_detection`, a whole `format`. The answer, `session.updated`, carries
 * the session as it then is; check the formats there before piping audio.
 */

import { z } from 'zod';

/** `rate` exists on PCM only, and only 24000 Hz is served. */
export const AudioFormat = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('audio/pcm'), rate: z.literal(24_000).optional() }),
  z.strictObject({ type: z.literal('audio/pcmu') }),
  z.strictObject({ type: z.literal('audio/pcma') }),
]);
export type AudioFormat = z.infer<typeof AudioFormat>;

const ServerVad = z.strictObject({
  type: z.literal('server_vad'),
  threshold: z.number().min(0).max(1).optional(),
  /** Ms of audio before the detected start that belong to the turn. */
  prefix_padding_ms: z.int().min(0).optional(),
  /** Ms of silence that end a turn. The service's default is told differently in two places: always sent. */
  silence_duration_ms: z.int().min(0).optional(),
  create_response: z.boolean().optional(),
  interrupt_response: z.boolean().optional(),
  /** Ms without speech, counted from the end of the last reply, after which a reply is made anyway. */
  idle_timeout_ms: z.int().min(5000).max(30_000).nullable().optional(),
});

const SemanticVad = z.strictObject({
  type: z.literal('semantic_vad'),
  /** How soon a pause counts as the end: waits at most 8, 4 or 2 s; `auto` is `medium`. */
  eagerness: z.enum(['low', 'medium', 'high', 'auto']).optional(),
  create_response: z.boolean().optional(),
  interrupt_response: z.boolean().optional(),
});

/** Null: the client commits turns itself. */
export const TurnDetection = z.discriminatedUnion('type', [ServerVad, SemanticVad]);
export type TurnDetection = z.infer<typeof TurnDetection>;

/** Runs beside the model: its text may differ from what the model heard. */
const Transcription = z.strictObject({
  model: z.string().optional(),
  /** ISO 639-1. */
  language: z.string().optional(),
  languages: z.array(z.string()).min(1).optional(),
  prompt: z.string().optional(),
  keywords: z.array(z.string()).optional(),
  delay: z.enum(['minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
});

const NoiseReduction = z.strictObject({ type: z.enum(['near_field', 'far_field']) });

/** A voice of the service, or one of the customer's. Locked once the session has spoken: sent later, it fails the whole update. */
const Voice = z.union([z.string().min(1), z.strictObject({ id: z.string().min(1) })]);

export const FunctionTool = z.strictObject({
  type: z.literal('function'),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -'),
  description: z.string().optional(),
  /** JSON Schema of the arguments, an object. */
  parameters: z.record(z.string(), z.unknown()).optional(),
});
export type FunctionTool = z.infer<typeof FunctionTool>;

export const ToolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.strictObject({ type: z.literal('function'), name: z.string() }),
]);

/** Audio comes with its transcript; the two cannot be asked for together. */
export const OutputModalities = z.array(z.enum(['audio', 'text'])).length(1);

/** Twenty tokens are one second of speech: a small limit cuts a sentence. */
export const MaxOutputTokens = z.union([z.int().min(1).max(4096), z.literal('inf')]);

/** Models of the 2.x family only; older ones refuse the field. */
export const Reasoning = z.strictObject({
  effort: z.enum(['minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
});

/** Trimming of a full context: nothing to do with cutting audio. */
const ContextTruncation = z.union([
  z.enum(['auto', 'disabled']),
  z.strictObject({
    type: z.literal('retention_ratio'),
    retention_ratio: z.number().min(0).max(1),
    token_limits: z.strictObject({ post_instructions: z.int().min(0).optional() }).optional(),
  }),
]);

const Tracing = z.union([
  z.literal('auto'),
  z.strictObject({
    workflow_name: z.string().optional(),
    group_id: z.string().optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
  }),
]);

export const RealtimeSession = z.strictObject({
  type: z.literal('realtime'),
  /** Chosen by the URL; a session keeps the one it began with. */
  model: z.string().optional(),
  output_modalities: OutputModalities.optional(),
  /** The empty string clears them; absent, a new session has the service's own. */
  instructions: z.string().optional(),
  audio: z
    .strictObject({
      input: z
        .strictObject({
          format: AudioFormat.optional(),
          transcription: Transcription.nullable().optional(),
          noise_reduction: NoiseReduction.nullable().optional(),
          turn_detection: TurnDetection.nullable().optional(),
        })
        .optional(),
      output: z
        .strictObject({
          format: AudioFormat.optional(),
          voice: Voice.optional(),
          /** Changes between turns only. */
          speed: z.number().min(0.25).max(1.5).optional(),
        })
        .optional(),
    })
    .optional(),
  include: z.array(z.literal('item.input_audio_transcription.logprobs')).nullable().optional(),
  tracing: Tracing.nullable().optional(),
  /** An empty list clears them. Tools that live on other servers (MCP) are not offered by this engine. */
  tools: z.array(FunctionTool).optional(),
  tool_choice: ToolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning: Reasoning.optional(),
  max_output_tokens: MaxOutputTokens.optional(),
  truncation: ContextTruncation.optional(),
});
export type RealtimeSession = z.infer<typeof RealtimeSession>;
