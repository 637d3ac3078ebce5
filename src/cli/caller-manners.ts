import type { Clock } from '../clock.ts';
import { MAX_TYPED_CHARACTERS } from '../protocol/typed-words.ts';
import type { CarrierEvent } from '../simulator/carrier/carrier-events.ts';
import type { CallerLine } from './caller-lines.ts';

/** A pause this long says that the agent has finished; shorter ones are between its sentences. */
const TURN_AFTER_MS = 700;
/** The caller waits this long after the last answer before hanging up. */
const HANG_UP_AFTER_MS = 2000;
/** An agent that has not answered by then is not waited for any longer. */
const ANSWER_WITHIN_MS = 15_000;
/** A barge-in that begins with the agent's first sound would be over before anything was said. */
const BARGE_IN_AFTER_MS = 600;
const LOOK_EVERY_MS = 50;

export interface CallerMannersOptions {
  readonly clock: Clock;
  readonly lines: readonly CallerLine[];
  /** More may be added: it does not hang up for want of one until `endWhenSaid`. */
  readonly isOpen?: boolean;
  /** Resolves when the audio was spoken. Words are there where the caller typed them. */
  readonly speak: (audio: Uint8Array, typed: string | undefined) => Promise<void>;
  readonly press: (digits: string) => void;
  readonly hangUp: () => void;
  /** True while the agent is known to be at work although nothing is heard: a tool runs. */
  readonly isAgentBusy: () => boolean;
}

/**
 * The manners of a caller: hears the greeting out, says a line, listens to the
 * answer, says the next one, and hangs up when everything was said and answered.
 */
export class CallerManners {
  readonly #options: CallerMannersOptions;
  readonly #lines: CallerLine[];
  #agentSince: number | undefined;
  /** When the last sound was heard from either side. */
  #quietSince: number;
  #isSpeaking = false;
  /** Whether the agent was heard since the caller last did something. */
  #isAnswered = false;
  #timer: unknown;
  #isOver = false;
  #isOpen: boolean;

  constructor(options: CallerMannersOptions) {
    this.#options = options;
    this.#isOpen = options.isOpen ?? false;
    this.#lines = [...options.lines];
    this.#quietSince = options.clock.steady();
  }

  /** One more, after those there are. */
  add(line: CallerLine): void {
    this.#lines.push(line);
  }

  /** No more will come: hangs up when all is said and answered. */
  endWhenSaid(): void {
    this.#isOpen = false;
  }

  take(event: CarrierEvent): void {
    const { clock } = this.#options;
    if (event.type === 'stream.attached') {
      this.#quietSince = clock.steady();
      this.#arm();
    } else if (event.type === 'agent.audible') {
      this.#agentSince = clock.steady();
    } else if (event.type === 'agent.quiet') {
      this.#agentSince = undefined;
      this.#quietSince = clock.steady();
      // What ends while the caller speaks was interrupted: it answers nothing.
      if (!this.#isSpeaking) this.#isAnswered = true;
    } else if (event.type === 'stream.ended') {
      // What was cut off with the stream answers nothing; and nobody is there until the next one.
      if (event.droppedMs > 0) this.#isAnswered = false;
      clock.clearTimeout(this.#timer);
    } else if (event.type === 'call.ended') {
      this.#isOver = true;
      clock.clearTimeout(this.#timer);
    }
  }

  #arm(): void {
    const { clock } = this.#options;
    clock.clearTimeout(this.#timer);
    if (this.#isOver) return;
    this.#timer = clock.setTimeout(() => {
      this.#look();
      this.#arm();
    }, LOOK_EVERY_MS);
  }

  #look(): void {
    if (this.#isSpeaking) return;
    const line = this.#lines[0];
    if (line === undefined) {
      if (!this.#isOpen && this.#hasBeenQuiet(HANG_UP_AFTER_MS)) this.#finish();
    } else if (this.#isReadyFor(line)) {
      this.#lines.shift();
      this.#act(line);
    }
  }

  #isReadyFor(line: CallerLine): boolean {
    if (line.kind !== 'speak' || !line.bargeIn) return this.#hasBeenQuiet(TURN_AFTER_MS);
    if (this.#agentSince === undefined) return this.#hasWaitedInVain();
    return this.#options.clock.steady() - this.#agentSince >= BARGE_IN_AFTER_MS;
  }

  #hasBeenQuiet(ms: number): boolean {
    if (this.#agentSince !== undefined) return false;
    const quietMs = this.#options.clock.steady() - this.#quietSince;
    return (this.#isAnswered && quietMs >= ms && !this.#options.isAgentBusy()) || this.#hasWaitedInVain();
  }

  #hasWaitedInVain(): boolean {
    return (
      this.#agentSince === undefined && this.#options.clock.steady() - this.#quietSince >= ANSWER_WITHIN_MS
    );
  }

  #act(line: CallerLine): void {
    const { clock, speak, press } = this.#options;
    switch (line.kind) {
      case 'speak':
        this.#isSpeaking = true;
        this.#isAnswered = false;
        void speak(line.audio, typedOf(line)).then(() => {
          this.#isSpeaking = false;
          this.#quietSince = clock.steady();
        });
        return;
      case 'press':
        press(line.digits);
        this.#isAnswered = false;
        this.#quietSince = clock.steady();
        return;
      case 'wait':
        this.#isSpeaking = true;
        clock.setTimeout(() => {
          this.#isSpeaking = false;
        }, line.ms);
        return;
      case 'hangUp':
        this.#finish();
    }
  }

  #finish(): void {
    this.#isOver = true;
    this.#options.hangUp();
  }
}

/** A recording has no words, and what is too long is left to be heard. */
export function typedOf({ text }: { readonly text: string }): string | undefined {
  return text === '' || text.length > MAX_TYPED_CHARACTERS ? undefined : text;
}
