import { type ErrorCode, noteOf } from '../../errors.ts';
import type { AudioLine } from '../../media/audio-line.ts';
import { MU_LAW_BYTES_PER_MS, SILENCE } from '../../media/mu-law.ts';
import type { PhoneTape } from '../../media/phone-tape.ts';
import { readStreamMessage, type StreamMessage } from '../../protocol/twilio-stream.ts';
import type { Log } from '../../log.ts';
import { LineRate } from './line-rate.ts';
import { MediaFrame } from '../twilio/stream/media-frame.ts';
import { RateWindow } from './rate-window.ts';

/** How often the lane is swept, in milliseconds. */
export const SWEEP_MS = 250;
const sweepsIn = (ms: number) => ms / SWEEP_MS;

/** Detection of speech waits for silence, and a caller whose frames stay away sends none. */
const GAP_SWEEPS = sweepsIn(750);
/** Twilio sends 50 frames a second, silence included: three seconds without any are suspicious. */
const SUSPECT_SWEEPS = sweepsIn(3000);
const LOST_SWEEPS = sweepsIn(10_000);

const MAX_BAD_FRAMES = 50;
const BAD_FRAME_SWEEPS = sweepsIn(10_000);
const MAX_DIGITS = 20;
const DIGIT_SWEEPS = sweepsIn(1000);
/** Messages of another stream, or after the end of this one. */
const MAX_STRAYS = 100;

/** Of base64. */
const BYTES_PER_CHAR = 3 / 4;
const PADDING = 0x3d;

/** Of a frame whose far end does not say when it began. */
const FRAME_MS = 20;
/** The first frame begins at 0 and comes when it is full: until then the clock is one frame behind. */
const BEFORE_FIRST_FRAME_MS = -FRAME_MS;

const silence = (ms: number) =>
  Buffer.from(Buffer.alloc(ms * MU_LAW_BYTES_PER_MS, SILENCE).toString('base64'));
/** What a gap has lasted when it is noticed, and what each further sweep adds. */
const GAP_SILENCE = silence(750);
const SWEEP_SILENCE = silence(SWEEP_MS);

/** What a far end sends and the lane has no use for: a message by a name it does not know, or a frame without audio. */
export type IgnoredMessage = 'unknown' | 'empty';

/** What the lane tells its leg. */
export interface CallerLaneListener {
  digit(digit: string): void;
  mark(name: string): void;
  stopped(): void;
  ignored(kind: IgnoredMessage): void;
  /** No frame came for three seconds. */
  suspect(): void;
  /** The stream is not worth keeping. */
  failed(code: ErrorCode, detail: string): void;
}

export interface CallerLaneOptions {
  readonly streamSid: string;
  readonly line: Pick<AudioLine, 'callerAudio' | 'callerTyped'>;
  readonly listener: CallerLaneListener;
  readonly log: Log;
  /** Milliseconds of a clock that never jumps. */
  readonly steady: () => number;
  /** Where the call is recorded; absent for calls that are not. */
  readonly tape?: PhoneTape | undefined;
}

/**
 * Everything that comes in on one stream.
 *
 * A frame of audio is found by its bytes and passed down the line in the same
 * tick: nothing is decoded, copied or allocated for it. Other messages are rare
 * and read by their schema. A message that cannot be read is counted and
 * skipped: Twilio never repeats one, and a call is worth more than a frame. One
 * that is not known is counted and ignored, however often it comes: it takes
 * nothing from the call.
 */
export class CallerLane {
  readonly #options: CallerLaneOptions;
  readonly #frame = new MediaFrame();
  readonly #badFrames = new RateWindow(BAD_FRAME_SWEEPS);
  readonly #digits = new RateWindow(DIGIT_SWEEPS);
  readonly #rate: LineRate;
  #hasDropped = false;
  #isFlooded = false;
  #strays = 0;
  /** With audio; and without. */
  #frames = 0;
  #emptyFrames = 0;
  #framesAtSweep = 0;
  #emptyFramesAtSweep = 0;
  /** Sweeps without audio, and without any frame. */
  #quietSweeps = 0;
  #deadSweeps = 0;
  /** The time of the last frame, when the schema has read it; else the frame knows it. */
  #slowMediaMs: number | undefined = BEFORE_FIRST_FRAME_MS;
  #hasStopped = false;

  constructor(options: CallerLaneOptions) {
    this.#options = options;
    this.#rate = new LineRate(options.steady);
  }

  /** The carrier's media clock: when the last frame began, in milliseconds since the stream did. */
  get mediaMs(): number {
    return this.#slowMediaMs ?? this.#frame.timestampMs;
  }

