import { WebSocket } from 'ws';
import { networkCodeOf } from '../network-faults.ts';
import { type FarAnswer, farAnswerOf } from './far-answer.ts';

/** What became of an upgrade that was tried. */
export type UpgradeOutcome =
  /** A frame went there and one came back. */
  | { readonly kind: 'opened' }
  /** The socket opened, and no frame came back. */
  | { readonly kind: 'mute' }
  /** An HTTP answer came instead. */
  | { readonly kind: 'answered'; readonly answer: FarAnswer }
  /** The answer was 101, but not a WebSocket's. */
  | { readonly kind: 'garbled' }
  /** No answer; the code is one of the network's. */
  | { readonly kind: 'broken'; readonly code: string };

const HANDSHAKE_WITHIN_MS = 5000; // Twilio's own time to connect.
const PONG_WITHIN_MS = 5000;

/**
 * Opens a WebSocket, sends a ping through it and closes it when the pong has come: a proxy that lets the upgrade
 * through and then waits for more before it passes anything on is found, too. Never throws.
 */
export function tryUpgrade(
  url: string,
  headers: Readonly<Record<string, string>>,
  withinMs = PONG_WITHIN_MS,
): Promise<UpgradeOutcome> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, {
      headers,
      handshakeTimeout: HANDSHAKE_WITHIN_MS,
      perMessageDeflate: false,
      followRedirects: false,
    });
    let late: NodeJS.Timeout | undefined;
    const settle = (outcome: UpgradeOutcome) => {
      clearTimeout(late);
      resolve(outcome);
    };
    socket.on('unexpected-response', (request, response) => {
      const { statusCode: status, headers } = response;
      void farAnswerOf({ status, headers, body: response }, url).then((answer) => {
        request.destroy();
        settle({ kind: 'answered', answer });
      });
    });
    socket.on('open', () => {
      late = setTimeout(() => {
        socket.terminate();
        settle({ kind: 'mute' });
      }, withinMs);
      socket.ping();
    });
    socket.on('pong', () => {
      socket.close(1000);
      settle({ kind: 'opened' });
    });
    socket.on('close', () => {
      settle({ kind: 'mute' });
    });
    socket.on('error', (error) => {
      settle(outcomeOf(error));
    });
  });
}

/** What `ws` itself finds wrong has no code. */
function outcomeOf(error: Error): UpgradeOutcome {
  const code = networkCodeOf(error);
  if (code !== '') return { kind: 'broken', code };
  if (error.message.includes('timed out')) return { kind: 'broken', code: 'TIMEOUT' };
  if (error.message.includes('hang up')) return { kind: 'broken', code: 'ECONNRESET' };
  return { kind: 'garbled' };
}
