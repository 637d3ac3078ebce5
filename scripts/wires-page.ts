/**
 * docs/reference/wires.md: every message of both wires, by the schemas that read and write them.
 */
import { z } from 'zod';
import { ERRORS } from '../src/errors.ts';
import { ClientEvent } from '../src/protocol/realtime-client-events.ts';
import { SERVER_EVENTS } from '../src/protocol/realtime-server-events.ts';
import { STREAM_MESSAGES, StreamReply } from '../src/protocol/twilio-stream.ts';
import { TWILIO_FORMS } from '../src/protocol/twilio-webhook.ts';
import { SOFTPHONE_STREAM_PATH } from '../src/services/http/softphone-api.ts';
import { code, page, table } from './support/page-parts.ts';
import {
  CLIENT_WORDS,
  FORM_WORDS,
  type MessageWords,
  REPLY_WORDS,
  SERVER_WORDS,
  STREAM_WORDS,
} from './wires-words.ts';

export function wiresPage(): string {
  return page(
    'Wires',
    `Every message that the engine reads or sends: to the carrier, Twilio Media Streams and webhooks, and to the model,
OpenAI Realtime. \`?\` behind a field: it may be absent. What arrives is read loosely, other fields are passed over; what is
sent has these fields and no others. Where the wires surprise: [discoveries](../discoveries/README.md).`,
    ...mediaStreams(),
    ...webhooks(),
    ...realtimeOrder(),
    ...realtimeEvents(),
    ...realtimeEdges(),
  );
}

function mediaStreams(): string[] {
  return [
    '## Media Streams',
    `\`WS /twilio/media\`, opened by Twilio for \`<Connect><Stream>\`, signed with \`X-Twilio-Signature\`; JSON text frames. A socket
without a good signature is answered 403, one too many 503. Audio is base64 of mu-law, 8000 Hz, mono. The page of the
console opens \`WS ${SOFTPHONE_STREAM_PATH}\` and says the same.`,
    sequence('connected', 'start', 'media', '> media', '> mark', 'mark', 'dtmf', '> clear', 'mark', 'stop'),
    '### Twilio to the engine',
    messages(
      STREAM_MESSAGES.map((schema) => ({ name: schema.shape.event.value, schema })),
      STREAM_WORDS,
      'the engine',
    ),
    `A message by another name is counted and ignored. Fifty messages in 10 s that cannot be read close the stream, and so do
a hundred of another stream.`,
    '### The engine to Twilio',
    messages(
      StreamReply.options.map((schema) => ({ name: schema.shape.event.value, schema })),
      REPLY_WORDS,
      'answered by',
    ),
    '### How a stream is closed',
    table(['code', 'by', 'when'], closes()),
    `Twilio closes with 1000, or without a code (1005): the stream is over in good order, with or without \`stop\`. Any other
code: the stream is lost. A page that is left closes with 1001, and has hung up. While the call goes on, Twilio
asks \`POST /twilio/after-stream\` next.`,
  ];
}

function closes(): string[][] {
  const own = [
    ['1000', 'the engine', '`hangup`, `dial`: the stream is left, and what comes next is written down'],
    ['1000', 'the engine', '`superseded`: a newer stream of the call has come'],
    ['1000', 'the engine', '`stopped`, `call ended`'],
    ['1009', 'the engine', 'a message is over 64 KB'],
  ];
  const failures = Object.entries<{ readonly text: string; readonly close?: number }>(ERRORS).flatMap(
    ([name, { close, text }]) =>
      close === undefined ? [] : [[String(close), 'the engine', `${code(name)}: ${text}`]],
  );
  const broken = [
    'none',
    'the engine',
    'broken off: no frame came for 10 s, or the socket took nothing for 10 s',
  ];
  return [...[...own, ...failures].sort(([a = ''], [b = '']) => Number(a) - Number(b)), broken];
}

function webhooks(): string[] {
  const rows = Object.entries(TWILIO_FORMS).map(([name, schema]) => {
    const { route, then } = FORM_WORDS[name as keyof typeof TWILIO_FORMS];
    return [code(name), code(route), fieldsOf(schema, []), then];
  });
  return [
    '## Webhooks',
    `Forms that Twilio posts, signed with \`X-Twilio-Signature\`; an unsigned one is answered 403. Answers are TwiML. Order:
\`voice\`, the stream, \`afterStream\`; for a transfer \`dialResult\` and perhaps another stream; status callbacks at any time,
also before \`voice\` and after the end. A 5xx on \`afterStream\` and \`dialResult\` has Twilio ask again, four times within 14 s;
\`voice\` never answers one.`,
    table(['form', 'route', 'fields', 'what follows'], rows),
  ];
}

