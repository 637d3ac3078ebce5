import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InspectionEvent } from 'xstate';
import type { CallEvent } from '../../../src/machines/call/call.events.ts';
import type { StoredEntry } from '../../../src/protocol/call-feed.ts';
import { FRAME_BYTES, SILENCE } from '../../../src/media/mu-law.ts';
import {
  CARRIER_FRAME_MS as FRAME_MS,
  CarrierMessages,
} from '../../../src/protocol/twilio-carrier-messages.ts';
import { CarrierEnd } from '../stream-pair.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { TapedStream } from './taped-stream.ts';
import { BEGAN_AT } from './golden-call.ts';
import { HostedEngine } from './hosted-engine.ts';
import { ToldModel } from './told-model.ts';
import { WireNames } from './wire-names.ts';
import { type WireLine, type WireRecord, WireTape } from './wire-tape.ts';

/** A call that does not end of itself when the record does is given so long, in ms. */
const BEYOND_MS = 30_000;
const QUIET = Buffer.alloc(FRAME_BYTES, SILENCE).toString('base64');

/** What today's engine sent, and whether the call came to its end. */
export interface WireReplay {
  readonly lines: readonly WireLine[];
  readonly appendedBytes: number;
  readonly hasEnded: boolean;
  readonly names: WireNames;
  /** The call's log, as a fold reads it. */
  readonly entries: readonly StoredEntry[];
}

type Inspect = (event: InspectionEvent) => void;

