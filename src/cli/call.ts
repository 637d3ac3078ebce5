import { randomInt } from 'node:crypto';
import { Readable } from 'node:stream';
import { systemClock, withoutJumps } from '../clock.ts';
import { type Config, loadEnvironment, readConfig } from '../config.ts';
import { EngineError } from '../errors.ts';
import { writeWav } from '../media/wav.ts';
import { writeWhole } from '../private-files.ts';
import { CallerVoice } from '../simulator/carrier/caller-voice.ts';
import type { CarrierEvent } from '../simulator/carrier/carrier-events.ts';
import { placeCall } from '../simulator/carrier/place-call.ts';
import type { CallNews, NewsPrinter } from './call-news.ts';
import { callPrinter } from './call-printer.ts';
import { type CalledPerson, dialResultOf } from './called-person.ts';
import { readCallRecord, readLatencies } from './call-record.ts';
import { CallWatch } from './call-watch.ts';
import type { CallerLine } from './caller-lines.ts';
import { type CallerFlags, planCaller } from './caller-plan.ts';
import { CallerTurns } from './caller-turns.ts';
import { complaintOf, type EndOfCall } from './end-of-call.ts';
import { type Engine, findEngine } from './found-engine.ts';
import { InteractiveCaller } from './interactive-caller.ts';
import { jsonPrinter } from './json-printer.ts';
import { LatencyMeter } from './latency-meter.ts';
import { NewsOrder } from './news-order.ts';
import { EXIT, type Terminal, UsageError } from './terminal.ts';
import { openTypingLine } from './typing-line.ts';
import { watchWords } from './word-watch.ts';

/** Numbers reserved for fiction, 555-0100 to 555-0199. Source: the North American Numbering Plan. */
const FICTION = '+120255501';
/** The engine's own, unless it has one. */
const CALLED = `${FICTION}00`;
/** Another one each time: each call is somebody's first, and one number has only so many in an hour. */
const someCaller = () => FICTION + String(randomInt(1, 100)).padStart(2, '0');

/** States in which the agent is silent and yet has the floor. */
const AT_WORK = /toolExecuting|awaitingReply|transferring|reconnecting|awaitingStream|ending/;

export interface CallFlags extends CallerFlags {
  readonly record?: string;
  readonly json: boolean;
  readonly interactive: boolean;
  readonly to?: string;
  readonly from?: string;
  readonly url?: string;
  readonly answer?: CalledPerson;
}

/**
 * `callchart call`: places a call, speaks for the caller, and prints what
 * happens until the agent or the caller hangs up.
 *
 * @throws {UsageError} when a file cannot be used.
 */
export async function call(flags: CallFlags, terminal: Terminal): Promise<number> {
  const lines = await planCaller(flags);
  const config = readConfig(loadEnvironment());
  const engine = await findEngine(flags.url, config);
  try {
    const end = await runCall({ flags, lines, config, engine, terminal });
    const complaint = complaintOf(end);
    if (complaint === undefined) return EXIT.ok;
    terminal.complain(`callchart: ${complaint}`);
    return EXIT.failed;
  } finally {
    await engine.close();
  }
}

interface CallRun {
  readonly flags: CallFlags;
  readonly lines: readonly CallerLine[];
  readonly config: Config;
  readonly engine: Engine;
  readonly terminal: Terminal;
}

