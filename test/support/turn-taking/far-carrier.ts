import { FRAME_BYTES } from '../../../src/media/mu-law.ts';
import { CallerVoice } from '../../../src/simulator/carrier/caller-voice.ts';
import { Playback } from '../../../src/simulator/carrier/playback.ts';
import { SimulatedCall } from '../../../src/simulator/carrier/simulated-call.ts';
import { CarrierEnd, EngineEnd } from '../stream-pair.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import type { AgentVoice, AudioMode } from './agent-voice.ts';
import { CarrierRecord } from './carrier-record.ts';
import type { Delay } from './network-lane.ts';

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

/** `connected` and `start`: the stream was let in by them, so they are said before anybody listens, and take no time. */
const MESSAGES_OF_ADMISSION = 2;

/** Tells what it was given to play, when it has it. */
class TellingPlayback extends Playback {
  onAdded: (audio: Buffer, atMs: number) => void = () => undefined;

  override add(atMs: number, audio: Uint8Array): void {
    super.add(atMs, audio);
    this.onAdded(Buffer.from(audio.buffer, audio.byteOffset, audio.length), atMs);
  }
}

/**
 * The engine's end of a stream with the simulated carrier behind it, between two
 * networks and on a virtual clock. What the carrier played is the truth that the
 * engine's ledger is held against, and what leaves the engine is looked at as it leaves.
 */
export class FarCarrier extends EngineEnd {
  readonly record: CarrierRecord;
  /** Everything that the engine has sent, in order. */
  readonly left: LeftMessage[] = [];
  readonly faults: string[] = [];
  /** On the clock, in ms. */
  readonly startedAt: number;
  readonly #options: FarCarrierOptions;
  readonly #call: SimulatedCall;

  constructor(options: FarCarrierOptions) {
    super();
    const { clock, voice, toEngine, fromEngine } = options;
    this.#options = options;
    this.startedAt = clock.now();
    let said = 0;
    const toEngineMs = () => (said++ < MESSAGES_OF_ADMISSION ? 0 : toEngine());
    const playback = new TellingPlayback();
    this.record = new CarrierRecord(playback, voice);
    playback.onAdded = (audio, atMs) => {
      this.record.add(audio, atMs);
    };
    this.#call = new SimulatedCall({
      ...{ clock, playback, socket: new CarrierEnd(this), voice: new CallerVoice() },
      ...{ accountSid: 'AC1', callSid: 'CA1', streamSid: 'MZ1', customParameters: {} },
      faults: { toEngineMs, fromEngineMs: fromEngine },
      tell: (event) => {
        if (event.type === 'carrier.alert')
          this.faults.push(`${String(event.alert.code)}: ${event.alert.text}`);
      },
    });
  }

  get playback(): Playback {
    return this.#call.playback;
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

  override sendText(buffer: Buffer, start: number, end: number): void {
    this.#leaves(buffer.toString('utf8', start, end));
    super.sendText(buffer, start, end);
  }

  override pause(): void {
    this.faults.push('was paused');
  }

  /** The caller presses a key. */
  press(digit: string): void {
    this.#call.press(digit);
  }

  #leaves(text: string): void {
    const { event, media, mark } = JSON.parse(text) as {
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
  }
}
