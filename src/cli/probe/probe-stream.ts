import type { WebSocket } from 'ws';
import { FRAME_BYTES, MU_LAW_BYTES_PER_MS, SILENCE } from '../../media/mu-law.ts';
import { readStreamMessage, type StreamMessage } from '../../protocol/twilio-stream.ts';

/** Mu-law magnitude of about -40 dBFS: louder is the tone, softer is the line. */
const QUIET_MAGNITUDE = 28;
/** A loud square wave of 500 Hz: a codec in between cannot take it for silence. */
const TONE = Buffer.from(Array.from({ length: 16 }, (_, at) => (at < 8 ? 0x90 : 0x10)));

export interface ProbeStreamEvents {
  started(): void;
  stopped(): void;
  closed(): void;
  pinged(): void;
  ponged(): void;
}

/** The probe's end of one media stream. */
export class ProbeStream {
  /** How much that is loud was heard on it, in ms. */
  loudMs = 0;
  readonly #socket: WebSocket;
  #streamSid = '';

  constructor(socket: WebSocket, events: ProbeStreamEvents) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const message = read(data);
      if (message?.event === 'start') {
        this.#streamSid = message.streamSid ?? message.start.streamSid ?? '';
        events.started();
      } else if (message?.event === 'stop') events.stopped();
      else if (message?.event === 'media') this.#hear(Buffer.from(message.media.payload, 'base64'));
    });
    socket.on('close', () => {
      events.closed();
    });
    socket.on('ping', () => {
      events.pinged();
    });
    socket.on('pong', () => {
      events.ponged();
    });
  }

  /** Gives the carrier a tone to play, all at once. */
  playTone(ms: number): void {
    const bytes = Math.ceil((ms * MU_LAW_BYTES_PER_MS) / FRAME_BYTES) * FRAME_BYTES;
    const payload = Buffer.alloc(bytes, TONE).toString('base64');
    this.#socket.send(JSON.stringify({ event: 'media', streamSid: this.#streamSid, media: { payload } }));
  }

  ping(): void {
    this.#socket.ping();
  }

  /** Takes nothing more from the connection: what the carrier sends piles up on its side. */
  stopReading(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.close(1000);
  }

  /** As a process that was killed: the connection is reset. */
  reset(): void {
    const { _socket: connection } = this.#socket as WebSocket & {
      readonly _socket?: { resetAndDestroy(): void };
    };
    connection?.resetAndDestroy();
  }

  #hear(audio: Buffer): void {
    if (audio.some((byte) => byte !== SILENCE && (~byte & 0x7f) >= QUIET_MAGNITUDE)) {
      this.loudMs += audio.length / MU_LAW_BYTES_PER_MS;
    }
  }
}

function read(data: Buffer): StreamMessage | undefined {
  try {
    return readStreamMessage(data.toString());
  } catch {
    return undefined; // What it means is not asked here.
  }
}
