import { createActor, setup } from 'xstate';
import { systemClock } from '../../src/clock.ts';
import type { PhoneFact } from '../../src/machines/call/call.events.ts';
import type { ClipName, LegInput, PhoneOrder } from '../../src/machines/call/call.ports.ts';
import { AudioLine } from '../../src/media/audio-line.ts';
import type { AudioTag } from '../../src/media/heard.ts';
import type { PhoneTape } from '../../src/media/phone-tape.ts';
import { TwilioStream } from '../../src/services/twilio/stream/twilio-stream.ts';
import { phoneLeg } from '../../src/services/phone/phone-leg.actor.ts';
import { CallStreams } from '../../src/services/phone/call-streams.ts';
import type { StreamPeer } from '../../src/services/phone/stream-token.ts';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { SimulatedCall, type StreamFaults } from '../../src/simulator/carrier/simulated-call.ts';
import { CarrierEnd, EngineEnd } from './stream-pair.ts';
import { VirtualClock } from './virtual-clock.ts';

export const CALL_SID = 'CA00000000000000000000000000000001';
export const audioTag = (itemId: string, responseId = 'r1'): AudioTag => ({
  responseId,
  itemId,
  contentIndex: 0,
});

/** A log that is kept. */
export class KeptLog {
  readonly lines: { level: string; fields: object; sentence: string }[] = [];
  debug = (fields: object, sentence: string) => this.lines.push({ level: 'debug', fields, sentence });
  info = (fields: object, sentence: string) => this.lines.push({ level: 'info', fields, sentence });
  warn = (fields: object, sentence: string) => this.lines.push({ level: 'warn', fields, sentence });
  error = (fields: object, sentence: string) => this.lines.push({ level: 'error', fields, sentence });
}

interface BenchOptions {
  readonly clips?: Partial<Record<ClipName, Buffer>>;
  readonly endCall?: () => Promise<void>;
  readonly recall?: () => Promise<void>;
  readonly decideNext?: (next: 'hangup' | 'dial') => Promise<void>;
  /** What the call does the moment it is told something. */
  readonly onFact?: (fact: PhoneFact, bench: PhoneLegBench) => void;
  /** Where the leg is recorded, on the bench's clock. */
  readonly tape?: (nowMs: () => number) => PhoneTape;
  /** Default: true. */
  readonly mayPause?: boolean;
}

/** A phone leg under a parent that writes down what it is told, on a virtual clock. */
export class PhoneLegBench {
  readonly clock = new VirtualClock();
  readonly line = new AudioLine();
  readonly door = new CallStreams();
  readonly log = new KeptLog();
  readonly facts: PhoneFact[] = [];
  readonly decided: string[] = [];
  readonly ignored: string[] = [];
  /** How often the carrier was told to end the call. */
  ended = 0;
  /** Caller audio as the model's leg gets it, decoded. */
  readonly callerAudio: Buffer[] = [];
  readonly #call;
  #epoch = 0;

  constructor({ clips = {}, decideNext, endCall, recall, onFact, tape, mayPause = true }: BenchOptions = {}) {
    const reel = tape?.(() => this.clock.now());
    this.line.listenAsModel({
      callerAudio: (text, start, end) => {
        this.callerAudio.push(Buffer.from(text.toString('latin1', start, end), 'base64'));
      },
    });
    const leg = phoneLeg(() => ({
      line: this.line,
      door: this.door,
      clock: this.clock,
      log: this.log,
      tape: reel,
      mayPause,
      onIgnored: (kind) => {
        this.ignored.push(kind);
      },
      clipOf: (name) => clips[name],
      recall: () => recall?.() ?? Promise.resolve(),
      endCall: () => {
        this.ended++;
        return endCall?.() ?? Promise.resolve();
      },
      decideNext: (next) => {
        this.decided.push(next);
        return decideNext?.(next) ?? Promise.resolve();
      },
    }));
    const machine = setup({
      types: { events: {} as PhoneFact, input: {} as LegInput },
      actors: { leg },
      actions: {
        note: ({ event }) => {
          this.facts.push(event);
          onFact?.(event, this);
        },
      },
    }).createMachine({
      invoke: { src: 'leg', id: 'phone', input: { callSid: CALL_SID } },
      on: { '*': { actions: 'note' } },
    });
    this.#call = createActor(machine, { input: { callSid: CALL_SID }, clock: systemClock });
    this.#call.start();
  }

  get told(): string[] {
    return this.facts.map(({ type }) => type);
  }

  order(order: PhoneOrder): void {
    this.#call.getSnapshot().children.phone?.send(order);
  }

  stop(): void {
    this.#call.stop();
  }

  /** A bare socket whose far end is the test, let in at the door. */
  attach(streamSid = 'MZ1', peer: StreamPeer = 'carrier'): EngineEnd {
    const socket = new EngineEnd();
    const ids = { callSid: CALL_SID, streamSid, epoch: ++this.#epoch, peer };
    this.door.attach(new TwilioStream(socket, ids));
    return socket;
  }

  /** A simulated carrier, let in at the door. */
  call(faults: StreamFaults = {}, streamSid = 'MZ1'): { carrier: SimulatedCall; socket: EngineEnd } {
    const socket = new EngineEnd();
    const stream = new TwilioStream(socket, { callSid: CALL_SID, streamSid, epoch: ++this.#epoch });
    const carrier = new SimulatedCall({
      clock: this.clock,
      socket: new CarrierEnd(socket),
      accountSid: 'AC1',
      callSid: CALL_SID,
      streamSid,
      customParameters: {},
      voice: new CallerVoice(),
      faults,
    });
    this.door.attach(stream);
    return { carrier, socket };
  }

  /** The model says so many bytes, cut into deltas as they come. */
  say(itemId: string, bytes: number | Buffer, { responseId = 'r1', deltaBytes = 4800 } = {}): void {
    const audio = typeof bytes === 'number' ? Buffer.alloc(bytes, 0x55) : bytes;
    for (let at = 0; at < audio.length; at += deltaBytes) {
      const text = Buffer.from(`"${audio.subarray(at, at + deltaBytes).toString('base64')}"`);
      this.line.agentAudio(audioTag(itemId, responseId), text, 1, text.length - 1);
    }
  }

  endItem(itemId: string, responseId = 'r1'): void {
    this.line.agentItemEnded(audioTag(itemId, responseId));
  }

  endResponse(responseId = 'r1'): void {
    this.line.agentResponseEnded(responseId);
  }
}

/** Every byte of agent audio that a socket was given, in order. */
export function audioSent(socket: EngineEnd): Buffer {
  return Buffer.concat(
    socket.messages
      .filter(({ event }) => event === 'media')
      .map(({ media }) => Buffer.from((media as { payload: string }).payload, 'base64')),
  );
}
