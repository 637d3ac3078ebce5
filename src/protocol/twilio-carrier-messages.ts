/**
 * Twilio Media Streams as the carrier says it, on a bidirectional
 * `<Connect><Stream>`: what `twilio-stream.ts` reads, written.
 *
 * Source: Twilio docs, "Media Streams - WebSocket Messages". Every far end
 * writes with these: the simulated carrier, the console's phone, tests, the
 * bench. Numbers are decimal strings, but those of `mediaFormat`.
 */

/** What one frame of the caller lasts, in ms: 160 bytes of 8-bit mu-law at 8000 Hz. */
export const CARRIER_FRAME_MS = 20;

/** Who a stream is of. The stream's own SID is `MZ` and up to 62 letters, digits, `-` or `_`. */
export interface StreamIds {
  readonly accountSid: string;
  readonly callSid: string;
  readonly streamSid: string;
}

/** How far a stream has come, by what may be said next. */
type Turn = 'connected' | 'start' | 'more' | 'nothing';

/**
 * Writes the messages of one stream, as text, in the order that Twilio keeps:
 * `connected`, `start`, then whatever happens, `stop`, nothing. The sequence
 * begins with `start`, at 1.
 *
 * Out of that order a message is not written: each method throws `RangeError`.
 * Before the end look at `isOver`.
 */
export class CarrierMessages {
  readonly #ids: StreamIds;
  readonly #end: string;
  #turn: Turn = 'connected';
  #sequence = 0;

  constructor(ids: StreamIds) {
    this.#ids = ids;
    this.#end = `,"streamSid":${JSON.stringify(ids.streamSid)}}`;
  }

  /** True once `stop` was written. */
  get isOver(): boolean {
    return this.#turn === 'nothing';
  }

  connected(): string {
    this.#take('connected', 'start');
    return '{"event":"connected","protocol":"Call","version":"1.0.0"}';
  }

  /** @param customParameters - the `<Parameter>`s of the TwiML, by name. */
  start(customParameters: Readonly<Record<string, string>>): string {
    this.#take('start', 'more');
    const { accountSid, callSid, streamSid } = this.#ids;
    const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
    return this.#numbered('start', {
      ...{ accountSid, streamSid, callSid, tracks: ['inbound'], mediaFormat, customParameters },
    });
  }

  /**
   * One frame of the caller. A frame that is lost is not written, and its number is not given to another.
   * @param frame - its number, from 0: `chunk` and `timestamp` follow from it.
   * @param payload - base64 of its audio.
   */
  media(frame: number, payload: string): string {
    const sequence = this.#next();
    const timestamp = String(frame * CARRIER_FRAME_MS);
    // By hand: fifty a second of every call, and nothing in it needs to be escaped.
    return `{"event":"media","sequenceNumber":"${sequence}","media":{"track":"inbound","chunk":"${String(frame + 1)}","timestamp":"${timestamp}","payload":"${payload}"}${this.#end}`;
  }

  /** Everything sent before the mark was heard, or cleared. */
  mark(name: string): string {
    return this.#numbered('mark', { name });
  }

  /** One key. @param digit - `0` to `9`, `*`, `#`, `A` to `D`; another throws `RangeError`. */
  dtmf(digit: string): string {
    if (!/^[0-9*#A-D]$/.test(digit)) throw new RangeError('a telephone has no such key');
    return this.#numbered('dtmf', { track: 'inbound_track', digit });
  }

  /** A message of our own, before the audio that has these words; Twilio never sends it. See `typed-words.ts`. */
  typed(text: string): string {
    return this.#numbered('typed', { text });
  }

  stop(): string {
    const { accountSid, callSid } = this.#ids;
    const said = this.#numbered('stop', { accountSid, callSid });
    this.#turn = 'nothing';
    return said;
  }

  #numbered(event: string, body: object): string {
    return `{"event":"${event}","sequenceNumber":"${this.#next()}","${event}":${JSON.stringify(body)}${this.#end}`;
  }

  #next(): string {
    if (this.#turn !== 'more') throw new RangeError(`this stream says ${this.#turn} next`);
    return String(++this.#sequence);
  }

  #take(turn: Turn, next: Turn): void {
    if (this.#turn !== turn) throw new RangeError(`this stream says ${this.#turn} next`);
    this.#turn = next;
  }
}
