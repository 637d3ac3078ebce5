/**
 * Words that a caller typed and a voice says for them, on their way to the
 * simulated model: beside the audio, which flows as ever, and just before its
 * first frame. Two messages of our own, one for each socket on that way. Twilio
 * sends no such message and OpenAI is sent none: only an engine without a key
 * passes them on, to the simulator that it has started itself.
 */

import { z } from 'zod';

/** More is said without its words: it is heard and recognised, as any caller is. */
export const MAX_TYPED_CHARACTERS = 1000;

const TypedText = z.string().min(1).max(MAX_TYPED_CHARACTERS);

/** On the stream of a simulated carrier. The message has `streamSid` as every other. */
export const TypedMessage = z.looseObject({
  event: z.literal('typed'),
  streamSid: z
    .string()
    .nullish()
    .transform((sid) => sid ?? undefined),
  typed: z.looseObject({ text: TypedText }),
});

/** To the simulated Realtime server. Not answered; the turn in which this audio is heard has these words. */
export const TypedEvent = z.strictObject({ type: z.literal('simulator.typed'), text: TypedText });
export type TypedEvent = z.infer<typeof TypedEvent>;
