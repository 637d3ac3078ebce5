/**
 * Twilio Media Streams on a bidirectional `<Connect><Stream>`, both ways.
 *
 * Source: Twilio docs, "Media Streams - WebSocket Messages". Where Twilio and
 * its docs disagree, the findings are in `docs/discoveries/`.
 *
 * What arrives is read loosely: Twilio adds fields and messages without notice,
 * and neither is a reason to drop a call. Numbers arrive as decimal strings,
 * except in `mediaFormat`; servers that look like Twilio write numbers, no
 * padding, or no streamSid, and are understood. What we send is strict: Twilio answers a wrong field
 * with warning 31951 and silence, so a mistake of ours must be seen by a test.
 */

import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { TypedMessage } from './typed-words.ts';

/** Letters, digits, `-` and `_` only: it is written into our messages as it is. */
const StreamSid = z.string().regex(/^MZ[\w-]{0,62}$/);
const CallSid = z.string().startsWith('CA').max(64);
/** At most 15 digits: exact as a number, and longer than any call. Look-alikes write the number itself. */
const Decimal = z.union([
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
  z.int().min(0),
]);
/** Absent where the far end leaves it out: a stream has one socket, so a message without it is of that stream. */
const OwnStreamSid = StreamSid.nullish().transform((sid) => sid ?? undefined);

/** Whole groups, padded. Stricter than `z.base64`, which lets white space pass. */
const Base64 = z
  .string()
  .regex(/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{4}|[A-Za-z\d+/]{3}=|[A-Za-z\d+/]{2}==)$/);

/** The same without its padding, or without anything. Padded when it is read: the model takes no other. */
const LooseBase64 = z
  .string()
  .regex(/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}(?:==)?|[A-Za-z\d+/]{3}=?)?$/)
  .transform((text) => text.padEnd(Math.ceil(text.length / 4) * 4, '='));

/** Characters of base64 in one frame of the caller: almost two seconds, where 20 ms are usual. */
export const MAX_PAYLOAD_CHARS = 20_480;

const Connected = z.looseObject({ event: z.literal('connected') });

const Start = z.looseObject({
  event: z.literal('start'),
  /** Said twice by Twilio: here, and in `start`. */
  streamSid: OwnStreamSid,
  start: z.looseObject({
    streamSid: OwnStreamSid,
    callSid: CallSid,
    accountSid: z.string().optional(),
    /** Always 8-bit mu-law, 8000 Hz, mono; anything else is another product. */
    mediaFormat: z.looseObject({
      encoding: z.literal('audio/x-mulaw'),
      sampleRate: z.literal(8000),
      channels: z.literal(1),
    }),
    /** The `<Parameter>`s of the TwiML, by name. */
    customParameters: z.record(z.string(), z.string()).default({}),
  }),
});

const Media = z.looseObject({
  event: z.literal('media'),
  streamSid: OwnStreamSid,
  media: z.looseObject({
    track: z.enum(['inbound', 'outbound']).default('inbound'),
    /** Milliseconds since the stream started, of this frame's first sample. */
    timestamp: Decimal.optional(),
    /** Base64 of mu-law, usually 20 ms: 160 bytes, 216 characters; empty where there is nothing to hear. Not decoded here; the model takes it as it is. */
    payload: z.string().max(MAX_PAYLOAD_CHARS).pipe(LooseBase64),
  }),
});

/** Comes when everything sent before it has been heard, or at once after a `clear`. */
const Mark = z.looseObject({
  event: z.literal('mark'),
  streamSid: OwnStreamSid,
  mark: z.looseObject({ name: z.string() }),
});

const Dtmf = z.looseObject({
  event: z.literal('dtmf'),
  streamSid: OwnStreamSid,
  dtmf: z.looseObject({ digit: z.string().regex(/^[0-9*#A-D]$/) }),
});

const Stop = z.looseObject({ event: z.literal('stop'), streamSid: OwnStreamSid });

/** What arrives. The seventh is our own: simulated carriers send it, and Twilio never does. */
export const STREAM_MESSAGES = [Connected, Start, Media, Mark, Dtmf, Stop, TypedMessage] as const;
const StreamMessage = z.discriminatedUnion('event', STREAM_MESSAGES);
const KNOWN = new Set<string>(STREAM_MESSAGES.map(({ shape }) => shape.event.value));

/** A message by a name that is not known: it has one, and nothing of it is read. */
const Named = z.looseObject({ event: z.string().refine((name) => !KNOWN.has(name)) });

/** One message from Twilio. */
export type StreamMessage = z.infer<typeof StreamMessage> | { readonly event: 'unknown' };

/**
 * Reads one WebSocket text message from Twilio; one by a name that is not known is `unknown`.
 *
 * @throws {EngineError} `STREAM_MALFORMED` when the text is not JSON, has no name, or is one of those known and wrong.
 */
export function readStreamMessage(text: string): StreamMessage {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // No cause and no text: both can hold what the caller said or pressed.
    throw new EngineError('STREAM_MALFORMED', `not JSON, ${String(text.length)} characters`);
  }
  const read = StreamMessage.safeParse(json);
  if (read.success) return read.data;
  if (Named.safeParse(json).success) return { event: 'unknown' };
  const where = read.error.issues.map(({ path }) => path.map(String).join('.') || 'message');
  throw new EngineError('STREAM_MALFORMED', `${where.join(', ')} in ${String(text.length)} characters`);
}

/** What we may send to Twilio. Marks come back once the audio before them has been heard or cleared. */
export const StreamReply = z.discriminatedUnion('event', [
  z.strictObject({
    event: z.literal('media'),
    streamSid: StreamSid,
    media: z.strictObject({ payload: Base64 }),
  }),
  z.strictObject({
    event: z.literal('mark'),
    streamSid: StreamSid,
    mark: z.strictObject({ name: z.string().min(1) }),
  }),
  z.strictObject({ event: z.literal('clear'), streamSid: StreamSid }),
]);

export type StreamReply = z.infer<typeof StreamReply>;
