import type { Clock } from '../../clock.ts';
import { FRAME_BYTES, SILENCE } from '../../media/mu-law.ts';
import { CARRIER_FRAME_MS as FRAME_MS, CarrierMessages } from '../../protocol/twilio-carrier-messages.ts';
import { BINARY_REFUSAL, readStreamReply } from '../../protocol/twilio-stream-reply.ts';
import { type CarrierConduct, LIKELY_CONDUCT } from './carrier-conduct.ts';
import type { CallerVoice } from './caller-voice.ts';
import type { CarrierAlert, CarrierEvent, StreamEnd } from './carrier-events.ts';
import type { CarrierSocket } from './carrier-socket.ts';
import { type Delay, DelayedLane } from './delayed-lane.ts';
import { Earpiece } from './earpiece.ts';
import type { Playback } from './playback.ts';

/** A process that slept longer than this lost those frames for good, as a phone does; less is made up for. */
const MAX_CATCH_UP_MS = 1000;

export interface StreamFaults {
  /** Twilio does not always say `stop` before it closes. */
  readonly omitStop?: boolean;
  /** Frames that get lost on their way, by their number from 0. Their time passes all the same. */
  readonly dropsFrame?: (index: number) => boolean;
  /** Network delay of every message towards the engine, in milliseconds. */
  readonly toEngineMs?: Delay;
  /** Network delay of every message from the engine, in milliseconds. */
  readonly fromEngineMs?: Delay;
}

/** What of the carrier's conduct is a stream's. */
export type StreamConduct = Pick<CarrierConduct, 'givesUpAfterMs' | 'pingEveryMs' | 'queuedAudio'>;

export interface SimulatedCallOptions {
  readonly clock: Clock;
  /** Open: the call speaks at once. */
  readonly socket: CarrierSocket;
  readonly accountSid: string;
  readonly callSid: string;
  readonly streamSid: string;
  /** The `<Parameter>`s of the TwiML. */
  readonly customParameters: Readonly<Record<string, string>>;
  readonly voice: CallerVoice;
  /** Where the engine's audio is played; a fresh one unless somebody listens in. */
  readonly playback?: Playback;
  readonly faults?: StreamFaults;
  readonly conduct?: StreamConduct;
  readonly tell?: (event: CarrierEvent) => void;
}

/**
 * One phone call as Twilio Media Streams shows it: `connected`, `start`, a frame
 * every 20 ms, marks when they were heard, `stop`.
 *
 * Frames leave at absolute times, so that a late timer never makes the next one
 * late. What the engine sends is checked as strictly as Twilio does; a mistake
 * is an alert (31950, 31951) and has no effect.
 */
export class SimulatedCall {
  readonly alerts: CarrierAlert[] = [];
  /** Resolves once, when the stream is over. */
  readonly ended: Promise<StreamEnd>;

  readonly #options: SimulatedCallOptions;
  readonly #messages: CarrierMessages;
  readonly #ear: Earpiece;
  readonly #outbound: DelayedLane<string>;
  readonly #startedAt: number;
  readonly #callerFrames: { index: number; audio: Uint8Array }[] = [];
  #frames = 0;
  #frameTimer: unknown;
  #pingTimer: unknown;
  /** The socket is gone, or the network swallows everything: nothing is said or heard on it any more. */
  #isCut = false;
  #end: { by: StreamEnd; atMs: number } | undefined;
  #resolveEnded: (by: StreamEnd) => void = () => undefined;