/** Tells today's engine what both far ends and the desk told it, at their times, and writes down what it sends. */
export async function replayWires({ settings, lines }: WireRecord, inspect?: Inspect): Promise<WireReplay> {
  const folder = mkdtempSync(join(tmpdir(), 'golden-call-'));
  const replay = new Replay(settings, folder, lines, inspect);
  try {
    return await replay.run();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

class Replay {
  readonly #clock = new VirtualClock(BEGAN_AT);
  readonly #tape = new WireTape(
    () => this.#clock.now() - BEGAN_AT,
    (line) => {
      this.#sent(line);
    },
  );
  readonly #names = new WireNames();
  readonly #recorded: readonly WireLine[];
  readonly #model = new ToldModel(this.#tape);
  readonly #engine: HostedEngine;
  #stream: TapedStream | undefined;
  /** Frames that have come on this stream, and on all of them. */
  #index = 0;
  #frames = 0;
  /** How far the record has been told. */
  #next = 0;
  /** On each wire, what was sent in the record before what is told next, less what was sent today. */
  readonly #owed: Record<FarEnd, number> = { carrier: 0, model: 0 };
  #hasWaited = false;
  /** How often a message of a kind was sent today. */
  readonly #counts = new Map<string, number>();
  /** The next frame comes, unless it has. */
  #sendFrame: () => void = () => undefined;

  constructor(
    settings: WireRecord['settings'],
    folder: string,
    recorded: readonly WireLine[],
    inspect?: Inspect,
  ) {
    this.#recorded = recorded;
    // First of all: what far ends tell at a time comes before the engine's own timers of that time.
    for (const at of new Set(recorded.filter(({ way }) => way === 'in').map((line) => line.at))) {
      this.#clock.setTimeout(() => {
        this.#tellDue();
      }, at);
    }
    this.#engine = new HostedEngine({
      ...{ ...settings, clock: this.#clock, folder, inspect },
      openModel: () => this.#model,
    });
  }

  async run(): Promise<WireReplay> {
    const endAt = BEGAN_AT + (this.#recorded.at(-1)?.at ?? 0) + BEYOND_MS;
    while (this.#clock.now() < endAt && !(this.#isTold && this.#engine.hasEnded)) {
      await this.#clock.run(FRAME_MS);
    }
    const { lines, appendedBytes } = this.#tape;
    const { hasEnded } = this.#engine;
    const entries = this.#engine.entries();
    this.#engine.close();
    return { lines, appendedBytes, hasEnded, names: this.#names, entries };
  }

  get #isTold(): boolean {
    return this.#next >= this.#recorded.length;
  }

  /** What is recorded up to now is told, one after another, each behind what the engine had sent before it. */
  #tellDue(): void {
    for (let line = this.#head(); line !== undefined; line = this.#head()) {
      if (line.at > this.#clock.now() - BEGAN_AT) return;
      if (this.#isEarly(line) && !this.#hasWaited) {
        // The engine's own timers of this time come first, and what promises settle.
        this.#hasWaited = true;
        this.#clock.setTimeout(() => {
          this.#tellDue();
        }, 0);
        return;
      }
      this.#tell(line);
    }
  }

  /** What is to be told next. */
  #head(): WireLine | undefined {
    for (; !this.#isTold; this.#next++) {
      const line = this.#recorded[this.#next];
      if (line?.way === 'in') return line;
      if (line !== undefined && line.wire !== 'desk') this.#owed[line.wire]++;
    }
    return undefined;
  }

  /** A far end answers what it was sent; what is sent to the other one can come earlier or later. The desk waits for both. */
  #isEarly({ wire }: WireLine): boolean {
    return FAR_ENDS.some((end) => (wire === 'desk' || wire === end) && this.#owed[end] > 0);
  }

  #tell({ wire, opens, says, closes, frames = 0 }: WireLine): void {
    // A frame of the same time came first.
    if (this.#frames < frames) this.#sendFrame();
    this.#next++;
    this.#hasWaited = false;
    for (const end of FAR_ENDS) if (wire === 'desk' || wire === end) this.#owed[end] = 0;
    const message = says && this.#names.renamed(says);
    if (wire === 'desk') this.#engine.tell(says as unknown as CallEvent);
    else if (opens !== undefined) this.#opens(wire, opens);
    else if (message !== undefined) {
      if (wire === 'model') this.#model.says(message);
      else this.#stream?.hears(message);
    } else if (closes !== undefined) {
      if (wire === 'model') this.#model.drops(closes);
      else this.#stream?.dies(closes);
    }
  }

  #sent(line: WireLine): void {
    const kind = kindOf(line);
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const was = this.#recorded.filter((each) => each.way === 'out' && kindOf(each) === kind)[count - 1];
    if (was !== undefined) this.#names.pair(was, line);
    if (line.wire !== 'desk') this.#owed[line.wire]--;
    for (let next = this.#head(); next?.within === true; next = this.#head()) {
      if (this.#isEarly(next)) return;
      this.#tell(next);
    }
  }

  #opens(wire: WireLine['wire'], epoch: number): void {
    if (wire === 'model') {
      this.#model.opens();
      return;
    }
    const stream = new TapedStream(this.#tape);
    new CarrierEnd(stream);
    this.#stream = stream;
    this.#index = 0;
    const said = new CarrierMessages({ accountSid: 'AC1', callSid: 'CA1', streamSid: `MZ${String(epoch)}` });
    // These two are the admission's, and the stream is let in without it.
    said.connected();
    said.start({});
    this.#speak(stream, said, this.#clock.now());
    this.#engine.attach(stream, epoch);
  }

  /** A frame of silence every 20 ms, until the stream is over. */
  #speak(stream: TapedStream, said: CarrierMessages, startedAt: number): void {
    const index = this.#index;
    this.#sendFrame = () => {
      if (stream.readyState !== 1 || this.#index !== index) return;
      this.#index++;
      this.#frames++;
      stream.hears(Buffer.from(said.media(index, QUIET)));
    };
    const send = this.#sendFrame;
    this.#clock.setTimeout(
      () => {
        send();
        if (stream.readyState === 1) this.#speak(stream, said, startedAt);
      },
      startedAt + (index + 1) * FRAME_MS - this.#clock.now(),
    );
  }
}

type FarEnd = Exclude<WireLine['wire'], 'desk'>;
const FAR_ENDS: readonly FarEnd[] = ['carrier', 'model'];

const kindOf = ({ wire, says }: WireLine) => `${wire} ${String(says?.['type'] ?? says?.['event'])}`;