  message(data: Buffer, isBinary: boolean): void {
    if (!this.#rate.takesMessage(data.length)) {
      this.#countFlood();
      return;
    }
    if (!isBinary && !this.#hasStopped && this.#frame.read(data)) {
      if (!this.#takesAudio(data, this.#frame.start, this.#frame.end)) return;
      this.#frames++;
      this.#slowMediaMs = undefined;
      this.#options.line.callerAudio(data, this.#frame.start, this.#frame.end);
      this.#options.tape?.callerFrame(data, this.#frame.start, this.#frame.end, this.#frame.timestampMs);
      return;
    }
    this.#readSlowly(data, isBinary);
  }

  /** To be called every 250 ms. Sweeps are counted, not timed: a process that slept does not mistake its own sleep for the caller's silence. */
  sweep(): void {
    this.#badFrames.sweep();
    this.#digits.sweep();
    const { line, listener } = this.#options;
    const hasAudio = this.#frames !== this.#framesAtSweep;
    const isAlive = hasAudio || this.#emptyFrames !== this.#emptyFramesAtSweep;
    this.#framesAtSweep = this.#frames;
    this.#emptyFramesAtSweep = this.#emptyFrames;
    this.#quietSweeps = hasAudio ? 0 : this.#quietSweeps + 1;
    this.#deadSweeps = isAlive ? 0 : this.#deadSweeps + 1;
    if (this.#quietSweeps === GAP_SWEEPS) line.callerAudio(GAP_SILENCE, 0, GAP_SILENCE.length);
    if (this.#quietSweeps > GAP_SWEEPS) line.callerAudio(SWEEP_SILENCE, 0, SWEEP_SILENCE.length);
    if (this.#deadSweeps === SUSPECT_SWEEPS) listener.suspect();
    if (this.#deadSweeps === LOST_SWEEPS) listener.failed('STREAM_LOST', 'no `media` for 10 s');
  }

  #readSlowly(data: Buffer, isBinary: boolean): void {
    const { listener } = this.#options;
    let message;
    try {
      if (isBinary) throw new TypeError('binary message');
      message = readStreamMessage(data.toString());
    } catch (thrown) {
      this.#skip(thrown, data.length);
      return;
    }
    if (message.event === 'unknown') listener.ignored('unknown');
    else if (message.event !== 'connected' && this.#isStray(message.streamSid)) this.#countStray();
    else this.#take(message, data);
  }

  /** A message that names no stream is of the one whose socket it came on. */
  #isStray(streamSid = this.#options.streamSid): boolean {
    return this.#hasStopped || streamSid !== this.#options.streamSid;
  }

  #take(message: Exclude<StreamMessage, { event: 'unknown' }>, data: Buffer): void {
    const { line, listener, log } = this.#options;
    switch (message.event) {
      case 'media': {
        const { payload, timestamp, track } = message.media;
        if (track !== 'inbound') return;
        if (payload === '') {
          this.#emptyFrames++;
          listener.ignored('empty');
          return;
        }
        this.#frame.learn(data, message);
        const text = Buffer.from(payload, 'latin1');
        if (!this.#takesAudio(text, 0, text.length)) return;
        this.#frames++;
        this.#slowMediaMs = timestamp ?? this.mediaMs + FRAME_MS;
        line.callerAudio(text, 0, text.length);
        this.#options.tape?.callerFrame(text, 0, text.length, this.mediaMs);
        return;
      }
      case 'mark':
        listener.mark(message.mark.name);
        return;
      case 'dtmf':
        if (this.#digits.count() <= MAX_DIGITS) listener.digit(message.dtmf.digit);
        return;
      case 'typed':
        line.callerTyped(message.typed.text);
        return;
      case 'stop':
        this.#hasStopped = true;
        listener.stopped();
        return;
      case 'connected':
      case 'start':
        // The stream server has read them; a second one means nothing.
        log.debug(
          { streamSid: this.#options.streamSid },
          `second \`${message.event}\` on one stream, ignored`,
        );
    }
  }

  #skip(thrown: unknown, bytes: number): void {
    const { listener, log, streamSid } = this.#options;
    const { code, message } = noteOf(thrown, 'STREAM_MALFORMED');
    const count = this.#badFrames.count();
    if (count === 1) log.warn({ streamSid, code, reason: message, bytes }, 'invalid stream message, skipped');
    if (count === MAX_BAD_FRAMES) listener.failed('STREAM_MALFORMED', `${String(count)} messages in 10 s`);
  }

  /** Base64, at `text[start, end)`. */
  #takesAudio(text: Buffer, start: number, end: number): boolean {
    // To the byte: a little too much for each frame would be seconds of a long call.
    let bytes = (end - start) * BYTES_PER_CHAR;
    if (text[end - 1] === PADDING) bytes -= text[end - 2] === PADDING ? 2 : 1;
    if (this.#rate.takesAudio(bytes / MU_LAW_BYTES_PER_MS)) return true;
    this.#countFlood();
    return false;
  }

  #countFlood(): void {
    const { listener, log, streamSid } = this.#options;
    if (this.#isFlooded) return;
    if (!this.#hasDropped)
      log.warn(
        { streamSid, code: 'STREAM_TOO_FAST' },
        'stream audio is faster than real time, excess dropped',
      );
    this.#hasDropped = true;
    if (!this.#rate.isFlooded) return;
    this.#isFlooded = true;
    listener.failed('STREAM_TOO_FAST', 'too often');
  }

  #countStray(): void {
    this.#strays++;
    if (this.#strays === MAX_STRAYS)
      this.#options.listener.failed('STREAM_OUT_OF_ORDER', `${String(MAX_STRAYS)} times`);
  }
}
