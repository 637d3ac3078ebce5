import { type Clock, systemClock } from '../../clock.ts';
import { type Config, publicUrlOf } from '../../config.ts';
import { isLoopbackUrl } from '../../loopback.ts';
import { createTwilioRest } from '../../services/twilio/rest/rest.ts';
import { CARRIER_UNKNOWNS } from '../../simulator/carrier/carrier-unknowns.ts';
import { isConfirmed } from '../confirmation.ts';
import { EXIT, type Terminal, UsageError } from '../terminal.ts';
import type { Experiment, ProbeAnswer, ProbeMeans, ProbeTimes } from './experiment.ts';
import { ProbeListener } from './probe-listener.ts';
import { REQUEST_EXPERIMENTS } from './request-experiments.ts';
import { hasBegun, STREAM_EXPERIMENTS } from './stream-experiments.ts';

export interface ProbeFlags {
  /** The number that is called, E.164. */
  readonly to: string;
  /** Asks for no confirmation. */
  readonly yes: boolean;
}

export interface ProbeParts {
  readonly clock?: Clock;
  readonly times?: ProbeTimes;
}

const EXPERIMENTS: readonly Experiment[] = [...STREAM_EXPERIMENTS, ...REQUEST_EXPERIMENTS];

const PROBE_TIMES: ProbeTimes = {
  answerMs: 40_000,
  talkMs: 1500,
  actionMs: 15_000,
  unreadMs: 45_000,
  retriesMs: 18_000,
  idleMs: 35_000,
  toneMs: 5000,
  personMs: 30_000,
  endMs: 6000,
};

/** One attempt at Twilio's REST API, in ms, and how long a telephone may ring, in s. */
const REST_WITHIN_MS = 5000;
const RING_S = 25;

/**
 * `callchart doctor --probe`: finds out on a real account what Twilio's docs do not say, by calls that it places and
 * mistreats. It takes the engine's place at `HOST` and `PORT`, and writes nothing but its report. Each call has a
 * limit at Twilio, so that none outlives a probe that was stopped.
 *
 * @throws {UsageError} when it cannot begin.
 */
export async function probe(
  { to, yes }: ProbeFlags,
  config: Config,
  terminal: Terminal,
  { clock = systemClock, times = PROBE_TIMES }: ProbeParts = {},
): Promise<number> {
  const { accountSid, authToken, phoneNumber, apiUrl } = config.twilio;
  if (accountSid === undefined || authToken === undefined || phoneNumber === undefined) {
    throw new UsageError('--probe: needs TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER');
  }
  if (to === phoneNumber) throw new UsageError('--to: must be another number than TWILIO_PHONE_NUMBER');
  const publicUrl = publicUrlOf(config, config.port);
  if (isLoopbackUrl(publicUrl) && !isLoopbackUrl(apiUrl)) {
    throw new UsageError('--probe: PUBLIC_URL must be an address that Twilio reaches');
  }
  for (const line of costOf(times, phoneNumber, to)) terminal.print(line);
  if (!yes && !(await isConfirmed(terminal, 'Place these calls?'))) return EXIT.ok;

  const listener = new ProbeListener({ publicUrl, authToken, clock });
  await listenInstead(listener, config);
  try {
    if (!(await listener.isReached())) {
      throw new UsageError(`--probe: ${publicUrl} does not lead to ${config.host}:${String(config.port)}`);
    }
    const account = { apiUrl, accountSid, authToken, fromNumber: phoneNumber, timeoutMs: REST_WITHIN_MS };
    const answers = await runAll(to, terminal, {
      ...{ listener, clock, times },
      rest: createTwilioRest(account),
      impatient: createTwilioRest({ ...account, retryDelaysMs: [] }),
      ask: (text) => {
        terminal.print(`     ${text}`);
      },
    });
    return report(answers, listener.strangers, terminal);
  } finally {
    await listener.close();
  }
}

/** What it costs is said before anything is done. */
function costOf(times: ProbeTimes, from: string, to: string): string[] {
  const lengths = EXPERIMENTS.map(({ lasts }) => Math.ceil((lasts(times) + times.answerMs) / 60_000));
  const minutes = lengths.reduce((sum, each) => sum + each, 0);
  return [
    `The probe places ${String(EXPERIMENTS.length)} calls, one after the other, from ${from} to ${to}.`,
    `Twilio bills at most ${String(minutes)} begun minutes of each of: a placed call; a received one, where ${to}`,
    'is a number of the account; and a media stream for each. At its list prices for the United States that is',
    'less than 1 USD; other countries cost more. Meanwhile the engine must be stopped: its calls find the probe.',
    '',
  ];
}

async function listenInstead(listener: ProbeListener, { host, port }: Config): Promise<void> {
  try {
    await listener.listen(host, port);
  } catch (thrown) {
    const { code = 'unknown' } = thrown as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'something listens there: stop the engine' : code;
    throw new UsageError(`--probe: ${host}:${String(port)}: ${why}`);
  }
}

async function runAll(to: string, terminal: Terminal, means: ProbeMeans): Promise<ProbeAnswer[]> {
  const answers: ProbeAnswer[] = [];
  for (const [index, experiment] of EXPERIMENTS.entries()) {
    terminal.print(`${String(index + 1)} of ${String(EXPERIMENTS.length)}: ${experiment.name}`);
    answers.push(...(await run(experiment, to, means, terminal)));
  }
  return answers;
}

async function run(
  experiment: Experiment,
  to: string,
  means: ProbeMeans,
  terminal: Terminal,
): Promise<ProbeAnswer[]> {
  const { rest, listener, times } = means;
  const call = listener.expect(experiment.script);
  const { sid } = await rest.createCall({
    to,
    url: listener.urlOf(call, 'voice'),
    statusCallback: listener.urlOf(call, 'status'),
    fallbackUrl: listener.urlOf(call, 'fallback'),
    ringSeconds: RING_S,
    limitSeconds: Math.ceil((experiment.lasts(times) + times.answerMs) / 1000),
  });
  try {
    if (await hasBegun(call, times.answerMs)) return await experiment.run(call, sid, means);
    terminal.print('     nobody answered, or no stream came');
    return [];
  } finally {
    await rest.completeCall(sid);
    await call.first(['completed', 'unanswered'], times.endMs);
  }
}

function report(answers: readonly ProbeAnswer[], strangers: number, terminal: Terminal): number {
  terminal.print('');
  let isWhole = true;
  for (const { id, question } of CARRIER_UNKNOWNS) {
    terminal.print(`${id.padEnd(4)} ${question}`);
    const found = answers.filter((one) => one.id === id);
    const lines = found.length === 0 ? [{ about: undefined, answer: undefined }] : found;
    for (const { about, answer } of lines) {
      isWhole &&= answer !== undefined;
      const words = answer ?? 'could not be found out';
      terminal.print(`     ${about === undefined ? words : `${about}: ${words}`}`);
    }
  }
  if (strangers > 0) {
    terminal.print(
      `${String(strangers)} requests came whose signature fits no form of their URL, and were refused`,
    );
  }
  return isWhole ? EXIT.ok : EXIT.failed;
}
