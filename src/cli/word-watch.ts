import { WebSocket } from 'ws';
import { LiveMessage, type LiveSubscriptionInput, type SpokenWords } from '../protocol/console-live.ts';
import { protocolsWith } from '../protocol/socket-token.ts';

export interface WordWatchOptions {
  readonly engineUrl: string;
  readonly callSid: string;
  readonly adminToken: string | undefined;
  /** What is being said now, all of it, each time that it changes. */
  readonly tell: (lines: readonly SpokenWords[]) => void;
}

/** Bytes of one message of the feed: fifty rows and their words. */
const MAX_MESSAGE = 1024 * 1024;
const HANDSHAKE_MS = 3000;

/**
 * Listens on an engine's live feed to what is being said in a call. Where there is no
 * feed to be had nothing is told: the lines are read elsewhere once they are said.
 *
 * @returns what ends it.
 */
export function watchWords({ engineUrl, callSid, adminToken, tell }: WordWatchOptions): () => void {
  const url = `${engineUrl.replace(/^http/, 'ws')}/api/live`;
  const socket = new WebSocket(url, protocolsWith(adminToken), {
    handshakeTimeout: HANDSHAKE_MS,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
  });
  // Told by the record, which asks the same engine.
  socket.on('error', () => undefined);
  socket.on('open', () => {
    socket.send(JSON.stringify({ type: 'subscribe', callSids: [callSid] } satisfies LiveSubscriptionInput));
  });
  socket.on('message', (data: Buffer) => {
    const lines = wordsIn(data, callSid);
    if (lines !== undefined) tell(lines);
  });
  return () => {
    socket.terminate();
  };
}

/** The lines of a message of the feed; undefined when it is of something else. */
function wordsIn(data: Buffer, callSid: string): readonly SpokenWords[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(data.toString());
  } catch {
    return undefined;
  }
  const { data: message } = LiveMessage.safeParse(value);
  return message?.type === 'words' && message.callSid === callSid ? message.lines : undefined;
}
