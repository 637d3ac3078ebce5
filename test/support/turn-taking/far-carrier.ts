import { EventEmitter } from 'node:events';
import { FRAME_BYTES, SILENCE } from '../../../src/media/mu-law.ts';
import type { StreamSocket } from '../../../src/services/twilio/stream/twilio-stream.ts';
import { Playback } from '../../../src/simulator/carrier/playback.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import type { AgentVoice, AudioMode } from './agent-voice.ts';
import { CarrierRecord } from './carrier-record.ts';
import { type Delay, NetworkLane } from './network-lane.ts';

const FRAME_MS = 20;
const QUIET = Buffer.alloc(FRAME_BYTES, SILENCE).toString('base64');

/** One message of the engine's, as it left. */
export interface LeftMessage {
  readonly atMs: number;
  readonly event: 'media' | 'mark' | 'clear';
  readonly audio: Buffer;
  /** Of audio: the item; undefined for a clip. */
  readonly itemId: string | undefined;
  readonly mark: string;
}

interface FarCarrierOptions {
  readonly clock: VirtualClock;
  readonly voice: AgentVoice;
  readonly toEngine: Delay;
  readonly fromEngine: Delay;
  readonly onLeft: (message: LeftMessage) => void;
}

/**
 * The carrier's end of a stream, between two networks and on a virtual clock:
 * a frame every 20 ms, marks when they were heard, `clear`. What it played is
 * the truth that the engine's ledger is held against.
 */
export class FarCarrier extends EventEmitter implements StreamSocket {
  readyState = 1;
  readonly bufferedAmount = 0;
  readonly playback = new Playback();
  readonly record: CarrierRecord;
  /** Everything that the engine has sent, in order. */
  readonly left: LeftMessage[] = [];
  readonly faults: string[] = [];
  readonly #options: FarCarrierOptions;
  readonly #toEngine: NetworkLane<Buffer>;
  readonly #fromEngine: NetworkLane<LeftMessage>;
  /** On the clock, in ms. */
  readonly startedAt: number;
  #frames = 0;
  #markTimer: unknown;

  constructor(options: FarCarrierOptions) {
    super();
    const { clock, voice } = options;
    this.#options = options;
    this.startedAt = clock.now();
    this.record = new CarrierRecord(this.playback, voice);
    this.#toEngine = new NetworkLane(clock, options.toEngine, (message) =>
      this.emit('message', message, false),
    );
    this.#fromEngine = new NetworkLane(clock, options.fromEngine, (message) => {
      this.#receive(message);
    });
    this.#nextFrame();
  }

  get mode(): AudioMode {
    return this.#options.voice.mode;
  }

  /** Media time: ms since the stream began. */
  get nowMs(): number {
    return this.#options.clock.now() - this.startedAt;
  }

  /** True while anything that was sent is still to be heard. */
  get isAudible(): boolean {
    return this.playback.isPlaying(this.nowMs);
  }

  send(message: Buffer | string): void {
    const { event, media, mark } = JSON.parse(message.toString()) as {
      event: LeftMessage['event'];
      media?: { payload: string };
      mark?: { name: string };
    };
    const audio = Buffer.from(media?.payload ?? '', 'base64');
    if (audio.length % FRAME_BYTES !== 0)
      this.faults.push(`${String(audio.length)} bytes are no whole frames`);
    const itemId = event === 'media' ? this.#options.voice.whose(audio)?.itemId : undefined;
    const left = { atMs: this.nowMs, event, audio, itemId, mark: mark?.name ?? '' };
    this.left.push(left);
    this.#options.onLeft(left);
    this.#fromEngine.push(left);
  }

  sendText(buffer: Buffer, start: number, end: number): void {
    this.send(buffer.toString('utf8', start, end));
  }

  pause(): void {
    this.faults.push('was paused');
  }
  ping(): void {
    this.emit('pinged');
  }

  close(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#options.clock.clearTimeout(this.#markTimer);
    this.emit('close', code);
  }

  terminate(): void {
    this.close(1006);
  }

  /** The caller presses a key. */
  press(digit: string): void {
    this.#say(
      `{"event":"dtmf","streamSid":"MZ1","sequenceNumber":"1","dtmf":{"track":"inbound_track","digit":"${digit}"}}`,
    );
  }

  #receive({ event, audio, mark }: LeftMessage): void {
    const atMs = this.nowMs;
    if (event === 'media') {
      this.playback.add(atMs, audio);
      this.record.add(audio, atMs);
    } else if (event === 'mark') {
      this.playback.mark(atMs, mark);
      this.#returnMarks();
    } else {
      const { marks } = this.playback.clear(atMs);
      for (const name of marks) this.#returnMark(name);
    }
  }

  #returnMarks(): void {
    if (this.readyState !== 1) return;
    for (const name of this.playback.takeMarks(this.nowMs)) this.#returnMark(name);
    this.#options.clock.clearTimeout(this.#markTimer);
    const dueAtMs = this.playback.nextMarkAtMs;
    if (dueAtMs === undefined) return;
    this.#markTimer = this.#options.clock.setTimeout(() => {
      this.#returnMarks();
    }, dueAtMs - this.nowMs);
  }

  #returnMark(name: string): void {
    this.#say(`{"event":"mark","sequenceNumber":"1","streamSid":"MZ1","mark":{"name":"${name}"}}`);
  }

  #nextFrame(): void {
    this.#options.clock.setTimeout(() => {
      if (this.readyState !== 1) return;
      const index = this.#frames++;
      const count = String(index + 1);
      this.#say(
        `{"event":"media","sequenceNumber":"${count}","media":{"track":"inbound","chunk":"${count}","timestamp":"${String(index * FRAME_MS)}","payload":"${QUIET}"},"streamSid":"MZ1"}`,
      );
      this.#nextFrame();
    }, FRAME_MS);
  }

  #say(text: string): void {
    if (this.readyState === 1) this.#toEngine.push(Buffer.from(text));
  }
}
