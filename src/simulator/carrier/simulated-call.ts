import type { Clock } from '../../clock.ts';
import { FRAME_BYTES, SILENCE } from '../../media/mu-law.ts';
import { StreamReply } from '../../protocol/twilio-stream.ts';
import type { CallerVoice } from './caller-voice.ts';
import type { CarrierAlert, CarrierEvent, StreamEnd } from './carrier-events.ts';
import type { CarrierSocket } from './carrier-socket.ts';
import { DelayedLane } from './delayed-lane.ts';
import { Playback } from './playback.ts';

const FRAME_MS = 20;
/** A process that slept longer than this lost those frames for good, as a phone does; less is made up for. */
const MAX_CATCH_UP_MS = 1000;

export interface StreamFaults {
  /** Twilio does not always say `stop` before it closes. */
  readonly omitStop?: boolean;
  /** Frames that get lost on their way, by their number from 0. Their time passes all the same. */
  readonly dropsFrame?: (index: number) => boolean;
  /** Network delay of every message towards the engine, in milliseconds. */
  readonly toEngineMs?: number;
  /** Network delay of every message from the engine, in milliseconds. */
  readonly fromEngineMs?: number;
}

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
  readonly faults?: StreamFaults;
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
  readonly playback = new Playback();
  readonly alerts: CarrierAlert[] = [];
  /** Resolves once, when the stream is over. */
  readonly ended: Promise<StreamEnd>;

  readonly #options: SimulatedCallOptions;
  readonly #outbound: DelayedLane<string>;
  readonly #startedAt: number;
  readonly #callerFrames: { index: number; audio: Uint8Array }[] = [];
  #sequence = 0;
  #frames = 0;
  #frameTimer: unknown;
  #playbackTimer: unknown;
  #isAudible = false;
  #end: { by: StreamEnd; atMs: number } | undefined;
  #resolveEnded: (by: StreamEnd) => void = () => undefined;

  constructor(options: SimulatedCallOptions) {
    const { clock, socket, faults } = options;
    this.#options = options;
    this.#startedAt = clock.steady();
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
      this.#finish(code === 1006 ? 'network' : 'engine', code);
    });
    socket.on('error', () => undefined); // A `close` follows.
    this.#sayStart();
    this.#armFrame();
  }

  get streamSid(): string {
    return this.#options.streamSid;
  }

  /** Milliseconds since the stream started; stands still when it is over. */
  get mediaMs(): number {
    return this.#end?.atMs ?? this.#options.clock.steady() - this.#startedAt;
  }

  /** When the stream started, by the clock. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** The caller presses one key. */
  press(digit: string): void {
    this.#say({ event: 'dtmf', dtmf: { track: 'inbound_track', digit } });
  }

  /** Ends the stream as Twilio does when the caller hangs up, or the call is updated by REST. */
  hangUp(by: 'caller' | 'carrier' = 'caller'): void {
    if (this.#end !== undefined) return;
    const { accountSid, callSid, faults, socket } = this.#options;
    if (faults?.omitStop !== true) this.#say({ event: 'stop', stop: { accountSid, callSid } });
    this.#finish(by);
    this.#outbound.whenEmpty(() => {
      socket.close(1000);
    });
  }

  /** The connection breaks in the middle of everything: no `stop`, no closing handshake. */
  vanish(): void {
    if (this.#end !== undefined) return;
    this.#finish('network');
    this.#outbound.drop();
    this.#options.socket.terminate();
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
    const { accountSid, callSid, streamSid, customParameters } = this.#options;
    this.#outbound.push(JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' }));
    const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
    this.#say({
      event: 'start',
      start: { accountSid, streamSid, callSid, tracks: ['inbound'], mediaFormat, customParameters },
    });
    this.#tell({ type: 'stream.attached', streamSid });
  }

  /** Numbers are decimal strings on this wire, and the sequence begins with `start`. */
  #say(message: Record<string, unknown>): void {
    if (this.#end !== undefined) return;
    const { event, ...body } = message;
    const sequenceNumber = String(++this.#sequence);
    this.#outbound.push(
      JSON.stringify({ event, sequenceNumber, ...body, streamSid: this.#options.streamSid }),
    );
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
    if (typed !== undefined) this.#say({ event: 'typed', typed: { text: typed } });
    // Silence is what the recording holds anyway.
    if (audio.some((byte) => byte !== SILENCE)) this.#callerFrames.push({ index, audio });
    if (faults?.dropsFrame?.(index) !== true) {
      const payload = Buffer.from(audio.buffer, audio.byteOffset, audio.length).toString('base64');
      const media = { track: 'inbound', chunk: String(index + 1), timestamp: String(timestamp), payload };
      this.#say({ event: 'media', media });
    }
    if (endsSpeech) this.#tell({ type: 'caller.quiet', atMs: timestamp + FRAME_MS });
  }

  #receive(text: string, isBinary: boolean): void {
    if (this.#end !== undefined) return;
    const reply = isBinary ? undefined : readReply(text);
    if (reply === undefined) {
      this.#alert(31_950, isBinary ? 'a binary message' : 'a message that is not JSON');
      return;
    }
    const read = StreamReply.safeParse(reply);
    if (!read.success) {
      const where = read.error.issues.map(({ path }) => path.map(String).join('.') || 'event').join(', ');
      this.#alert(31_951, `an invalid message: ${where}`);
    } else if (read.data.streamSid !== this.#options.streamSid) {
      this.#alert(31_951, `a ${read.data.event} for another stream`);
    } else {
      this.#obey(read.data);
    }
  }

  #obey(reply: StreamReply): void {
    const atMs = this.mediaMs;
    this.#settlePlayback();
    switch (reply.event) {
      case 'media':
        this.playback.add(atMs, Buffer.from(reply.media.payload, 'base64'));
        if (!this.#isAudible) {
          this.#isAudible = true;
          this.#tell({ type: 'agent.audible', atMs });
        }
        break;
      case 'mark':
        this.playback.mark(atMs, reply.mark.name);
        break;
      case 'clear': {
        const { marks, droppedMs } = this.playback.clear(atMs);
        this.#tell({ type: 'playback.cleared', atMs, droppedMs });
        for (const name of marks) this.#returnMark(name);
      }
    }
    this.#settlePlayback();
    this.#armPlayback();
  }

  /** Returns the marks that are due and notices that the buffer ran dry. */
  #settlePlayback(): void {
    for (const name of this.playback.takeMarks(this.mediaMs)) this.#returnMark(name);
    if (!this.#isAudible || this.playback.isPlaying(this.mediaMs)) return;
    this.#isAudible = false;
    this.#tell({ type: 'agent.quiet', atMs: this.playback.endsAtMs });
  }

  #armPlayback(): void {
    const { clock } = this.#options;
    clock.clearTimeout(this.#playbackTimer);
    const nextAtMs = this.playback.nextMarkAtMs ?? (this.#isAudible ? this.playback.endsAtMs : undefined);
    if (nextAtMs === undefined || this.#end !== undefined) return;
    this.#playbackTimer = clock.setTimeout(() => {
      this.#settlePlayback();
      this.#armPlayback();
    }, nextAtMs - this.mediaMs);
  }

  #returnMark(name: string): void {
    this.#say({ event: 'mark', mark: { name } });
    this.#tell({ type: 'mark.returned', atMs: this.mediaMs, name });
  }

  #alert(code: number, text: string): void {
    const alert = { code, text };
    this.alerts.push(alert);
    this.#tell({ type: 'carrier.alert', alert });
  }

  #finish(by: StreamEnd, closeCode?: number): void {
    if (this.#end !== undefined) return;
    const { clock } = this.#options;
    if (this.#isAudible) this.#tell({ type: 'agent.quiet', atMs: this.mediaMs });
    this.#end = { by, atMs: this.mediaMs };
    clock.clearTimeout(this.#frameTimer);
    clock.clearTimeout(this.#playbackTimer);
    this.#tell({
      type: 'stream.ended',
      by,
      atMs: this.mediaMs,
      ...(closeCode !== undefined && { closeCode }),
    });
    this.#resolveEnded(by);
  }

  #tell(event: CarrierEvent): void {
    this.#options.tell?.(event);
  }
}

function readReply(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
