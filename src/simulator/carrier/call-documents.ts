import type { Clock } from '../../clock.ts';
import type { CallerVoice } from './caller-voice.ts';
import { joinStreams } from './call-recording.ts';
import type { CallOutcome, CarrierEvent, StreamEnd } from './carrier-events.ts';
import type { CarrierSocket } from './carrier-socket.ts';
import { dialFields, dialledNumber, type DialResult } from './dial-verb.ts';
import { SimulatedCall, type StreamFaults } from './simulated-call.ts';
import { readTwiml, type TwimlElement } from './twiml.ts';
import type { WebhookAnswer, WebhookClient } from './webhook-client.ts';

/** How fast the carrier's own voice reads a `<Say>` aloud. */
const SPOKEN_MS_PER_CHARACTER = 60;

export interface CallDocumentsOptions {
  readonly clock: Clock;
  readonly client: WebhookClient;
  readonly callSid: string;
  readonly accountSid: string;
  readonly publicUrl: string;
  readonly to: string;
  readonly from: string;
  readonly isTest?: boolean;
  readonly voice: CallerVoice;
  readonly faults?: StreamFaults;
  readonly dialResult?: DialResult;
  readonly openSocket: (url: string, headers: Readonly<Record<string, string>>) => Promise<CarrierSocket>;
  readonly newStreamSid: () => string;
  readonly tell: (event: CarrierEvent) => void;
}

/** A TwiML document under execution: its verbs, and the URL that its relative URLs are relative to. */
interface Document {
  readonly verbs: readonly TwimlElement[];
  readonly url: string;
}

/** What a verb leads to: the next verb, or what comes instead: another document, or the end of the call. */
type Next = 'next' | Instead;
type Instead = Document | 'end';

const ALERTS = {
  retrieval: 11_200,
  parse: 12_100,
  schema: 12_200,
  refused: 31_920,
} as const;

/**
 * Runs the TwiML documents of one call, one verb after the other, as Twilio
 * does: `<Connect><Stream>`, `<Dial>`, `<Say>`, `<Pause>`, `<Redirect>`,
 * `<Reject>`, `<Hangup>`. An `action` replaces the rest of its document.
 */
export class CallDocuments {
  /** The stream that is open now. */
  stream: SimulatedCall | undefined;

  readonly #options: CallDocumentsOptions;
  readonly #streams: SimulatedCall[] = [];
  readonly #startedAt: number;
  #hungUp = false;
  #endedBy: CallOutcome['by'] = 'engine';
  #status: CallOutcome['status'] = 'completed';
  #interrupt: Instead | undefined;
  /** Ends the wait of a verb that only takes time. */
  #wake: () => void = () => undefined;

  constructor(options: CallDocumentsOptions) {
    this.#options = options;
    this.#startedAt = options.clock.steady();
  }

  async run(): Promise<CallOutcome> {
    const { tell, publicUrl, isTest = false } = this.#options;
    const first = { CallStatus: 'ringing', ...(isTest && { CallchartTest: 'true' }) };
    let next = await this.#ask(`${publicUrl}/twilio/voice`, first);
    while (next !== 'end' && !this.#hungUp) next = await this.#runDocument(next);
    const durationMs = this.#options.clock.steady() - this.#startedAt;
    const outcome = { status: this.#status, by: this.#endedBy, durationMs };
    await this.#post(`${publicUrl}/twilio/status`, {
      CallStatus: outcome.status,
      CallDuration: String(Math.round(durationMs / 1000)),
      SequenceNumber: '0',
    });
    tell({ type: 'call.ended', outcome });
    return outcome;
  }

