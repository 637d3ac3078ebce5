import { randomInt } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Clock, systemClock, withoutJumps } from '../clock.ts';
import type { Config } from '../config.ts';
import { EngineError } from '../errors.ts';
import { writeWav } from '../media/wav.ts';
import { writeWhole } from '../private-files.ts';
import { CallerVoice } from '../simulator/carrier/caller-voice.ts';
import { placeCall, type PlacedCall } from '../simulator/carrier/place-call.ts';
import type { CallNews, NewsPrinter } from './call-news.ts';
import { callPrinter } from './call-printer.ts';
import { type CalledPerson, dialResultOf } from './called-person.ts';
import { readToldCall, readLatencies } from './told-call.ts';
import { CallWatch } from './call-watch.ts';
import type { CallerLine } from './caller-lines.ts';
import { CallerManners } from './caller-manners.ts';
import { newsOf } from './carrier-news.ts';
import type { EndOfCall } from './end-of-call.ts';
import type { Engine } from './found-engine.ts';
import { InteractiveCaller } from './interactive-caller.ts';
import { jsonPrinter } from './json-printer.ts';
import { LatencyMeter } from './latency-meter.ts';
import { NewsOrder } from './news-order.ts';
import { type Terminal, UsageError } from './terminal.ts';
import { openTypingLine, type TypingLine } from './typing-line.ts';
import { watchWords } from './word-watch.ts';

/** Numbers reserved for fiction, 555-0100 to 555-0199. Source: the North American Numbering Plan. */
const FICTION = '+120255501';
/** The engine's own, unless it has one. */
const CALLED = `${FICTION}00`;
/** Another one each time: each call is somebody's first, and one number has only so many in an hour. */
const someCaller = () => FICTION + String(randomInt(1, 100)).padStart(2, '0');

/** States in which the agent is silent and yet has the floor. */
const AT_WORK = /toolExecuting|awaitingReply|transferring|reconnecting|awaitingStream|ending/;

export interface CallRunFlags {
  readonly record?: string;
  readonly json: boolean;
  readonly interactive: boolean;
  readonly to?: string;
  readonly from?: string;
  readonly answer?: CalledPerson;
}

export interface CallRunParts {
  readonly flags: CallRunFlags;
  /** What the caller says. */
  readonly lines: readonly CallerLine[];
  readonly config: Config;
  readonly engine: Engine;
  readonly terminal: Terminal;
}

/** One call that is placed from here, from the first ring to its last line. */
export class CallRun {
  readonly #flags: CallRunFlags;
  readonly #engine: Engine;
  readonly #print: NewsPrinter;
  readonly #clock: Clock = withoutJumps(systemClock);
  readonly #placedAt = this.#clock.now();
  readonly #voice = new CallerVoice();
  readonly #meter = new LatencyMeter();
  readonly #order: NewsOrder;
  readonly #placed: PlacedCall;
  readonly #watch: CallWatch;
  readonly #turns: CallerManners;
  readonly #typed: InteractiveCaller | undefined;

  /** Places the call. */
  constructor({ flags, lines, config, engine, terminal }: CallRunParts) {
    const { input = Readable.from([]) } = terminal;
    const line = flags.interactive ? openTypingLine(terminal, input) : undefined;
    this.#flags = flags;
    this.#engine = engine;
    this.#print = printerFor(flags, line?.terminal ?? terminal);
    this.#order = new NewsOrder({ clock: this.#clock, now: () => this.#now(), print: this.#print });
    this.#placed = this.#place(config.twilio);
    this.#watch = this.#watchOf(this.#placed.callSid);
    this.#turns = this.#turnsOf(lines);
    this.#typed = line && this.#typist(line);
  }

