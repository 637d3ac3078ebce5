import type { IncomingMessage } from 'node:http';
import { TextSocket } from '../../sockets/text-socket.ts';

/** The part of a `ws` socket that the model leg uses. */
export interface ModelSocket {
  readonly readyState: number;
  /** Bytes that were sent and have not left the process. */
  readonly bufferedAmount: number;
  /** Sends the text at `buffer[start, end)` in one write: `HEADER_ROOM` bytes before it are free, and the buffer is given away. */
  sendText(buffer: Buffer, start: number, end: number): void;
  ping(): void;
  close(code?: number): void;
  terminate(): void;
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): unknown;
  on(event: 'open' | 'pong', listener: () => void): unknown;
  on(event: 'close', listener: (code: number) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'unexpected-response', listener: (request: unknown, response: UpgradeAnswer) => void): unknown;
}

/** The HTTP answer of a far end that did not upgrade. */
export type UpgradeAnswer = Pick<IncomingMessage, 'statusCode' | 'headers'>;

/** `WebSocket.OPEN` (WHATWG). */
export const OPEN = 1;

/** A caller hears silence meanwhile; past this another try is the better hope. */
const HANDSHAKE_WITHIN_MS = 3000;
/** The largest frames carry some seconds of PCM16; anything near this is no Realtime server. */
const MAX_PAYLOAD_BYTES = 4 * 1024 * 1024;

/**
 * Opens a socket to a Realtime server. Failures are told by its events, none is thrown.
 * Text is not checked to be UTF-8: most of it is base64, and JSON's reader copes with the rest.
 */
export function openModelSocket(url: string, headers: Readonly<Record<string, string>>): ModelSocket {
  return new TextSocket(url, {
    headers,
    perMessageDeflate: false,
    handshakeTimeout: HANDSHAKE_WITHIN_MS,
    maxPayload: MAX_PAYLOAD_BYTES,
    skipUTF8Validation: true,
  });
}

/** Key, account or model are wrong: trying again cannot help. Every other refusal may pass. */
export const isFinalRefusal = (status: number | undefined): boolean =>
  status === 401 || status === 403 || status === 404;