  hangUp(): void {
    if (this.#hungUp) return;
    this.#hungUp = true;
    this.#endedBy = 'caller';
    this.stream?.hangUp('caller');
    this.#wake();
  }

  update(change: { twiml: string } | { status: 'completed' }): void {
    if ('twiml' in change) {
      this.#interrupt = this.#read(change.twiml, `${this.#options.publicUrl}/`);
    } else {
      this.#interrupt = 'end';
      this.#endedBy = 'carrier';
    }
    this.stream?.hangUp('carrier');
    this.#wake();
  }

  recording(): { caller: Uint8Array; agent: Uint8Array } {
    return joinStreams(this.#streams);
  }

  async #runDocument(document: Document): Promise<Instead> {
    for (const verb of document.verbs) {
      const next = await this.#runVerb(verb, document.url);
      const interrupt = this.#interrupt;
      this.#interrupt = undefined;
      if (interrupt !== undefined) return interrupt;
      if (this.#hungUp) return 'end';
      if (next !== 'next') return next;
    }
    return 'end';
  }

  async #runVerb(verb: TwimlElement, url: string): Promise<Next> {
    switch (verb.name) {
      case 'Connect':
        return this.#connect(verb, url);
      case 'Dial':
        return this.#dial(verb, url);
      case 'Say':
        this.#options.tell({ type: 'carrier.said', text: verb.text });
        await this.#wait(verb.text.length * SPOKEN_MS_PER_CHARACTER);
        return 'next';
      case 'Pause':
        await this.#wait(Number(verb.attributes['length'] ?? '1') * 1000);
        return 'next';
      case 'Redirect':
        return this.#ask(this.#options.client.resolve(verb.text, url), { CallStatus: 'in-progress' });
      case 'Reject':
        this.#status = verb.attributes['reason'] === 'busy' ? 'busy' : 'failed';
        return 'end';
      case 'Hangup':
        return 'end';
      default:
        this.#alert(ALERTS.schema, `<${verb.name}> is not a verb that this carrier knows`);
        return 'next';
    }
  }

  async #connect(verb: TwimlElement, url: string): Promise<Next> {
    const stream = verb.children.find(({ name }) => name === 'Stream');
    if (stream?.attributes['url'] === undefined) {
      this.#alert(ALERTS.schema, 'a <Connect> without <Stream url>');
      return 'next';
    }
    const by = await this.#runStream(stream, stream.attributes['url'], url);
    const action = verb.attributes['action'];
    if (this.#hungUp || this.#interrupt !== undefined || by === 'caller' || by === 'carrier') return 'next';
    if (action === undefined) return 'next';
    return this.#ask(this.#options.client.resolve(action, url), { CallStatus: 'in-progress' });
  }

  /** Opens the media socket and stays until the stream is over. A socket that cannot be opened ends it, too. */
  async #runStream(noun: TwimlElement, streamUrl: string, documentUrl: string): Promise<StreamEnd> {
    const { client, clock, openSocket, callSid, accountSid, voice, faults, tell, newStreamSid } =
      this.#options;
    const signature = client.sign(streamUrl);
    let socket: CarrierSocket;
    try {
      socket = await openSocket(
        client.reach(streamUrl),
        signature === undefined ? {} : { 'x-twilio-signature': signature },
      );
    } catch (error) {
      this.#alert(ALERTS.refused, `the media socket could not be opened: ${(error as Error).message}`);
      return 'network';
    }
    const streamSid = newStreamSid();
    const stream = new SimulatedCall({
      clock,
      socket,
      accountSid,
      callSid,
      streamSid,
      customParameters: parametersOf(noun),
      voice,
      ...(faults && { faults }),
      tell,
    });
    this.#streams.push(stream);
    this.stream = stream;
    // The caller may have hung up while the socket was opening.
    if (this.#hungUp) stream.hangUp('caller');
    const callback = noun.attributes['statusCallback'];
    const report = (StreamEvent: string) =>
      callback === undefined
        ? undefined
        : this.#post(client.resolve(callback, documentUrl), { StreamSid: streamSid, StreamEvent });
    void report('stream-started');
    const by = await stream.ended;
    this.stream = undefined;
    void report('stream-stopped');
    return by;
  }

  async #dial(verb: TwimlElement, url: string): Promise<Next> {
    const { dialResult = { status: 'no-answer', afterMs: 0 }, callSid, tell, client } = this.#options;
    await this.#wait(dialResult.afterMs);
    const result = this.#hungUp ? { ...dialResult, status: 'canceled' as const } : dialResult;
    tell({ type: 'dial.ended', number: dialledNumber(verb), status: result.status });
    const action = verb.attributes['action'];
    if (action === undefined || this.#interrupt !== undefined) return 'next';
    return this.#ask(client.resolve(action, url), {
      CallStatus: this.#hungUp ? 'completed' : 'in-progress',
      ...dialFields(result, callSid.replace(/^CA/, 'CAd').slice(0, callSid.length)),
    });
  }

  /** Posts to a webhook and reads the TwiML that it answers; a call whose webhook fails has failed. */
  async #ask(url: string, fields: Readonly<Record<string, string>>): Promise<Instead> {
    const answer = await this.#post(url, fields);
    if ('failure' in answer) {
      this.#status = 'failed';
      this.#endedBy = 'carrier';
      return 'end';
    }
    return this.#read(answer.body, answer.url);
  }

  #read(xml: string, url: string): Instead {
    const read = readTwiml(xml);
    if ('problem' in read) {
      this.#alert(ALERTS.parse, read.problem);
      this.#status = 'failed';
      this.#endedBy = 'carrier';
      return 'end';
    }
    const verbs = read.verbs.map(({ name }) => name);
    this.#options.tell({ type: 'twiml', route: new URL(url).pathname, verbs });
    return { verbs: read.verbs, url };
  }

  async #post(url: string, fields: Readonly<Record<string, string>>): Promise<WebhookAnswer> {
    const { client, callSid, accountSid, from, to } = this.#options;
    const answer = await client.post(url, {
      CallSid: callSid,
      AccountSid: accountSid,
      From: from,
      To: to,
      Direction: 'inbound',
      ApiVersion: '2010-04-01',
      ...fields,
    });
    if ('failure' in answer) this.#alert(ALERTS.retrieval, answer.failure);
    return answer;
  }

  #wait(ms: number): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve) => {
      const timer = clock.setTimeout(resolve, ms);
      this.#wake = () => {
        clock.clearTimeout(timer);
        resolve();
      };
    });
  }

  #alert(code: number, text: string): void {
    this.#options.tell({ type: 'carrier.alert', alert: { code, text } });
  }
}

function parametersOf(noun: TwimlElement): Record<string, string> {
  return Object.fromEntries(
    noun.children
      .filter(({ name }) => name === 'Parameter')
      .map(({ attributes }) => [attributes['name'] ?? '', attributes['value'] ?? '']),
  );
}
