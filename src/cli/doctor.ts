import { type Config, loadEnvironment, publicUrlOf, readConfig } from '../config.ts';
import { noteOf } from '../errors.ts';
import { isLoopbackUrl } from '../loopback.ts';
import { NUMBER_OVERRIDES } from '../services/twilio/webhooks/connection-overrides.ts';
import { loadFlite } from '../simulator/speech/flite.ts';
import { bad, type Finding, sound } from './finding.ts';
import { checkModel } from './model-check.ts';
import { checkNumber } from './number-check.ts';
import { checkProfiles } from './profile-check.ts';
import { checkMediaSocket, checkWebhook } from './public-url-check.ts';
import { probe } from './probe/probe.ts';
import { checkReadiness } from './readiness-check.ts';
import { EXIT, type Terminal, UsageError } from './terminal.ts';

export interface DoctorFlags {
  readonly probe: boolean;
  readonly to?: string;
  readonly yes: boolean;
}

/**
 * `callchart doctor`: says what stands between this machine and a phone call,
 * and prints what to enter at Twilio. It reads every agent profile as a start
 * does. It asks the engine's own public URL, so the engine must run; the model,
 * for a session that says nothing; and Twilio, what it does with the number. It
 * places no call, but with `--probe`, which does nothing else.
 */
export async function doctor({ probe: probes, to, yes }: DoctorFlags, terminal: Terminal): Promise<number> {
  if (probes) {
    if (to === undefined) throw new UsageError('--probe: say which number it calls, with --to');
    return probe({ to, yes }, readConfig(loadEnvironment()), terminal);
  }
  const { config, finding } = readSettings();
  const findings = [finding];
  if (config !== undefined) findings.push(...(await examine(config)));
  for (const { isSound, text } of findings) terminal.print(`${isSound ? 'ok  ' : 'BAD '} ${text}`);
  if (config !== undefined) for (const line of numberSettings(config)) terminal.print(line);
  return findings.every(({ isSound }) => isSound) ? EXIT.ok : EXIT.failed;
}

function readSettings(): { config: Config | undefined; finding: Finding } {
  try {
    return { config: readConfig(loadEnvironment()), finding: sound('the settings can be read') };
  } catch (thrown) {
    return { config: undefined, finding: bad(noteOf(thrown, 'CONFIG_INVALID').message) };
  }
}

async function examine(config: Config): Promise<Finding[]> {
  const [profiles, ends] = await Promise.all([checkProfiles(config), farEnds(config)]);
  return [...config.warnings.map(bad), ...profiles, ...ends];
}

/** What is asked over the network, all at once; told in this order. */
async function farEnds(config: Config): Promise<Finding[]> {
  const publicUrl = publicUrlOf(config, config.port);
  const { authToken } = config.twilio;
  const [model, ready, webhook, media, number] = await Promise.all([
    config.model.isSimulated ? checkVoice() : checkModel(config),
    checkReadiness(publicUrl),
    checkWebhook(publicUrl, authToken),
    checkMediaSocket(publicUrl, authToken),
    checkNumber(config, publicUrl),
  ]);
  return [model, checkAddress(config), ...(ready === undefined ? [] : [ready]), webhook, media, ...number];
}

async function checkVoice(): Promise<Finding> {
  try {
    await loadFlite();
    return sound('OPENAI_API_KEY is not set: the built-in simulator answers, and its voice is installed');
  } catch (thrown) {
    return bad(`OPENAI_API_KEY is not set, and ${noteOf(thrown, 'SPEECH_UNAVAILABLE').message}`);
  }
}

function checkAddress({ publicUrl }: Config): Finding {
  if (publicUrl === undefined || isLoopbackUrl(publicUrl)) {
    return sound('PUBLIC_URL is on this machine: calls can be placed from here, not by Twilio');
  }
  if (!publicUrl.startsWith('https:'))
    return bad('PUBLIC_URL: must be https://, or Twilio opens no media socket');
  const { port, host } = new URL(publicUrl);
  // Twilio's signature of a media socket is checked with and without the default port only.
  return port === ''
    ? sound(`PUBLIC_URL is ${host}`)
    : bad('PUBLIC_URL: leave the port out, Twilio signs without it');
}

/**
 * What to enter at the phone number. The fragments are Twilio's connection
 * overrides: ask again quickly when a process has just gone away.
 */
export function numberSettings(config: Pick<Config, 'publicUrl' | 'port'>): string[] {
  const base = publicUrlOf(config, config.port);
  return [
    '',
    'On the Twilio number, under Voice (all HTTP POST):',
    `  A call comes in        ${base}/twilio/voice${NUMBER_OVERRIDES}`,
    '  Primary handler fails  a TwiML Bin or another host, which must work when this one is down',
    `  Call status changes    ${base}/twilio/status`,
  ];
}
