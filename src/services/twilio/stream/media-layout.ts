import type { StreamMessage } from '../../../protocol/twilio-stream.ts';
import { endOfBase64, endOfDigits, endOfSid } from './media-slots.ts';

type MediaMessage = Extract<StreamMessage, { event: 'media' }>;

/** What varies from frame to frame, and `streamSid` from stream to stream. Everything else is the same bytes every time. */
const SLOTS = ['sequenceNumber', 'chunk', 'timestamp', 'payload', 'streamSid'] as const;
export type Slot = (typeof SLOTS)[number];

/** What a frame is made of: constant bytes, a slot, constant bytes, and so on, and constant bytes at the end. */
export interface MediaLayout {
  readonly slots: readonly Slot[];
  /** All constant bytes, one piece after the other. */
  readonly constants: Buffer;
  /** Where each piece ends in `constants`: one more than there are slots. */
  readonly ends: readonly number[];
}

const QUOTE = 0x22;

/**
 * The layouts that were seen, by their bytes. The streams of one carrier have
 * one, which stays in the processor's cache; a copy for each call would not.
 */
const known = new Map<string, MediaLayout>();
/** There are not so many carriers; a peer that makes up new ones must not cost memory. */
const MAX_KNOWN = 16;

/**
 * The layout of a frame that the schema has read as `message`, or undefined.
 * Only what is certain is learnt: each slot is there once, as a plain string.
 * @param frame - has no escapes.
 */
export function layoutOf(frame: Buffer, message: MediaMessage): MediaLayout | undefined {
  const found = SLOTS.map((slot) => ({ slot, ...rangeOf(frame, slot) })).filter(({ at }) => at > 0);
  found.sort((one, other) => one.at - other.at);
  const textOf = (slot: Slot) => {
    const range = found.find((one) => one.slot === slot);
    return range && frame.toString('latin1', range.at, range.end);
  };
  if (textOf('payload') !== message.media.payload) return undefined;
  if (Number(textOf('timestamp')) !== message.media.timestamp) return undefined;
  if ((textOf('streamSid') ?? message.streamSid) !== message.streamSid) return undefined;

  const pieces = [...found, { at: frame.length }].map(({ at }, i) =>
    frame.subarray(found[i - 1]?.end ?? 0, at),
  );
  const slots = found.map(({ slot }) => slot);
  const key = [...slots, ...pieces.map((piece) => piece.toString('latin1'))].join('\0');
  const layout = known.get(key) ?? { slots, constants: Buffer.concat(pieces), ends: endsOf(pieces) };
  remember(key, layout);
  return layout;
}

/** As the newest; the oldest is forgotten. Who has it keeps it. */
function remember(key: string, layout: MediaLayout): void {
  known.delete(key);
  known.set(key, layout);
  const [oldest] = known.keys();
  if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
}

function endsOf(pieces: readonly Buffer[]): number[] {
  let end = 0;
  return pieces.map(({ length }) => (end += length));
}

/** Where the value of a key lies when it is there exactly once, as a string of what belongs there; else nowhere, 0. */
function rangeOf(frame: Buffer, slot: Slot): { at: number; end: number } {
  const key = `"${slot}"`;
  const keyAt = frame.indexOf(key);
  const nowhere = { at: 0, end: 0 };
  if (keyAt < 0 || frame.includes(key, keyAt + 1)) return nowhere;
  const opens = /^\s*:\s*"/.exec(frame.toString('latin1', keyAt + key.length, keyAt + key.length + 16));
  if (opens === null) return nowhere;
  const at = keyAt + key.length + opens[0].length;
  const end = endOf(frame, at, slot);
  return end > at && frame[end] === QUOTE ? { at, end } : nowhere;
}

function endOf(frame: Buffer, at: number, slot: Slot): number {
  if (slot === 'payload') return endOfBase64(frame, at);
  return slot === 'streamSid' ? endOfSid(frame, at) : endOfDigits(frame, at);
}
