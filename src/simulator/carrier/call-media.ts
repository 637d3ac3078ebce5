import type { Clock } from '../../clock.ts';
import { joinStreams } from './call-recording.ts';
import type { CallWebhooks } from './call-webhooks.ts';
import type { CallerVoice } from './caller-voice.ts';
import type { CarrierConduct } from './carrier-conduct.ts';
import type { CarrierEvent, StreamEnd } from './carrier-events.ts';
import type { CarrierSocket } from './carrier-socket.ts';
import { SimulatedCall, type StreamFaults } from './simulated-call.ts';
import { unopenedAlert } from './unopened-alert.ts';
import type { TwimlElement } from './twiml.ts';
import type { WebhookClient } from './webhook-client.ts';
import { type CalledParties, streamStatusForm } from './webhook-forms.ts';

/** Opens a media socket. Rejects when it cannot be opened. */
export type OpenSocket = (url: string, headers: Readonly<Record<string, string>>) => Promise<CarrierSocket>;

export interface CallMediaOptions {
  readonly clock: Clock;
  readonly client: WebhookClient;
  readonly webhooks: CallWebhooks;
  readonly parties: CalledParties;
  readonly voice: CallerVoice;
  readonly conduct: CarrierConduct;
  readonly faults?: StreamFaults | undefined;
  readonly openSocket: OpenSocket;
  readonly newStreamSid: () => string;
  readonly tell: (event: CarrierEvent) => void;
}

/** How a stream came to its end; one that was never open has the code of its alert. */
export type StreamOutcome = { readonly by: StreamEnd } | { readonly unopened: number };

/** A connection that breaks while it is in use. */
const BROKEN = 31_903;

/** The media streams of one call, one after the other. */
export class CallMedia {
  /** The stream that is open now. */
  stream: SimulatedCall | undefined;

  readonly #options: CallMediaOptions;
  readonly #streams: SimulatedCall[] = [];
  /** Ends the stream whose socket is being opened. */
  #leaving: 'caller' | 'carrier' | undefined;
  #reportStopped: (() => Promise<void>) | undefined;

  constructor(options: CallMediaOptions) {
    this.#options = options;
  }

  /** Opens the stream of a `<Stream>` and stays until it is over. */
  async run(noun: TwimlElement, streamUrl: string, documentUrl: string): Promise<StreamOutcome> {
    const { clock, client, webhooks, parties, newStreamSid } = this.#options;
    const streamSid = newStreamSid();
    const callback = noun.attributes['statusCallback'];
    const report = async (event: 'stream-started' | 'stream-stopped' | 'stream-error', error?: string) => {
      if (callback === undefined) return;
      const news = { streamSid, atMs: clock.now(), ...(error !== undefined && { error }) };
      await webhooks.post(client.resolve(callback, documentUrl), streamStatusForm(parties, event, news));
    };
    this.#leaving = undefined;
    const opened = await this.#open(streamUrl);
    if (opened instanceof Error) {
      const { code, text } = unopenedAlert(opened);
      webhooks.alert(code, text);
      void report('stream-error', text);
      return { unopened: code };
    }
    const stream = this.#begin(opened, streamSid, noun);
    void report('stream-started');
    const by = await stream.ended;
    this.stream = undefined;
    if (by === 'network') webhooks.alert(BROKEN, 'the media socket broke');
    this.#reportStopped = () => report('stream-stopped');
    return { by };
  }

  /** Tells, where it is to be told, that the last stream has stopped; once. */
  async reportStopped(): Promise<void> {
    const report = this.#reportStopped;
    this.#reportStopped = undefined;
    await report?.();
  }

  /** Ends the stream that is open, or is being opened. */
  leave(by: 'caller' | 'carrier'): void {
    this.#leaving = by;
    this.stream?.hangUp(by);
  }

  recording(): { caller: Uint8Array; agent: Uint8Array } {
    return joinStreams(this.#streams);
  }

  async #open(streamUrl: string): Promise<CarrierSocket | Error> {
    const { client, openSocket } = this.#options;
    const signature = client.signStream(streamUrl);
    const headers = signature === undefined ? {} : { 'x-twilio-signature': signature };
    try {
      return await openSocket(client.reach(streamUrl), headers);
    } catch (thrown) {
      return thrown as Error;
    }
  }

  #begin(socket: CarrierSocket, streamSid: string, noun: TwimlElement): SimulatedCall {
    const { clock, parties, voice, conduct, faults, tell } = this.#options;
    const { accountSid, callSid } = parties;
    const customParameters = parametersOf(noun);
    const stream = new SimulatedCall({
      ...{ clock, socket, accountSid, callSid, streamSid, customParameters, voice, conduct, tell },
      ...(faults && { faults }),
    });
    this.#streams.push(stream);
    this.stream = stream;
    if (this.#leaving !== undefined) stream.hangUp(this.#leaving);
    return stream;
  }
}

function parametersOf(noun: TwimlElement): Record<string, string> {
  return Object.fromEntries(
    noun.children
      .filter(({ name }) => name === 'Parameter')
      .map(({ attributes }) => [attributes['name'] ?? '', attributes['value'] ?? '']),
  );
}