async function runCall({ flags, lines, config, engine, terminal }: CallRun): Promise<EndOfCall> {
  const { input = Readable.from([]) } = terminal;
  const line = flags.interactive ? openTypingLine(terminal, input) : undefined;
  const print = printerFor(flags, line?.terminal ?? terminal);
  const clock = withoutJumps(systemClock);
  const placedAt = clock.now();
  const voice = new CallerVoice();
  const meter = new LatencyMeter();
  const { authToken, phoneNumber } = config.twilio;
  const from = flags.from ?? someCaller();
  const to = flags.to ?? phoneNumber ?? CALLED;
  const now = () => clock.now() - placedAt;
  const order = new NewsOrder({ clock, now, print });
  const tell = (news: CallNews) => {
    order.take(news);
  };

  const placed = placeCall({
    url: engine.url,
    publicUrl: engine.publicUrl,
    to,
    from,
    isTest: true,
    voice,
    dialResult: dialResultOf(flags.answer),
    ...(authToken !== undefined && { authToken }),
    tell: (event) => {
      meter.take(event);
      turns.take(event);
      const news = newsOf(event, now());
      if (news !== undefined) tell(news);
    },
  });
  print({
    type: 'calling',
    atMs: 0,
    url: engine.url,
    isStarted: engine.isStarted,
    callSid: placed.callSid,
    from,
    to,
  });
  const watch = new CallWatch({
    clock,
    placedAt,
    read: (after) => readCallRecord(engine.url, placed.callSid, engine.adminToken, after),
    tell,
  });
  const press = (digits: string) => {
    tell({ type: 'pressed', atMs: now(), digits });
    placed.press(digits);
  };
  const turns = new CallerTurns({
    clock,
    lines,
    isOpen: flags.interactive,
    speak: (audio, typed) => voice.say(audio, typed),
    press,
    hangUp: () => {
      placed.hangUp();
    },
    isAgentBusy: () => AT_WORK.test(watch.state),
  });
  const typed =
    line &&
    new InteractiveCaller({
      line,
      turns,
      press,
      speak: (audio, words) => voice.say(audio, words),
      hangUp: () => {
        placed.hangUp();
      },
      note: (text) => {
        tell({ type: 'note', atMs: now(), text });
      },
    });
  watch.start();
  const stopWords = watchWords({
    engineUrl: engine.url,
    callSid: placed.callSid,
    adminToken: engine.adminToken,
    tell: (lines) => {
      print({ type: 'speaking', atMs: now(), lines });
    },
  });
  const interrupt = () => {
    placed.hangUp();
  };
  process.once('SIGINT', interrupt);
  // Nobody reads on: `callchart call | head -1`.
  process.stdout.once('error', interrupt);

  const outcome = await placed.ended;
  process.off('SIGINT', interrupt);
  process.stdout.off('error', interrupt);
  await typed?.close();
  stopWords();
  await watch.settle();
  order.flush();
  if (flags.record !== undefined) await record(flags.record, placed.recording());
  const { endReason, failure } = watch;
  const end = { outcome, endReason, failure };
  const latencies = (await readLatencies(engine.url, placed.callSid, engine.adminToken)) ?? meter.latencies;
  print({ type: 'ended', atMs: now(), ...end, latencies });
  return end;
}

function printerFor({ json }: CallFlags, terminal: Terminal): NewsPrinter {
  return json ? jsonPrinter(terminal) : callPrinter(terminal);
}

/** What of the carrier's events a reader wants to see. */
function newsOf(event: CarrierEvent, atMs: number): CallNews | undefined {
  switch (event.type) {
    case 'agent.audible':
    case 'agent.quiet':
      return { type: 'floor', atMs, who: 'agent', isHeard: event.type === 'agent.audible' };
    case 'caller.audible':
    case 'caller.quiet':
      return { type: 'floor', atMs, who: 'caller', isHeard: event.type === 'caller.audible' };
    case 'playback.cleared':
      return { type: 'cleared', atMs, droppedMs: event.droppedMs };
    case 'carrier.said':
      return { type: 'note', atMs, text: `the carrier says: ${event.text}` };
    case 'carrier.alert':
      return {
        type: 'note',
        atMs,
        text: `the carrier warns ${String(event.alert.code)}: ${event.alert.text}`,
      };
    case 'dial.ended':
      return { type: 'note', atMs, text: `transfer to ${event.number}: ${event.status}` };
    case 'stream.ended':
      return { type: 'note', atMs, text: `the stream was ended by the ${event.by}` };
    case 'twiml':
    case 'stream.attached':
    case 'mark.returned':
    case 'call.ended':
      return undefined;
  }
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