  /**
   * Prints what happens until somebody hangs up.
   *
   * @throws {UsageError} when the recording cannot be written.
   */
  async untilItsEnd(): Promise<EndOfCall> {
    this.#watch.start();
    const stopWords = watchWords({
      engineUrl: this.#engine.url,
      callSid: this.#placed.callSid,
      adminToken: this.#engine.adminToken,
      clock: this.#clock,
      tell: (lines) => {
        this.#print({ type: 'speaking', atMs: this.#now(), lines });
      },
    });
    process.once('SIGINT', this.#hangUp);
    // Nobody reads on: `callchart call | head -1`.
    process.stdout.once('error', this.#hangUp);

    const outcome = await this.#placed.ended;
    process.off('SIGINT', this.#hangUp);
    process.stdout.off('error', this.#hangUp);
    await this.#typed?.close();
    stopWords();
    await this.#watch.settle();
    this.#order.flush();
    if (this.#flags.record !== undefined) await record(this.#flags.record, this.#placed.recording());
    const { endReason, failure } = this.#watch;
    const end = { outcome, endReason, failure };
    const latencies = await this.#latencies();
    this.#print({ type: 'ended', atMs: this.#now(), ...end, latencies });
    return end;
  }

  /** As the engine has measured them; where it does not say, as they were heard here. */
  async #latencies() {
    const { url, adminToken } = this.#engine;
    return (await readLatencies(url, this.#placed.callSid, adminToken)) ?? this.#meter.latencies;
  }

  #place({ authToken, phoneNumber }: Config['twilio']): PlacedCall {
    const { url, publicUrl, isStarted } = this.#engine;
    const from = this.#flags.from ?? someCaller();
    const to = this.#flags.to ?? phoneNumber ?? CALLED;
    const placed = placeCall({
      url,
      publicUrl,
      to,
      from,
      isTest: true,
      voice: this.#voice,
      dialResult: dialResultOf(this.#flags.answer),
      ...(authToken !== undefined && { authToken }),
      tell: (event) => {
        this.#meter.take(event);
        this.#turns.take(event);
        const news = newsOf(event, this.#now());
        if (news !== undefined) this.#tell(news);
      },
    });
    this.#print({ type: 'calling', atMs: 0, url, isStarted, callSid: placed.callSid, from, to });
    return placed;
  }

  #watchOf(callSid: string): CallWatch {
    const { url, adminToken } = this.#engine;
    return new CallWatch({
      clock: this.#clock,
      placedAt: this.#placedAt,
      read: (after) => readToldCall(url, callSid, adminToken, after),
      tell: this.#tell,
    });
  }

  #turnsOf(lines: readonly CallerLine[]): CallerManners {
    return new CallerManners({
      clock: this.#clock,
      lines,
      isOpen: this.#flags.interactive,
      speak: this.#speak,
      press: this.#press,
      hangUp: this.#hangUp,
      isAgentBusy: () => AT_WORK.test(this.#watch.state),
    });
  }

  #typist(line: TypingLine): InteractiveCaller {
    return new InteractiveCaller({
      line,
      turns: this.#turns,
      press: this.#press,
      speak: this.#speak,
      hangUp: this.#hangUp,
      note: (text) => {
        this.#tell({ type: 'note', atMs: this.#now(), text });
      },
    });
  }

  #now(): number {
    return this.#clock.now() - this.#placedAt;
  }

  readonly #tell = (news: CallNews): void => {
    this.#order.take(news);
  };

  readonly #speak = (audio: Uint8Array, typed: string | undefined): Promise<void> =>
    this.#voice.say(audio, typed);

  readonly #press = (digits: string): void => {
    this.#tell({ type: 'pressed', atMs: this.#now(), digits });
    this.#placed.press(digits);
  };

  readonly #hangUp = (): void => {
    this.#placed.hangUp();
  };
}

function printerFor({ json }: CallRunFlags, terminal: Terminal): NewsPrinter {
  return json ? jsonPrinter(terminal) : callPrinter(terminal);
}

async function record(
  path: string,
  { caller, agent }: { caller: Uint8Array; agent: Uint8Array },
): Promise<void> {
  try {
    await writeWhole(path, writeWav(caller, agent));
  } catch (thrown) {
    const isNoFile = thrown instanceof EngineError;
    const why = isNoFile ? 'not a file' : ((thrown as NodeJS.ErrnoException).code ?? 'unknown');
    throw new UsageError(`${path}: cannot be written (${why})`);
  }
}
