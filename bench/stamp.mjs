import { Buffer } from 'node:buffer';
import process from 'node:process';

/**
 * A stamp that travels inside audio: two marker bytes, the number of the call,
 * and when it was sent. Both ends of a relay run on this machine, so they share
 * one monotonic clock. 12 bytes are 16 base64 characters: a stamp can be read
 * from the text without decoding the rest.
 */
const MARKER = 0x5a17;
const STAMP_BYTES = 12;
export const STAMP_CHARACTERS = 16;

/** Microseconds of the machine's monotonic clock. */
export function nowUs() {
  return Number(process.hrtime.bigint() / 1000n);
}

/** The time of measurement, the same for both ends: what was sent within it counts, whenever it arrives. */
export class Window {
  #fromUs = Infinity;
  #toUs = -Infinity;

  open({ fromUs, toUs }) {
    this.#fromUs = fromUs;
    this.#toUs = toUs;
  }

  holds(us) {
    return us >= this.#fromUs && us < this.#toUs;
  }
}

/** Writes a stamp into the first bytes of some audio; answers its time. */
export function stamp(audio, call) {
  audio.writeUInt16BE(MARKER, 0);
  audio.writeUInt16BE(call, 2);
  const us = nowUs();
  audio.writeUIntBE(us, 4, 6);
  audio.writeUInt16BE(MARKER, 10);
  return us;
}

/** Reads a stamp at `start` of a message's base64 text; undefined when there is none. */
export function readStamp(text, start) {
  const bytes = Buffer.from(text.toString('latin1', start, start + STAMP_CHARACTERS), 'base64');
  if (bytes.length < STAMP_BYTES || bytes.readUInt16BE(0) !== MARKER || bytes.readUInt16BE(10) !== MARKER) {
    return undefined;
  }
  return { call: bytes.readUInt16BE(2), sentUs: bytes.readUIntBE(4, 6) };
}
