import type { NextStep } from '../../../src/services/desk/desk.ts';
import type { TransferResult } from '../../../src/machines/call/call.events.ts';
import type { CarrierEvent } from '../../../src/simulator/carrier/carrier-events.ts';
import { MU_LAW_BYTES_PER_MS } from '../../../src/media/mu-law.ts';
import { CallerVoice } from '../../../src/simulator/carrier/caller-voice.ts';
import { SimulatedCall } from '../../../src/simulator/carrier/simulated-call.ts';
import { CarrierEnd } from '../stream-pair.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import type { EngineLife } from './engine-life.ts';
import { GatedStream } from './gated-sockets.ts';

/** Between two tries of a webhook, and until a stream that it was told to open is there, in ms. */
const AGAIN_AFTER_MS = 500;
const CONNECTS_AFTER_MS = 60;
/** From the end of a stream to the question what comes next. */
const ASKS_AFTER_MS = 100;
const TRIES = 28;
/** Before a dialling ends whose end was told already. */
const DIALS_FOR_MS = 5000;
/** A sound that is not silence, in mu-law. */
const TONE = 0x21;

export const CALL_SID = 'CA00000000000000000000000000000001';
export const CALLER = '+12025550123';
export const BUSINESS = '+12025550100';

/** One call as its carrier has it: it asks whichever process lives, again and again, and does what it is told. */
export class CarrierOfCall {
  readonly faults: string[] = [];
  readonly #clock: VirtualClock;
  readonly #living: () => EngineLife | undefined;
  readonly #tell: (event: CarrierEvent) => void;
  readonly #voice = new CallerVoice();
  #call: SimulatedCall | undefined;
  #stream: GatedStream | undefined;
  #epoch = 0;
  /** Of the stream that was told to be opened, while the test has not let it. */
  #promised: number | undefined;
  #mayDial = false;
  #isDialling = false;
  /** It is about to be told what comes after a stream. */
  #isAsking = false;
  #result: TransferResult | undefined;
  #isOver = false;

  /** @param tell - told what happens on its streams. */
  constructor(
    clock: VirtualClock,
    living: () => EngineLife | undefined,
    tell: (event: CarrierEvent) => void = () => undefined,
  ) {
    this.#clock = clock;
    this.#living = living;
    this.#tell = tell;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isDialling(): boolean {
    return this.#isDialling;
  }

  /** The newest stream, whatever became of it. */
  get stream(): SimulatedCall | undefined {
    return this.#call;
  }

  /** It rings; the stream is opened when the test says so. */
  async rings(): Promise<void> {
    const step = await this.#ask(({ desk }) =>
      desk.answer({ callSid: CALL_SID, direction: 'inbound', from: CALLER, to: BUSINESS, peer: 'carrier' }),
    );
    if (step?.kind !== 'stream' || this.#mayDial) this.#follow(step);
    else this.#promised = Number(step.token);
  }

