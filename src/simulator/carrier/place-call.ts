import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { type Clock, systemClock } from '../../clock.ts';
import { CallDocuments } from './call-documents.ts';
import type { CallerVoice } from './caller-voice.ts';
import type { CallOutcome, CarrierEvent } from './carrier-events.ts';
import type { CarrierSocket } from './carrier-socket.ts';
import type { DialResult } from './dial-verb.ts';
import type { StreamFaults } from './simulated-call.ts';
import { WebhookClient } from './webhook-client.ts';

export interface PlaceCallOptions {
  /** Where the engine listens. */
  readonly url: string;
  /** The engine's `PUBLIC_URL`, when the carrier knows it by another name than `url`: it is what is signed. */
  readonly publicUrl?: string;
  /** The number called, E.164. */
  readonly to: string;
  readonly from: string;
  /** With the account's auth token every request, the upgrade included, is signed. */
  readonly authToken?: string;
  readonly callSid?: string;
  /** Tells the engine that it is being tried: the call is marked, and no figure counts it. */
  readonly isTest?: boolean;
  readonly accountSid?: string;
  /** The caller's mouth; it outlives a stream and goes on in the next one. */
  readonly voice: CallerVoice;
  readonly faults?: StreamFaults;
  /** What becomes of a transfer; nobody answers unless told so. */
  readonly dialResult?: DialResult;
  readonly clock?: Clock;
  readonly fetch?: typeof fetch;
  /** Opens the media socket; `ws` unless a test holds the other end. Rejects when it cannot be opened. */
  readonly openSocket?: (url: string, headers: Readonly<Record<string, string>>) => Promise<CarrierSocket>;
  readonly tell?: (event: CarrierEvent) => void;
}

/** A call in progress, in the caller's hand. */
export interface PlacedCall {
  readonly callSid: string;
  /** Resolves when the call is over and the engine was told so. Never rejects: a failed call is an outcome. */
  readonly ended: Promise<CallOutcome>;
  hangUp(): void;
  /** Presses keys, one after the other. */
  press(digits: string): void;
  /** The media connection breaks without a word; the carrier goes on with the TwiML. */
  breakLine(): void;
  /** What Twilio's REST API does to a live call: new TwiML runs at once, or the call ends. */
  update(change: { twiml: string } | { status: 'completed' }): void;
  /** Both sides since the first stream began, mu-law, equally long; silence between two streams. */
  recording(): { caller: Uint8Array; agent: Uint8Array };
}

/**
 * Calls the engine as Twilio would: asks `/twilio/voice`, does what the TwiML
 * says, streams the call over a WebSocket, asks the `action` URLs, posts the
 * status callbacks, until the TwiML or the caller ends it.
 */
export function placeCall(options: PlaceCallOptions): PlacedCall {
  const {
    clock = systemClock,
    callSid = sid('CA'),
    accountSid = `AC${'0'.repeat(32)}`,
    publicUrl = options.url,
  } = options;
  const client = new WebhookClient({
    clock,
    baseUrl: options.url,
    publicUrl,
    authToken: options.authToken,
    fetch: options.fetch ?? fetch,
  });
  const documents = new CallDocuments({
    ...options,
    clock,
    client,
    callSid,
    accountSid,
    publicUrl,
    openSocket: options.openSocket ?? openSocket,
    newStreamSid: () => sid('MZ'),
    tell: options.tell ?? (() => undefined),
  });
  return {
    callSid,
    ended: documents.run(),
    hangUp: () => {
      documents.hangUp();
    },
    press: (digits) => {
      for (const digit of digits) documents.stream?.press(digit);
    },
    breakLine: () => {
      documents.stream?.vanish();
    },
    update: (change) => {
      documents.update(change);
    },
    recording: () => documents.recording(),
  };
}

/** A Twilio identifier: two letters and 32 hexadecimal digits. */
function sid(prefix: string): string {
  return prefix + randomBytes(16).toString('hex');
}

/** Twilio gives a media socket about this long to open (error 31901). */
const OPEN_WITHIN_MS = 5000;

function openSocket(url: string, headers: Readonly<Record<string, string>>): Promise<CarrierSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, {
      headers,
      perMessageDeflate: false,
      handshakeTimeout: OPEN_WITHIN_MS,
    });
    socket.once('open', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', reject);
  });
}
