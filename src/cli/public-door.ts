import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { WebSocket } from 'ws';

/** One thing that was looked at. */
export interface Finding {
  readonly isSound: boolean;
  readonly text: string;
}

const ANSWER_WITHIN_MS = 5000; // Twilio's own time to connect.

/**
 * Asks the voice webhook at its public URL as Twilio would, but without naming
 * a call. An engine that runs, and believes the signature, answers 400 to that.
 */
export async function checkWebhook(publicUrl: string, authToken: string | undefined): Promise<Finding> {
  const url = `${publicUrl}/twilio/voice`;
  const headers =
    authToken === undefined ? {} : { 'x-twilio-signature': getExpectedTwilioSignature(authToken, url, {}) };
  try {
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (answer.status === 400) return { isSound: true, text: `${url} answers` };
    if (answer.status === 403) {
      return {
        isSound: false,
        text: `${url} refuses the signature: TWILIO_AUTH_TOKEN or PUBLIC_URL differ there`,
      };
    }
    return {
      isSound: false,
      text: `${url} answered ${String(answer.status)}: is something else in front of it?`,
    };
  } catch {
    return { isSound: false, text: `${url} cannot be reached: is the engine running, and PUBLIC_URL right?` };
  }
}

/** Opens the media socket at its public URL, which finds proxies that drop the upgrade, and closes it. */
export function checkMediaSocket(publicUrl: string, authToken: string | undefined): Promise<Finding> {
  const url = `${publicUrl.replace(/^http/, 'ws')}/twilio/media`;
  const headers =
    authToken === undefined ? {} : { 'x-twilio-signature': getExpectedTwilioSignature(authToken, url, {}) };
  return new Promise((resolve) => {
    const socket = new WebSocket(url, {
      headers,
      handshakeTimeout: ANSWER_WITHIN_MS,
      perMessageDeflate: false,
    });
    socket.once('open', () => {
      socket.close();
      resolve({ isSound: true, text: `${url} opens` });
    });
    socket.once('error', (error) => {
      resolve({ isSound: false, text: `${url} does not open: ${error.message || 'cannot be reached'}` });
    });
  });
}
