import { FRAME_BYTES } from '../../src/media/mu-law.ts';
import type { SoftphoneCall } from '../../src/protocol/console-softphone.ts';
import { CarrierMessages } from '../../src/protocol/twilio-carrier-messages.ts';
import { readStreamReply } from '../../src/protocol/twilio-stream-reply.ts';

/** The name under which the engine looks for the token; as the `<Parameter>` of its TwiML. */
const TOKEN_PARAMETER = 'token';
/** A made-up account SID: a browser has no account, but every carrier sends the field. */
const ACCOUNT_SID = `AC${'0'.repeat(32)}`;

export interface CarrierLegDeps {
  /** What the engine gave for this call: its SID, and the token that opens its stream once. */
  readonly ticket: Pick<SoftphoneCall, 'callSid' | 'token'>;
  /** `MZ` and up to 62 letters and digits, unique to this stream. */
  readonly streamSid: string;
  /** Sends one text message to the engine. */
  readonly send: (text: string) => void;
  readonly play: (audio: Uint8Array) => void;
  readonly mark: (name: string) => void;
  readonly clear: () => void;
  /** Called when the engine sent a message that no carrier would understand. */
  readonly complain: () => void;
}

/**
 * Has the browser speak Twilio Media Streams with the engine, as a carrier does.
 *
 * The audio thread counts the frames, so that the time of each is the device's
 * own and a busy page does not bend it.
 */
export class CarrierLeg {
  readonly #deps: CarrierLegDeps;
  readonly #messages: CarrierMessages;
  #frames = 0;

  constructor(deps: CarrierLegDeps) {
    this.#deps = deps;
    const { ticket, streamSid } = deps;
    this.#messages = new CarrierMessages({ accountSid: ACCOUNT_SID, callSid: ticket.callSid, streamSid });
  }

  /** Sends `connected` and `start`, with the call's SID and token. Call it when the socket is open. */
  start(): void {
    const { ticket, send } = this.#deps;
    send(this.#messages.connected());
    send(this.#messages.start({ [TOKEN_PARAMETER]: ticket.token }));
  }

  /** Sends 20 ms of the caller's audio. `isLost`: the network is behind; the frame is dropped, and its time counts. */
  frame(audio: Uint8Array, isLost = false): void {
    const frame = this.#frames++;
    if (!isLost) this.#say(() => this.#messages.media(frame, base64Of(audio)));
  }

  /** Sends the words of the audio that follows, for an engine whose model is the simulator. Others ignore them. */
  typed(text: string): void {
    this.#say(() => this.#messages.typed(text));
  }

  /** Sends a mark back: the audio before it was heard, or cleared. */
  heard(name: string): void {
    this.#say(() => this.#messages.mark(name));
  }

  /** Sends a key that the caller presses: `0` to `9`, `*`, `#`. */
  press(digit: string): void {
    this.#say(() => this.#messages.dtmf(digit));
  }

  /** Sends `stop`, for the caller hangs up. Nothing is sent after it. */
  stop(): void {
    this.#say(() => this.#messages.stop());
  }

  /** Takes one message from the engine. A message that is not valid has no effect, as with any carrier. */
  receive(text: string): void {
    if (this.#messages.isOver) return;
    const read = readStreamReply(text, this.#deps.streamSid);
    if ('refusal' in read) {
      this.#deps.complain();
      return;
    }
    const { reply } = read;
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

  #say(write: () => string): void {
    if (!this.#messages.isOver) this.#deps.send(write());
  }
}

function base64Of(audio: Uint8Array): string {
  return btoa(String.fromCharCode(...audio.subarray(0, FRAME_BYTES)));
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
