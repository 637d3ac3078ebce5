import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { type Clock, systemClock } from '../../clock.ts';
import { AgentGap } from './agent-gap.ts';
import { CallDocuments, type CallUpdate } from './call-documents.ts';
import { CallMedia, type OpenSocket } from './call-media.ts';
import { CallWebhooks } from './call-webhooks.ts';
import type { CallerVoice } from './caller-voice.ts';
import { type CarrierConduct, LIKELY_CONDUCT } from './carrier-conduct.ts';
import type { CallOutcome, CarrierEvent } from './carrier-events.ts';
import { type PostForm, postForm } from './form-post.ts';
import type { DialResult } from './dial-verb.ts';
import type { StreamFaults } from './simulated-call.ts';
import { WebhookClient } from './webhook-client.ts';
import type { CalledParties } from './webhook-forms.ts';

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
  /** Who began the call: a caller, unless said otherwise. */
  readonly direction?: CalledParties['direction'];
  /** Where the carrier asks what to do, and tells of the call: the engine's webhooks, unless said otherwise. */
  readonly voiceUrl?: string;
  readonly statusUrl?: string;
  /** Tells the engine that it is being tried: the call is marked, and no figure counts it. */
  readonly isTest?: boolean;
  readonly accountSid?: string;
  /** The caller's mouth; it outlives a stream and goes on in the next one. */
  readonly voice: CallerVoice;
  readonly faults?: StreamFaults;
  /** What becomes of a transfer; nobody answers unless told so. */
  readonly dialResult?: DialResult;
  readonly clock?: Clock;
  /** What the carrier does where nobody knows; what is likely unless told otherwise. */
  readonly conduct?: Partial<CarrierConduct>;
  /** Asked where a webhook fails for good, or answers what is not TwiML; without it such a call has failed. */
  readonly fallbackUrl?: string;
  /** Posts a form; over HTTP unless a test is the other end. */
  readonly post?: PostForm;
  /** Opens the media socket; `ws` unless a test holds the other end. */
  readonly openSocket?: OpenSocket;
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
  /** The network swallows what is said on the media connection from now on, and tells neither end. */
  blackOut(): void;
  /** An update by REST: at once, and a stream that runs is torn down with what it still had to play. */
  update(change: CallUpdate): void;
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
  const { voice, faults, isTest, dialResult } = options;
  const conduct = { ...LIKELY_CONDUCT, ...options.conduct };
  const { from, to, direction = 'inbound' } = options;
  const { voiceUrl = `${publicUrl}/twilio/voice`, statusUrl = `${publicUrl}/twilio/status` } = options;
  const parties = { callSid, accountSid, from, to, direction };
  const gap = new AgentGap(clock);
  const tell = (event: CarrierEvent) => {
    const ended = gap.take(event);
    options.tell?.(event);
    if (ended !== undefined) options.tell?.(ended);
  };
  const client = new WebhookClient({
    ...{ clock, baseUrl: options.url, publicUrl, conduct },
    authToken: options.authToken,
    post: options.post ?? postForm,
  });
  const webhooks = new CallWebhooks({ client, fallbackUrl: options.fallbackUrl, tell });
  const media = new CallMedia({
    ...{ clock, client, webhooks, parties, voice, conduct, faults, tell },
    openSocket: options.openSocket ?? opensSockets(conduct),
    newStreamSid: () => sid('MZ'),
  });
  const documents = new CallDocuments({
    ...{ clock, client, webhooks, media, parties, conduct, voiceUrl, statusUrl, isTest, dialResult, tell },
  });
  return {
    callSid,
    ended: documents.run(),
    hangUp: () => {
      documents.hangUp();
    },
    press: (digits) => {
      for (const digit of digits) media.stream?.press(digit);
    },
    breakLine: () => {
      media.stream?.vanish();
    },
    blackOut: () => {
      media.stream?.blackOut();
    },
    update: (change) => {
      documents.update(change);
    },
    recording: () => media.recording(),
  };
}

/** A Twilio identifier: two letters and 32 hexadecimal digits. */
function sid(prefix: string): string {
  return prefix + randomBytes(16).toString('hex');
}

/** Twilio gives a media socket about this long to open (error 31901). */
const OPEN_WITHIN_MS = 5000;

const opensSockets =
  ({ answersPings }: CarrierConduct): OpenSocket =>
  (url, headers) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url, {
        headers,
        perMessageDeflate: false,
        handshakeTimeout: OPEN_WITHIN_MS,
        autoPong: answersPings,
      });
      socket.once('open', () => {
        socket.removeAllListeners('error');
        resolve(socket);
      });
      socket.once('error', reject);
    });
