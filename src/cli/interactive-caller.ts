import { EngineError } from '../errors.ts';
import { LoneVoice } from '../simulator/speech/lone-voice.ts';
import type { CallerLine } from './caller-lines.ts';
import { readRecording } from './caller-plan.ts';
import { type CallerManners, typedOf } from './caller-manners.ts';
import { UsageError } from './terminal.ts';
import type { TypingLine } from './typing-line.ts';

export interface InteractiveCallerOptions {
  readonly line: TypingLine;
  readonly turns: Pick<CallerManners, 'add' | 'endWhenSaid'>;
  readonly speak: (audio: Uint8Array, typed: string | undefined) => Promise<void>;
  readonly press: (digits: string) => void;
  readonly hangUp: () => void;
  /** A line for whoever types. */
  readonly note: (text: string) => void;
}

const HELP =
  'each line is what the caller says; /digits 12# presses keys, /wav FILE plays a recording, /hangup or /quit hangs up';

/**
 * The caller of `callchart call -i`: what is typed is said in the built-in voice.
 *
 * From a terminal a line is said at once, also over the agent, and Ctrl-D or
 * Ctrl-C hangs up. From a pipe each line is a turn: it is said when the agent
 * has answered the one before, and at the end of the input the call ends when
 * the last one is answered.
 */
export class InteractiveCaller {
  readonly #options: InteractiveCallerOptions;
  readonly #voice = new LoneVoice();
  readonly #isTyped: boolean;
  /** Lines are given their voice one after another, so that none overtakes another. */
  #doing: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(options: InteractiveCallerOptions) {
    const { line: typing, note, hangUp } = options;
    this.#options = options;
    this.#isTyped = typing.isTyped;
    if (this.#isTyped) note(HELP);
    typing.reader
      .on('line', (line) => {
        this.#doing = this.#doing.then(() => this.#take(line.trim()));
      })
      .on('SIGINT', hangUp)
      .on('close', () => {
        this.#doing = this.#doing.then(() => {
          this.#ended();
        });
      });
  }

  /** The call is over: nothing more is read. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#options.line.reader.close();
    await this.#voice.close();
  }

  async #take(line: string): Promise<void> {
    if (line === '' || this.#isOver) return;
    try {
      if (line.startsWith('/')) await this.#order(line);
      else this.#do({ kind: 'speak', text: line, audio: await this.#voice.say(line), bargeIn: false });
    } catch (thrown) {
      if (!(thrown instanceof UsageError || thrown instanceof EngineError)) throw thrown;
      this.#note(thrown.message);
    }
  }

  async #order(line: string): Promise<void> {
    const [order = '', ...words] = line.split(/\s+/);
    const rest = words.join(' ');
    if (/^\/(?:hangup|quit)$/.test(order)) this.#do({ kind: 'hangUp' });
    else if (order === '/digits' && /^[0-9*#]+$/.test(rest)) this.#do({ kind: 'press', digits: rest });
    else if (order === '/wav' && rest !== '') this.#do(await readRecording(rest));
    else this.#note(HELP);
  }

  /** What went wrong with a line is news only while the call lasts. */
  #note(text: string): void {
    if (!this.#isOver) this.#options.note(text);
  }

  #do(line: CallerLine): void {
    const { turns, speak, press, hangUp } = this.#options;
    if (!this.#isTyped) turns.add(line);
    else if (line.kind === 'speak') void speak(line.audio, typedOf(line));
    else if (line.kind === 'press') press(line.digits);
    else if (line.kind === 'hangUp') hangUp();
  }

  #ended(): void {
    if (this.#isOver) return;
    if (this.#isTyped) this.#options.hangUp();
    else this.#options.turns.endWhenSaid();
  }
}