  /** Opens the first stream, as soon as it may. */
  dials(): void {
    this.#mayDial = true;
    if (this.#promised !== undefined) this.#connect(this.#promised);
    this.#promised = undefined;
  }

  /** The caller makes a sound for so long: what of it finds no stream is lost. */
  speaks(ms: number): void {
    void this.#voice.say(Buffer.alloc(ms * MU_LAW_BYTES_PER_MS, TONE));
    this.#clock.setTimeout(() => {
      this.#voice.stop();
    }, ms);
  }

  hangUp(): void {
    this.#isOver = true;
    this.#call?.hangUp();
  }

  /** Says that the call is over until somebody hears it. */
  isCompleted(): void {
    this.#isOver = true;
    void this.#ask(async ({ desk }) => {
      await desk.status({ of: 'call', callSid: CALL_SID, status: 'completed', over: 'completed' });
      return { kind: 'hangup' };
    });
  }

  /** What becomes of the dialling, now or as soon as it dials. */
  hasDialled(result: TransferResult): void {
    this.#result = result;
    if (this.#isDialling) this.#endDialling(result);
  }

  /** The engine asks it to end the call, or to ask what comes next. */
  isEnded(): void {
    this.isCompleted();
    this.#stream?.breaks();
  }

  /** Its stream breaks: the process at the other end of it is dead, or the network is. */
  loses(): void {
    this.#stream?.breaks();
  }

  /** Closes its stream in good order, and does not say why. */
  closesStream(): void {
    this.#stream?.breaks(1000);
  }

  /** Its network takes nothing more from the engine. */
  clogs(): void {
    this.#stream?.clogs();
  }

  /** A stranger comes with a token that was used. */
  isImpersonated(): void {
    const life = this.#living();
    if (life === undefined) return;
    const stranger = new GatedStream(life.life);
    void life.admit(CALL_SID, stranger, this.#epoch).then(() => {
      if (stranger.closedWith?.code !== 1008) this.faults.push('a token was taken twice');
    });
  }

  /** Asks what to do with the call as if it had just come, and opens one more stream. */
  ringsAgain(): void {
    void this.rings();
  }

  /** Asks what comes after a stream that still looks open at the engine. */
  asksEarly(): void {
    this.#asksLater(this.#epoch);
  }

  /** Tells once more, and too late, what the call was before it was answered. */
  tellsAgain(): void {
    for (const status of ['ringing', 'initiated', 'in-progress'])
      void this.#living()?.desk.status({ of: 'call', callSid: CALL_SID, status, over: undefined });
  }

  /** The engine wants to be asked what comes next: the stream is no good. */
  isToAsk(): void {
    const epoch = this.#epoch;
    if (this.#stream?.readyState === 1) this.loses();
    else this.#asksLater(epoch);
  }

  #connect(epoch: number): void {
    const life = this.#living();
    if (this.#isOver) return;
    if (epoch < this.#epoch)
      this.faults.push(`a stream of epoch ${String(epoch)} behind one of ${String(this.#epoch)}`);
    this.#epoch = epoch;
    if (life === undefined) {
      this.#asksLater(epoch);
      return;
    }
    const stream = new GatedStream(life.life);
    const far = new CarrierEnd(stream);
    const streamSid = `MZ${String(epoch)}`;
    const call = new SimulatedCall({
      ...{ clock: this.#clock, socket: far, accountSid: 'AC1', callSid: CALL_SID, streamSid },
      customParameters: {},
      voice: this.#voice,
      tell: this.#tell,
    });
    this.#stream = stream;
    this.#call = call;
    void call.ended.then((by) => {
      // What it does now is to stream: one that it has left for another it asks nothing about.
      if (by !== 'caller' && stream === this.#stream && !this.#isAsking) this.#asksLater(epoch);
    });
    void life.admit(CALL_SID, stream, epoch);
  }

  #asksLater(epoch: number): void {
    if (this.#isOver || this.#isAsking) return;
    this.#isAsking = true;
    this.#clock.setTimeout(() => {
      void this.#ask(({ desk }) => desk.afterStream({ callSid: CALL_SID, over: undefined, epoch })).then(
        (step) => {
          this.#isAsking = false;
          this.#follow(step);
        },
      );
    }, ASKS_AFTER_MS);
  }

  #follow(step: NextStep | undefined): void {
    switch (step?.kind) {
      case 'stream':
        this.#clock.setTimeout(() => {
          this.#connect(Number(step.token));
        }, CONNECTS_AFTER_MS);
        return;
      case 'dial':
        this.#isDialling = true;
        this.#clock.setTimeout(() => {
          if (this.#result !== undefined) this.#endDialling(this.#result);
        }, DIALS_FOR_MS);
        return;
      case 'apology':
      case 'busy':
      case 'hangup':
      case undefined:
        if (!this.#isOver) this.isCompleted();
    }
  }

  #endDialling(result: TransferResult): void {
    if (!this.#isDialling) return;
    this.#isDialling = false;
    void this.#ask(({ desk }) => desk.dialResult({ callSid: CALL_SID, over: undefined, result })).then(
      (step) => {
        this.#follow(step);
      },
    );
  }

  async #ask(question: (engine: EngineLife) => Promise<NextStep>): Promise<NextStep | undefined> {
    for (let tries = 0; tries < TRIES; tries++) {
      const engine = this.#living();
      // One that cannot answer now has said so: it is asked again, as it is when nobody answers.
      const answer = engine && question(engine).catch(() => undefined);
      const step = await Promise.race([answer, engine?.life.over]);
      if (step !== undefined) return step;
      await new Promise<void>((resolve) => {
        this.#clock.setTimeout(resolve, AGAIN_AFTER_MS);
      });
    }
    this.faults.push('nobody answered the carrier');
    return undefined;
  }
}