  constructor(options: SimulatedCallOptions) {
    const { clock, socket, faults } = options;
    this.#options = options;
    this.#startedAt = clock.steady();
    this.#messages = new CarrierMessages(options);
    this.#ear = new Earpiece({
      clock,
      playback: options.playback,
      mediaMs: () => this.mediaMs,
      returnMark: (name) => {
        this.#say(() => this.#messages.mark(name));
      },
      tell: (event) => {
        this.#tell(event);
      },
    });
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#outbound = new DelayedLane(clock, faults?.toEngineMs ?? 0, (text) => {
      socket.send(text);
    });
    const inbound = new DelayedLane<[string, boolean]>(
      clock,
      faults?.fromEngineMs ?? 0,
      ([text, isBinary]) => {
        this.#receive(text, isBinary);
      },
    );
    socket.on('message', (data, isBinary) => {
      inbound.push([isBinary ? '' : data.toString(), isBinary]);
    });
    socket.on('close', (code) => {
      // 1006: no closing handshake, so nobody chose to end it.
      this.#playOut(code === 1006 ? 'network' : 'engine', code);
    });
    socket.on('error', () => undefined); // A `close` follows.
    this.#sayStart();
    this.#armFrame();
    this.#armPing();
  }

  get streamSid(): string {
    return this.#options.streamSid;
  }

  /** Milliseconds since the stream started; stands still when it is over. */
  get mediaMs(): number {
    return this.#end?.atMs ?? this.#options.clock.steady() - this.#startedAt;
  }

  /** What the caller hears, and has heard. */
  get playback(): Playback {
    return this.#ear.playback;
  }

  /** When the stream started, by the clock. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** The caller presses one key. */
  press(digit: string): void {
    this.#say(() => this.#messages.dtmf(digit));
  }

  /** Ends the stream as Twilio does when the caller hangs up, or the call is updated by REST. */
  hangUp(by: 'caller' | 'carrier' = 'caller'): void {
    if (this.#end !== undefined) return;
    const { faults, socket } = this.#options;
    if (faults?.omitStop !== true) this.#say(() => this.#messages.stop());
    this.#finish(by);
    if (this.#isCut) {
      socket.terminate();
      return;
    }
    this.#outbound.whenEmpty(() => {
      socket.close(1000);
    });
  }

  /** The connection breaks in the middle of everything: no `stop`, no closing handshake. */
  vanish(): void {
    if (this.#end !== undefined) return;
    this.#playOut('network');
    this.#outbound.drop();
    this.#options.socket.terminate();
  }

  /** From now on the network swallows everything in both directions, and tells neither end. */
  blackOut(): void {
    if (this.#end !== undefined || this.#isCut) return;
    const { clock, conduct = LIKELY_CONDUCT } = this.#options;
    this.#outbound.drop();
    this.#isCut = true;
    clock.clearTimeout(this.#pingTimer);
    if (conduct.givesUpAfterMs === undefined) return;
    this.#pingTimer = clock.setTimeout(() => {
      this.#finish('network');
      this.#options.socket.terminate();
    }, conduct.givesUpAfterMs);
  }

  /** Everything said on the line until now, as mu-law: what the caller said, and what the caller heard. */
  render(): { caller: Uint8Array; agent: Uint8Array } {
    const agent = this.playback.render(this.mediaMs);
    const caller = new Uint8Array(agent.length).fill(SILENCE);
    for (const { index, audio } of this.#callerFrames) {
      const at = index * FRAME_BYTES;
      if (at < caller.length) caller.set(audio.subarray(0, caller.length - at), at);
    }
    return { caller, agent };
  }

  #sayStart(): void {
    const { streamSid, customParameters } = this.#options;
    this.#say(() => this.#messages.connected());
    this.#say(() => this.#messages.start(customParameters));
    this.#tell({ type: 'stream.attached', streamSid });
  }

  /** What is not said gets no number; after `stop` nothing is said, whatever the engine still sends. */
  #say(write: () => string): void {
    if (this.#end === undefined && !this.#isCut && !this.#messages.isOver) this.#outbound.push(write());
  }

  #armFrame(): void {
    const { clock } = this.#options;
    const dueAt = this.#startedAt + (this.#frames + 1) * FRAME_MS;
    this.#frameTimer = clock.setTimeout(() => {
      this.#sendDueFrames();
      this.#armFrame();
    }, dueAt - clock.steady());
  }

  /** A frame holds the 20 ms before it is sent. */
  #sendDueFrames(): void {
    const due = Math.floor(this.mediaMs / FRAME_MS);
    this.#frames = Math.max(this.#frames, due - MAX_CATCH_UP_MS / FRAME_MS);
    while (this.#frames < due) this.#sendFrame(this.#frames++);
  }

  #sendFrame(index: number): void {
    const { voice, faults } = this.#options;
    const { audio, startsSpeech, endsSpeech, typed } = voice.nextFrame();
    const timestamp = index * FRAME_MS;
    if (startsSpeech) this.#tell({ type: 'caller.audible', atMs: timestamp });
    if (typed !== undefined) this.#say(() => this.#messages.typed(typed));
    // Silence is what the recording holds anyway.
    if (audio.some((byte) => byte !== SILENCE)) this.#callerFrames.push({ index, audio });
    if (faults?.dropsFrame?.(index) !== true) {
      const payload = Buffer.from(audio.buffer, audio.byteOffset, audio.length).toString('base64');
      this.#say(() => this.#messages.media(index, payload));
    }
    if (endsSpeech) this.#tell({ type: 'caller.quiet', atMs: timestamp + FRAME_MS });
  }

  #receive(text: string, isBinary: boolean): void {
    if (this.#end !== undefined || this.#isCut) return;
    const read = isBinary ? { refusal: BINARY_REFUSAL } : readStreamReply(text, this.#options.streamSid);
    if ('reply' in read) this.#ear.take(read.reply);
    else this.#alert(read.refusal);
  }

  #alert(alert: CarrierAlert): void {
    this.alerts.push(alert);
    this.#tell({ type: 'carrier.alert', alert });
  }

  /** The socket is gone. What waits to be heard is dropped, or heard before the stream is over. */
  #playOut(by: StreamEnd, closeCode?: number): void {
    if (this.#isCut) return;
    const { clock, conduct = LIKELY_CONDUCT } = this.#options;
    const { playback, mediaMs } = this;
    if (conduct.queuedAudio === 'dropped' || !playback.isPlaying(mediaMs)) {
      this.#finish(by, closeCode);
      return;
    }
    this.#isCut = true;
    this.#stopTimers();
    this.#frameTimer = clock.setTimeout(
      () => {
        this.#finish(by, closeCode);
      },
      Math.ceil(playback.endsAtMs - mediaMs),
    );
  }

  #armPing(): void {
    const { clock, socket, conduct = LIKELY_CONDUCT } = this.#options;
    if (conduct.pingEveryMs === undefined) return;
    this.#pingTimer = clock.setTimeout(() => {
      socket.ping?.();
      this.#armPing();
    }, conduct.pingEveryMs);
  }

  #stopTimers(): void {
    const { clock } = this.#options;
    clock.clearTimeout(this.#frameTimer);
    clock.clearTimeout(this.#pingTimer);
  }

  #finish(by: StreamEnd, closeCode?: number): void {
    if (this.#end !== undefined) return;
    const droppedMs = this.#ear.turnOff();
    this.#end = { by, atMs: this.mediaMs };
    this.#stopTimers();
    this.#tell({
      type: 'stream.ended',
      by,
      atMs: this.mediaMs,
      droppedMs,
      ...(closeCode !== undefined && { closeCode }),
    });
    this.#resolveEnded(by);
  }

  #tell(event: CarrierEvent): void {
    this.#options.tell?.(event);
  }
}
