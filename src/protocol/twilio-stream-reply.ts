/**
 * How a carrier takes what the engine sends on a stream: read, or refused by Twilio's code for it.
 *
 * Source: Twilio docs, "Error and Warning Dictionary", 31950 and 31951. A refused message has no effect, and the stream
 * goes on.
 */

import { StreamReply } from './twilio-stream.ts';

export interface ReplyRefusal {
  /** 31950: no message at all. 31951: a message that is wrong, or of another stream. */
  readonly code: 31_950 | 31_951;
  /** Says which fields are wrong, and quotes none of them. */
  readonly text: string;
}

export type ReadReply = { readonly reply: StreamReply } | { readonly refusal: ReplyRefusal };

/** Reads one text message of the engine. Never throws. */
export function readStreamReply(text: string, streamSid: string): ReadReply {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refused(31_950, 'a message that is not JSON');
  }
  const read = StreamReply.safeParse(json);
  if (!read.success) {
    const where = read.error.issues.map(({ path }) => path.map(String).join('.') || 'event').join(', ');
    return refused(31_951, `an invalid message: ${where}`);
  }
  if (read.data.streamSid !== streamSid) return refused(31_951, `a ${read.data.event} for another stream`);
  return { reply: read.data };
}

/** What Twilio says of a binary message, whatever is in it. */
export const BINARY_REFUSAL: ReplyRefusal = { code: 31_950, text: 'a binary message' };

const refused = (code: ReplyRefusal['code'], text: string): ReadReply => ({ refusal: { code, text } });
