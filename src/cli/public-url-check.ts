import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { networkCodeOf } from '../network-faults.ts';
import { STREAM_PATH, streamUrl } from '../services/twilio/webhooks/signature.ts';
import { answerWords, lostHeaders, networkWords, withLines } from './answer-words.ts';
import { type FarAnswer, farAnswerOf } from './far-answer.ts';
import { bad, type Finding, sound } from './finding.ts';
import { proxyLines } from './proxy-lines.ts';
import { diagnosed } from './upgrade-diagnosis.ts';
import { tryUpgrade } from './upgrade-probe.ts';

const ANSWER_WITHIN_MS = 5000; // Twilio's own time to connect.

/**
 * Asks the voice webhook at its public URL as Twilio would, but without naming
 * a call. An engine that runs, and believes the signature, answers 400 to that.
 */
export async function checkWebhook(publicUrl: string, authToken: string | undefined): Promise<Finding> {
  const url = `${publicUrl}/twilio/voice`;
  try {
    const answer = await ask(url, 'POST', signed(authToken, url));
    if (answer.status === 400 && answer.type === 'application/problem+json') return sound(`${url} answers`);
    return bad(`${url} does not answer as the engine does: ${answerWords(url, answer)}`);
  } catch (thrown) {
    return bad(`${url} cannot be reached: ${networkWords(networkCodeOf(thrown))}`);
  }
}

/**
 * Opens the media socket at its public URL as Twilio would, passes a frame through it and closes it. Where it does
 * not open, says what a proxy on the way leaves out.
 */
export async function checkMediaSocket(publicUrl: string, authToken: string | undefined): Promise<Finding> {
  const url = streamUrl(publicUrl, STREAM_PATH);
  const outcome = await tryUpgrade(url, signed(authToken, url));
  if (outcome.kind !== 'opened') return diagnosed(url, outcome);
  return (await strangeHost(publicUrl, authToken)) ?? diagnosed(url, outcome);
}

/**
 * A proxy that names itself in `Host`: calls come through, and the telephone in the console does not, because the
 * engine takes its page for another site's. Asks for the stream without an upgrade, and the engine says what arrived.
 */
async function strangeHost(publicUrl: string, authToken: string | undefined): Promise<Finding | undefined> {
  const url = `${publicUrl}${STREAM_PATH}`;
  try {
    const answer = await ask(url, 'GET', signed(authToken, url));
    if (lostHeaders(answer)?.includes('Host') !== true) return undefined;
    const text = `${url} opens, and a proxy on the way changes Host: browsers cannot call from the console; write there`;
    return bad(withLines(text, proxyLines(answer, ['Host'])));
  } catch {
    return undefined; // It was reached a moment ago: calls come through.
  }
}

async function ask(
  url: string,
  method: 'GET' | 'POST',
  headers: Readonly<Record<string, string>>,
): Promise<FarAnswer> {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...(method === 'POST' ? form : {}), ...headers },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const { status, body } = response;
  return farAnswerOf({ status, headers: Object.fromEntries(response.headers), body }, url);
}

const signed = (authToken: string | undefined, url: string): Record<string, string> =>
  authToken === undefined ? {} : { 'x-twilio-signature': getExpectedTwilioSignature(authToken, url, {}) };
