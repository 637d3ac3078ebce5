import type { RealtimeFaults } from '../../src/simulator/realtime/faults.ts';
import type { Answers } from '../../src/simulator/realtime/answers.ts';
import { RealtimeSession } from '../../src/simulator/realtime/session.ts';
import type { CallerTurns } from '../../src/simulator/realtime/turn-taking.ts';
import { understandingAnswers } from '../../src/simulator/realtime/understanding-answers.ts';
import { readScenario } from '../../src/simulator/scenario.ts';
import { ToneSpeech } from './tone-speech.ts';
import { VirtualClock } from './virtual-clock.ts';

/** An event as it was sent, with every field that a test may look at. */
export interface SentEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A session of the simulator without socket, thread or time. */
export class SimulatedSession {
  readonly clock = new VirtualClock(Date.UTC(2026, 10, 25, 15));
  readonly speech = new ToneSpeech();
  readonly faults: RealtimeFaults;
  /** Every text that was sent. */
  readonly frames: string[] = [];
  /** Those of them that are events. */
  readonly events: SentEvent[] = [];
  closedWith: number | undefined;
  readonly #session: RealtimeSession;

  /**
   * @param answers - what the model answers; unless given, it understands.
   * @param answered - what the client does with an event, in the tick in which it comes.
   */
  constructor(
    faults: RealtimeFaults = {},
    model = 'gpt-realtime-2.1',
    answers?: Answers,
    answered: (event: SentEvent) => SentEvent | undefined = () => undefined,
  ) {
    this.faults = faults;
    this.#session = new RealtimeSession({
      listen: this.speech.listen,
      answers:
        answers ?? understandingAnswers({ scenario: readScenario(), speech: this.speech, clock: this.clock }),
      clock: this.clock,
      faults,
      model,
      socket: {
        write: (text) => {
          this.frames.push(text);
          const event = readEvent(text);
          if (event === undefined) return;
          this.events.push(event);
          const answer = answered(event);
          if (answer !== undefined) this.sendText(JSON.stringify(answer));
        },
        close: (code) => {
          this.closedWith = code;
        },
      },
    });
    this.#session.open();
  }

  /** Sends an event, and lets so many ms pass. */
  async send(event: SentEvent, ms = 0): Promise<void> {
    this.#session.take(JSON.stringify(event));
    await this.clock.run(ms);
  }

  get caller(): CallerTurns {
    return this.#session.caller;
  }

  sendText(text: string): void {
    this.#session.take(text);
  }

  /** Asks for a reply to typed words, and lets it be made to its end. */
  async ask(text: string, ms = 60_000): Promise<void> {
    await this.type(text);
    await this.send({ type: 'response.create' }, ms);
  }

  type(text: string): Promise<void> {
    const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
    return this.send({ type: 'conversation.item.create', item });
  }

  all(type: string): SentEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  last(type: string): SentEvent | undefined {
    return this.all(type).at(-1);
  }

  /** The code of the last refusal. */
  get refused(): unknown {
    return (this.last('error')?.['error'] as { code: string } | undefined)?.code;
  }

  get types(): string[] {
    return this.events.map(({ type }) => type);
  }

  close(): void {
    this.#session.close();
  }
}

function readEvent(text: string): SentEvent | undefined {
  try {
    return JSON.parse(text) as SentEvent;
  } catch {
    return undefined;
  }
}