function realtimeOrder(): string[] {
  return [
    '## OpenAI Realtime',
    `The engine opens \`OPENAI_REALTIME_URL\` with \`?model=\` and \`Authorization: Bearer\`; JSON text frames, one event each. 401, 403
and 404 at the upgrade refuse the call, any other failure loses the session. The order of a session, of a turn that is
answered by itself, of a tool and of an interruption:`,
    sequence('session.created', '> session.update', 'session.updated', '> input_audio_buffer.append'),
    sequence(
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'response.created',
      'response.output_audio_transcript.delta',
      'response.output_audio.delta',
      'response.output_item.done',
      'response.done',
      'conversation.item.input_audio_transcription.completed',
    ),
    sequence(
      'response.output_item.done',
      'response.done',
      '> conversation.item.create',
      'conversation.item.added',
      '> response.create',
      'response.created',
    ),
    sequence(
      'input_audio_buffer.speech_started',
      '> response.cancel',
      '> conversation.item.truncate',
      'response.done',
    ),
  ];
}

function realtimeEvents(): string[] {
  return [
    '### The engine to the model',
    'Every one may carry an `event_id`, which an `error` repeats.',
    messages(
      ClientEvent.options.map((schema) => ({ name: schema.shape.type.value, schema })),
      CLIENT_WORDS,
      'answered by',
    ),
    'Beside these, the simulator is told `simulator.typed`: words that were typed, just before their audio.',
    '### The model to the engine',
    messages(
      Object.entries(SERVER_EVENTS).map(([name, schema]) => ({ name, schema })),
      SERVER_WORDS,
      'the engine',
    ),
    `Events of other types are passed over. A response or a turn without a name gets one, and events that a look-alike leaves
out (\`response.created\`, \`input_audio_buffer.committed\`) are told in their place.`,
  ];
}

function realtimeEdges(): string[] {
  return [
    '### The beta dialect',
    `\`OPENAI_REALTIME_DIALECT=beta\` speaks the wire of 2024 and 2025 to servers that still want it: the header
\`OpenAI-Beta: realtime=v1\`, \`response.audio.delta\` for \`response.output_audio.delta\` and its like, a flat session with
\`input_audio_format\` and \`output_audio_format\` (\`g711_ulaw\`, \`g711_alaw\`, \`pcm16\`), \`modalities\`, \`text\` for \`output_text\`; it has no
\`idle_timeout_ms\`, \`truncation\` or \`reasoning\`.`,
    '### How a session is closed',
    table(
      ['code', 'by', 'when'],
      [
        [
          '1000',
          'the engine',
          'the session is not needed any more; broken off when there is no answer within 250 ms',
        ],
        [
          'none',
          'the engine',
          'broken off: 20 frames in 10 s that cannot be read; 8 s without an event while a response is owed; a ping without an answer for 5 s; 10 s of audio that the socket did not take',
        ],
        ['4000', 'the model', '`beta_api_shape_disabled`: the beta dialect was spoken to api.openai.com'],
        [
          'any',
          'the model',
          'before `session.created`: `MODEL_UNREACHABLE`; afterwards: `MODEL_LOST`. The call apologizes and ends',
        ],
      ],
    ),
  ];
}

interface Message {
  readonly name: string;
  readonly schema: z.ZodType;
}

function messages<Name extends string>(
  all: readonly Message[],
  words: Readonly<Record<Name, MessageWords>>,
  then: string,
): string {
  return table(
    ['message', 'fields', 'when', then],
    all.map(({ name, schema }) => {
      const told = words[name as Name];
      return [code(name), fieldsOf(schema, ['event', 'type', 'event_id']), told.when, told.then];
    }),
  );
}

/** Messages in their order: those that begin with `> ` go out. */
function sequence(...names: readonly string[]): string {
  const lines = names.map((name) => (name.startsWith('> ') ? `→ ${name.slice(2)}` : `← ${name}`));
  return ['```text', ...lines, '```'].join('\n');
}

/** The part of JSON Schema that fields are told by. */
interface Shape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Shape[];
}

/** What may be in a message, to the second level. */
function fieldsOf(schema: z.ZodType, known: readonly string[]): string {
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
  const { properties = {}, required = [] } = shape;
  return Object.entries(properties)
    .filter(([name]) => !known.includes(name))
    .flatMap(([name, field]) => {
      const path = `${name}${required.includes(name) ? '' : '?'}`;
      const { properties: inner = {}, required: needed = [] } = objectIn(field);
      const names = Object.keys(inner);
      if (names.length === 0) return [code(path)];
      return names.map((sub) => code(`${path}.${sub}${needed.includes(sub) ? '' : '?'}`));
    })
    .join(' ');
}

/** The one object that a field may be, beside null; of several kinds none is told. */
function objectIn(field: Shape): Shape {
  const kinds = field.anyOf?.filter(({ type }) => type !== 'null') ?? [field];
  return kinds.length === 1 ? (kinds[0] ?? {}) : {};
}
