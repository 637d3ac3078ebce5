import { FRAME_BYTES } from '../../../media/mu-law.ts';
import { StreamReply } from '../../../protocol/twilio-stream.ts';

const FRAME_MS = 20;
/** The name under which the engine looks for the token; as the `<Parameter>` of its TwiML. */
const TOKEN_PARAMETER = 'token';
/** A browser has no account. The field is there because every carrier sends it. */
const ACCOUNT_SID = `AC${'0'.repeat(32)}`;

/** What the engine gave for this call: who it is, and what opens its stream, once. */
export interface StreamTicket {
  readonly callSid: string;
  readonly token: string;
}

export interface CarrierLegDeps {
  readonly ticket: StreamTicket;
  /** `MZ` and up to 62 letters and digits; of this stream only. */
  readonly streamSid: string;
  /** One text message to the engine. */
  readonly send: (text: string) => void;
  readonly play: (audio: Uint8Array) => void;
  readonly mark: (name: string) => void;
  readonly clear: () => void;
  /** The engine said something that no carrier would understand. */
  readonly complain: () => void;
}

/**
 * The browser as a carrier: Twilio Media Streams, from the carrier's side.
 *
 * Source: Twilio docs, "Media Streams - WebSocket Messages". Numbers are
 * decimal strings, the sequence begins with `start`, a frame carries the time
 * of its first sample since the stream began. The audio thread counts the
 * frames, so that time is the device's own and a busy page does not bend it.
 */
export class CarrierLeg {
  readonly #deps: CarrierLegDeps;
  #sequence = 0;
  #frames = 0;
  #isOver = false;

  constructor(deps: CarrierLegDeps) {
    this.#deps = deps;
  }

  /** The socket is open: says who calls. */
  start(): void {
    const { ticket, streamSid, send } = this.#deps;
    send(JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' }));
    this.#say({
      event: 'start',
      start: {
        accountSid: ACCOUNT_SID,
        streamSid,
        callSid: ticket.callSid,
        tracks: ['inbound'],
        mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
        customParameters: { [TOKEN_PARAMETER]: ticket.token },
      },
    });
  }

  /** 20 ms of the caller. `isLost`: the network is behind, and its time passes without it. */
  frame(audio: Uint8Array, isLost = false): void {
    const timestamp = String(this.#frames++ * FRAME_MS);
    if (isLost) return;
    const chunk = String(this.#frames);
    this.#say({
      event: 'media',
      media: { track: 'inbound', chunk, timestamp, payload: base64Of(audio) },
    });
  }

  /** The audio that follows has these words: for an engine whose model is the simulator. Others ignore it. */
  typed(text: string): void {
    this.#say({ event: 'typed', typed: { text } });
  }

  /** Everything before a mark was heard, or was cleared. */
  heard(name: string): void {
    this.#say({ event: 'mark', mark: { name } });
  }

  /** The caller presses one key: `0` to `9`, `*`, `#`. */
  press(digit: string): void {
    this.#say({ event: 'dtmf', dtmf: { track: 'inbound_track', digit } });
  }

  /** The caller hangs up. Nothing is said after it. */
  stop(): void {
    const { ticket } = this.#deps;
    this.#say({ event: 'stop', stop: { accountSid: ACCOUNT_SID, callSid: ticket.callSid } });
    this.#isOver = true;
  }

  /** One message from the engine. What cannot be understood has no effect, as with any carrier. */
  receive(text: string): void {
    if (this.#isOver) return;
    const reply = readReply(text);
    if (reply?.streamSid !== this.#deps.streamSid) {
      this.#deps.complain();
      return;
    }
    switch (reply.event) {
      case 'media':
        this.#deps.play(bytesOf(reply.media.payload));
        return;
      case 'mark':
        this.#deps.mark(reply.mark.name);
        return;
      case 'clear':
        this.#deps.clear();
        return;
    }
  }

  #say(message: Record<string, unknown>): void {
    if (this.#isOver) return;
    const { event, ...body } = message;
    const sequenceNumber = String(++this.#sequence);
    this.#deps.send(JSON.stringify({ event, sequenceNumber, ...body, streamSid: this.#deps.streamSid }));
  }
}

function readReply(text: string): StreamReply | undefined {
  try {
    return StreamReply.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function base64Of(audio: Uint8Array): string {
  return btoa(String.fromCharCode(...audio.subarray(0, FRAME_BYTES)));
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
