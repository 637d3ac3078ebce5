import { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import { LiveMessage, type LiveSubscriptionInput, type SpokenWords } from '../protocol/console-live.ts';
import { protocolsWith } from '../protocol/socket-token.ts';

export interface WordWatchOptions {
  readonly engineUrl: string;
  readonly callSid: string;
  readonly adminToken: string | undefined;
  readonly clock: Clock;
  /** What is being said now, all of it, each time that it changes. */
  readonly tell: (lines: readonly SpokenWords[]) => void;
}

/** Bytes of one message of the feed: fifty rows and their words. */
const MAX_MESSAGE = 1024 * 1024;
const HANDSHAKE_MS = 3000;
/** An engine that begins listens within this time, or within the next. */
const AGAIN_AFTER_MS = 1000;

/**
 * Listens on an engine's live feed to what is being said in a call. Where there is no
 * feed to be had nothing is told: the lines are read elsewhere once they are said. A feed
 * that was there and is gone is looked for again, in case the engine was started anew.
 *
 * @returns what ends it.
 */
export function watchWords({ engineUrl, callSid, adminToken, clock, tell }: WordWatchOptions): () => void {
  const url = `${engineUrl.replace(/^http/, 'ws')}/api/live`;
  let wasOpen = false;
  let timer: unknown;
  let socket = open();
  return () => {
    socket.removeAllListeners('close');
    clock.clearTimeout(timer);
    socket.terminate();
  };

  function open(): WebSocket {
    const opening = new WebSocket(url, protocolsWith(adminToken), {
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MAX_MESSAGE,
      perMessageDeflate: false,
    });
    // Told by the record, which asks the same engine.
    opening.on('error', () => undefined);
    opening.on('open', () => {
      wasOpen = true;
      const subscription: LiveSubscriptionInput = { type: 'subscribe', callSids: [callSid] };
      opening.send(JSON.stringify(subscription));
    });
    opening.on('message', (data: Buffer) => {
      const lines = wordsIn(data, callSid);
      if (lines !== undefined) tell(lines);
    });
    opening.on('close', () => {
      if (!wasOpen) return;
      timer = clock.setTimeout(() => {
        socket = open();
      }, AGAIN_AFTER_MS);
    });
    return opening;
  }
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
