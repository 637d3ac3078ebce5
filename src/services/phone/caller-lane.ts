import type { ErrorCode, ErrorNote } from '../../errors.ts';
import type { AudioLine } from '../../media/audio-line.ts';
import { MU_LAW_BYTES_PER_MS, SILENCE } from '../../media/mu-law.ts';
import type { PhoneTape } from '../../media/phone-tape.ts';
import type { Log } from '../../log.ts';
import type { CarrierListener, IgnoredMessage } from './carrier.port.ts';
import { LineRate } from './line-rate.ts';
import { RateWindow } from './rate-window.ts';

/** How often the lane is swept, in milliseconds. */
export const SWEEP_MS = 250;
const sweepsIn = (ms: number) => ms / SWEEP_MS;

/** Detection of speech waits for silence, and a caller whose frames stay away sends none. */
const GAP_SWEEPS = sweepsIn(750);
/** A carrier sends 50 frames a second, silence included: three seconds without any are suspicious. */
const SUSPECT_SWEEPS = sweepsIn(3000);
const LOST_SWEEPS = sweepsIn(6000);

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
/** How long a stream may bring nothing before its close counts as unheard, in ms. */
const DEAD_AFTER_MS = 1000;

const SWEEP_SILENCE = silence(SWEEP_MS);

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
  closed(code: number): void;
  /** The lane, or whoever it told, threw. */
  threw(thrown: unknown): void;
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
 * A frame of audio is passed down the line in the tick it came: nothing is
 * decoded, copied or allocated for it. A message that cannot be read is counted
 * and skipped. One that is not known is counted and ignored, however often it
 * comes: it takes nothing from the call.
 */
export class CallerLane implements CarrierListener {
  readonly #options: CallerLaneOptions;
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
  /** A number and not the frame: keeping that would cost a write barrier a frame. */
  #mediaMs = BEFORE_FIRST_FRAME_MS;

  constructor(options: CallerLaneOptions) {
    this.#options = options;
    this.#rate = new LineRate(options.steady);
  }

  /** No frame has come for a second, of some fifty: what is sent now may reach nobody. */
  get isDead(): boolean {
    return this.#deadSweeps * SWEEP_MS >= DEAD_AFTER_MS;
  }

  /** The carrier's media clock: when the last frame began, in milliseconds since the stream did. */
  get mediaMs(): number {
    return this.#mediaMs;
  }

  arrived(bytes: number): boolean {
    if (this.#rate.takesMessage(bytes)) return true;
    this.#countFlood();
    return false;
  }

  audio(text: Buffer, start: number, end: number, mediaMs: number | undefined): void {
    // The carrier's clock goes on where audio is dropped.
    if (mediaMs !== undefined) this.#mediaMs = mediaMs;
    if (!this.#takesAudio(text, start, end)) return;
    if (mediaMs === undefined) this.#mediaMs += FRAME_MS;
    this.#frames++;
    this.#options.line.callerAudio(text, start, end);
    this.#options.tape?.callerFrame(text, start, end, this.#mediaMs);
  }

  mark(name: string): void {
    this.#options.listener.mark(name);
  }

  digit(digit: string): void {
    if (this.#digits.count() <= MAX_DIGITS) this.#options.listener.digit(digit);
  }

  typed(text: string): void {
    this.#options.line.callerTyped(text);
  }

  stopped(): void {
    this.#options.listener.stopped();
  }

  ignored(kind: IgnoredMessage): void {
    if (kind === 'empty') this.#emptyFrames++;
    this.#options.listener.ignored(kind);
  }

  repeated(name: string): void {
    const { log, streamSid } = this.#options;
    log.debug({ streamSid }, `second \`${name}\` on one stream, ignored`);
  }

  strayed(): void {
    this.#strays++;
    if (this.#strays === MAX_STRAYS)
      this.#options.listener.failed('STREAM_OUT_OF_ORDER', `${String(MAX_STRAYS)} times`);
  }

  malformed({ code, message }: ErrorNote, bytes: number): void {
    const { listener, log, streamSid } = this.#options;
    const count = this.#badFrames.count();
    if (count === 1) log.warn({ streamSid, code, reason: message, bytes }, 'invalid stream message, skipped');
    if (count === MAX_BAD_FRAMES) listener.failed('STREAM_MALFORMED', `${String(count)} messages in 10 s`);
  }

  closed(code: number): void {
    this.#options.listener.closed(code);
  }

  threw(thrown: unknown): void {
    this.#options.listener.threw(thrown);
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
    if (this.#deadSweeps === LOST_SWEEPS) listener.failed('STREAM_LOST', 'no `media` for 6 s');
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
}
