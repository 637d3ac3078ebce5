import { performance } from 'node:perf_hooks';
import { WebSocket } from 'ws';
import type { CarrierSocket } from '../../../src/simulator/carrier/carrier-socket.ts';
import { CallerVoice } from '../../../src/simulator/carrier/caller-voice.ts';
import { placeCall } from '../../../src/simulator/carrier/place-call.ts';
import type { ToolCallingSession } from '../tool-calling-model.ts';

const FRAME_BYTES = 160;
/** How often this process looks whether it was held up itself. */
const BEAT_MS = 5;

/** How long the caller's frames took to the model, in ms, in a stretch of the call. */
export interface Waits {
  readonly frames: number;
  /** Sent in it, and not heard at its end. */
  readonly lost: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** The longest time for which this process itself did not run: none of the engine's doing. */
  readonly own: number;
}

export interface GoodCall {
  readonly callSid: string;
  readonly session: ToolCallingSession;
  readonly isOver: () => boolean;
  /** Ends a stretch and begins the next. */
  readonly stretch: () => Promise<Waits>;
  readonly hangUp: () => Promise<void>;
}

interface GoodCallOptions {
  readonly url: string;
  readonly publicUrl: string;
  readonly authToken: string;
  readonly from: string;
  /** The next session that the model's server opens. */
  readonly nextSession: () => Promise<ToolCallingSession>;
}

/**
 * A call that nobody means harm: real sockets, a frame every 20 ms. Each frame
 * carries its number, so that the model's end knows when it was sent.
 */
export async function goodCall({ nextSession, ...options }: GoodCallOptions): Promise<GoodCall> {
  let sent = 0;
  let stretchFrom = 0;
  const sentAt = new Map<number, number>();
  let waits: number[] = [];
  let own = 0;
  let isOver = false;

  const opened = nextSession();
  const call = placeCall({
    ...options,
    to: '+12025550100',
    voice: new CallerVoice(),
    openSocket: async (url, headers): Promise<CarrierSocket> => {
      const socket = new WebSocket(url, { headers, perMessageDeflate: false });
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.once('open', resolve));
      return numbered(socket, () => {
        sentAt.set(++sent, performance.now());
        return sent;
      });
    },
  });
  void call.ended.then(() => {
    isOver = true;
  });
  const session = await opened;
  session.onAudio = (audio) => {
    const bytes = Buffer.from(audio, 'base64');
    const now = performance.now();
    for (let at = 0; at + FRAME_BYTES <= bytes.length; at += FRAME_BYTES) {
      const number = bytes.readUInt32BE(at);
      const since = sentAt.get(number);
      if (since === undefined) continue; // Silence that the engine put in.
      sentAt.delete(number);
      if (number > stretchFrom) waits.push(now - since);
    }
  };
  let lastBeat = performance.now();
  const beat = setInterval(() => {
    const now = performance.now();
    own = Math.max(own, now - lastBeat - BEAT_MS);
    lastBeat = now;
  }, BEAT_MS);

  return {
    callSid: call.callSid,
    session,
    isOver: () => isOver,
    stretch: async () => {
      // What is on its way still counts to the stretch: a second is ten times what it may take.
      const last = sent;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const lost = [...sentAt.keys()].filter((number) => number > stretchFrom && number <= last).length;
      const sorted = waits.toSorted((a, b) => a - b);
      const at = (share: number) =>
        sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
      const result = { frames: sorted.length, lost, p50: at(0.5), p99: at(0.99), max: at(1), own };
      stretchFrom = sent;
      waits = [];
      own = 0;
      return result;
    },
    hangUp: async () => {
      clearInterval(beat);
      call.hangUp();
      await call.ended;
    },
  };
}

/** A socket whose frames of audio carry their number instead of what is said. */
function numbered(socket: WebSocket, next: () => number): CarrierSocket {
  return {
    send: (text) => {
      if (!text.includes('"event":"media"')) {
        socket.send(text);
        return;
      }
      const message = JSON.parse(text) as { media: { payload: string } };
      const audio = Buffer.alloc(FRAME_BYTES, 0xff);
      audio.writeUInt32BE(next());
      message.media.payload = audio.toString('base64');
      socket.send(JSON.stringify(message));
    },
    close: (code) => {
      socket.close(code);
    },
    terminate: () => {
      socket.terminate();
    },
    on: (event: 'message' | 'close' | 'error', listener: (...args: never[]) => void) => {
      socket.on(event, listener as never);
    },
  };
}
