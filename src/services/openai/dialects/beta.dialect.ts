/**
 * The beta wire of 2024 and 2025, which look-alike servers still speak.
 * api.openai.com has switched it off: it answers `beta_api_shape_disabled` and closes with 4000.
 *
 * Source: `openai@4.104.0`, `resources/beta/realtime`.
 */

import { EngineError } from '../../../errors.ts';
import type { ClientEvent, ResponseParams } from '../../../protocol/realtime-client-events.ts';
import type { ConversationItem } from '../../../protocol/realtime-items.ts';
import type { AudioFormat, RealtimeSession, TurnDetection } from '../../../protocol/realtime-session.ts';
import { serverEventOf } from '../../../protocol/realtime-server-events.ts';
import { type Dialect, urlWithModel } from './dialect.ts';
import { REALTIME_CAPABILITIES } from './ga.dialect.ts';

export const betaDialect: Dialect = {
  capabilities: REALTIME_CAPABILITIES,
  sessionLimitMs: 1_800_000,
  audioDeltaType: 'response.audio.delta',
  wordsDeltaType: 'response.audio_transcript.delta',
  headers: { 'OpenAI-Beta': 'realtime=v1' },
  url: urlWithModel,
  write: (event) => JSON.stringify(toBeta(event)),
  read: (text) => {
    const event = serverEventOf(fromBeta(text));
    return event === undefined ? [] : [event];
  },
};

const BETA_FORMATS = {
  'audio/pcm': 'pcm16',
  'audio/pcmu': 'g711_ulaw',
  'audio/pcma': 'g711_alaw',
} as const satisfies Record<AudioFormat['type'], string>;

const GA_FORMATS = new Map<unknown, string>(Object.entries(BETA_FORMATS).map(([ga, beta]) => [beta, ga]));

const GA_TYPES = new Map([
  ['response.audio.delta', 'response.output_audio.delta'],
  ['response.audio.done', 'response.output_audio.done'],
  ['response.audio_transcript.delta', 'response.output_audio_transcript.delta'],
  ['response.audio_transcript.done', 'response.output_audio_transcript.done'],
  ['response.text.delta', 'response.output_text.delta'],
  ['response.text.done', 'response.output_text.done'],
]);

function toBeta(event: ClientEvent): object {
  switch (event.type) {
    case 'session.update':
      return { ...event, session: sessionToBeta(event.session) };
    case 'conversation.item.create':
      return { ...event, item: itemToBeta(event.item) };
    case 'response.create':
      return event.response === undefined ? event : { ...event, response: responseToBeta(event.response) };
    case 'input_audio_buffer.append':
    case 'input_audio_buffer.commit':
    case 'input_audio_buffer.clear':
    case 'conversation.item.truncate':
    case 'conversation.item.delete':
    case 'conversation.item.retrieve':
    case 'response.cancel':
      return event;
  }
}

/** What beta has no word for (truncation, reasoning, parallel calls) is left out. */
function sessionToBeta({ audio, ...session }: RealtimeSession): object {
  const { input, output } = audio ?? {};
  return present({
    modalities: modalitiesToBeta(session.output_modalities),
    instructions: session.instructions,
    voice: output?.voice,
    speed: output?.speed,
    input_audio_format: formatToBeta(input?.format),
    output_audio_format: formatToBeta(output?.format),
    input_audio_transcription: input?.transcription,
    input_audio_noise_reduction: input?.noise_reduction,
    turn_detection: turnDetectionToBeta(input?.turn_detection),
    tools: session.tools,
    tool_choice: session.tool_choice,
    max_response_output_tokens: session.max_output_tokens,
    tracing: session.tracing,
  });
}

function responseToBeta({ audio, ...response }: ResponseParams): object {
  return present({
    conversation: response.conversation,
    input: response.input?.map((item) => (item.type === 'item_reference' ? item : itemToBeta(item))),
    modalities: modalitiesToBeta(response.output_modalities),
    instructions: response.instructions,
    voice: audio?.output?.voice,
    output_audio_format: formatToBeta(audio?.output?.format),
    tools: response.tools,
    tool_choice: response.tool_choice,
    max_response_output_tokens: response.max_output_tokens,
    metadata: response.metadata,
  });
}

function itemToBeta(item: ConversationItem): object {
  if (item.type !== 'message' || item.role !== 'assistant') return item;
  return { ...item, content: item.content.map((part) => ({ ...part, type: 'text' })) };
}

/** Beta asks for speech as both: speech, and its transcript. */
const modalitiesToBeta = (modalities: readonly ('audio' | 'text')[] | undefined) =>
  modalities?.includes('audio') === true ? ['text', 'audio'] : modalities;

const formatToBeta = (format: AudioFormat | undefined) => format && BETA_FORMATS[format.type];

/** Beta knows no idle timeout. */
function turnDetectionToBeta(detection: TurnDetection | null | undefined): object | null | undefined {
  if (detection?.type !== 'server_vad') return detection;
  const { type, threshold, prefix_padding_ms, silence_duration_ms, create_response, interrupt_response } =
    detection;
  return { type, threshold, prefix_padding_ms, silence_duration_ms, create_response, interrupt_response };
}

/** A frame in GA's words, as far as the engine reads it. */
function fromBeta(text: string): unknown {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    throw new EngineError('MODEL_MALFORMED', `${String(text.length)} characters that are not JSON`);
  }
  if (!isObject(frame) || typeof frame['type'] !== 'string') return frame;
  const type = GA_TYPES.get(frame['type']) ?? frame['type'];
  const session = frame['session'];
  return isObject(session) ? { ...frame, type, session: sessionFromBeta(session) } : { ...frame, type };
}

const sessionFromBeta = (session: Record<string, unknown>) => ({
  ...session,
  audio: {
    input: { format: formatFromBeta(session['input_audio_format']) },
    output: { format: formatFromBeta(session['output_audio_format']) },
  },
});

/** A name that is not known stays, so that it is seen to be the wrong one. */
const formatFromBeta = (name: unknown) =>
  typeof name === 'string' ? { type: GA_FORMATS.get(name) ?? name } : undefined;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Without the fields that are undefined: null is a word, absence is none. */
const present = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
