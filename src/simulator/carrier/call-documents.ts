import type { Clock } from '../../clock.ts';
import type { CallMedia, StreamOutcome } from './call-media.ts';
import { type CallWebhooks, DOCUMENT_ALERTS, type TwimlDocument } from './call-webhooks.ts';
import type { CarrierConduct } from './carrier-conduct.ts';
import type { CallOutcome, CarrierEvent } from './carrier-events.ts';
import { dialledNumber, type DialResult } from './dial-verb.ts';
import type { TwimlElement } from './twiml.ts';
import type { WebhookClient } from './webhook-client.ts';
import {
  type CalledParties,
  callStatusForm,
  dialResultForm,
  voiceForm,
  type WebhookForm,
} from './webhook-forms.ts';

/** How fast the carrier's own voice reads a `<Say>` aloud. */
const SPOKEN_MS_PER_CHARACTER = 60;

export interface CallDocumentsOptions {
  readonly clock: Clock;
  readonly client: WebhookClient;
  readonly webhooks: CallWebhooks;
  readonly media: CallMedia;
  readonly parties: CalledParties;
  readonly conduct: CarrierConduct;
  /** Asked what to do with the call. */
  readonly voiceUrl: string;
  /** Told how it ends. */
  readonly statusUrl: string;
  readonly isTest?: boolean | undefined;
  readonly dialResult?: DialResult | undefined;
  readonly tell: (event: CarrierEvent) => void;
}

/** What a verb leads to: the next verb, or what comes instead: another document, or the end of the call. */
type Next = 'next' | Instead;
type Instead = TwimlDocument | 'end';

/** What Twilio's REST API does to a live call: other TwiML, what a URL answers, or its end. */
export type CallUpdate =
  { readonly twiml: string } | { readonly url: string } | { readonly status: 'completed' };

/**
 * Runs the TwiML documents of one call, one verb after the other, as Twilio
 * does: `<Connect><Stream>`, `<Dial>`, `<Say>`, `<Pause>`, `<Redirect>`,
 * `<Reject>`, `<Hangup>`. An `action` replaces the rest of its document.
 */
export class CallDocuments {
  readonly #options: CallDocumentsOptions;
  readonly #startedAt: number;
  #hungUp = false;
  #endedBy: CallOutcome['by'] = 'engine';
  #status: CallOutcome['status'] = 'completed';
  /** What an update by REST has put in the place of everything else, until it is done. */
  #update: CallUpdate | undefined;
  #isEndReported = false;
  /** Ends the wait of a verb that only takes time. */
  #wake: () => void = () => undefined;

  constructor(options: CallDocumentsOptions) {
    this.#options = options;
    this.#startedAt = options.clock.steady();
  }

  async run(): Promise<CallOutcome> {
    const { tell, voiceUrl, parties, isTest = false } = this.#options;
    let next = await this.#ask(voiceUrl, voiceForm(parties, 'ringing', isTest));
    while (next !== 'end' && !this.#hungUp) {
      next = (await this.#takeUpdate()) ?? (await this.#runDocument(next));
    }
    const outcome = { status: this.#status, by: this.#endedBy, durationMs: this.#durationMs };
    await this.#reportEnd();
    tell({ type: 'call.ended', outcome });
    return outcome;
  }

  hangUp(): void {
    if (this.#hungUp) return;
    this.#hungUp = true;
    this.#endedBy = 'caller';
    const { conduct, media } = this.#options;
    const leave = () => {
      media.leave('caller');
    };
    if (conduct.endsWith === 'callbacks') void this.#reportEnd().then(leave);
    else leave();
    this.#wake();
  }

  update(change: CallUpdate): void {
    this.#update = change;
    this.#options.media.leave('carrier');
    this.#wake();
  }

  get #durationMs(): number {
    return this.#options.clock.steady() - this.#startedAt;
  }

  async #reportEnd(): Promise<void> {
    if (this.#isEndReported) return;
    this.#isEndReported = true;
    const { webhooks, statusUrl, parties } = this.#options;
    const seconds = Math.round(this.#durationMs / 1000);
    await webhooks.post(statusUrl, callStatusForm(parties, this.#status, { seconds }));
  }

  async #runDocument(document: TwimlDocument): Promise<Instead> {
    for (const verb of document.verbs) {
      const next = await this.#runVerb(verb, document.url);
      const instead = await this.#takeUpdate();
      if (instead !== undefined) return instead;
      if (this.#hungUp) return 'end';
      if (next !== 'next') return next;
    }
    return 'end';
  }

  /** What an update has put in the place of what was to come; undefined when there was none. */
  async #takeUpdate(): Promise<Instead | undefined> {
    const change = this.#update;
    this.#update = undefined;
    if (change === undefined) return undefined;
    const { webhooks, voiceUrl } = this.#options;
    if ('twiml' in change) return webhooks.read(change.twiml, voiceUrl) ?? this.#failed();
    if ('url' in change) return this.#askNext(change.url, change.url);
    this.#endedBy = 'carrier';
    return 'end';
  }

  async #runVerb(verb: TwimlElement, url: string): Promise<Next> {
    const { tell, webhooks } = this.#options;
    switch (verb.name) {
      case 'Connect':
        return this.#connect(verb, url);
      case 'Dial':
        return this.#dial(verb, url);
      case 'Say':
        tell({ type: 'carrier.said', text: verb.text });
        await this.#wait(verb.text.length * SPOKEN_MS_PER_CHARACTER);
        return 'next';
      case 'Pause':
        await this.#wait(Number(verb.attributes['length'] ?? '1') * 1000);
        return 'next';
      case 'Redirect':
        return this.#askNext(verb.text, url);
      case 'Reject':
        this.#status = verb.attributes['reason'] === 'busy' ? 'busy' : 'failed';
        return 'end';
      case 'Hangup':
        return 'end';
      default:
        webhooks.alert(DOCUMENT_ALERTS.schema, `<${verb.name}> is not a verb that this carrier knows`);
        return 'next';
    }
  }

  async #connect(verb: TwimlElement, url: string): Promise<Next> {
    const { media, webhooks, conduct } = this.#options;
    const stream = verb.children.find(({ name }) => name === 'Stream');
    if (stream?.attributes['url'] === undefined) {
      webhooks.alert(DOCUMENT_ALERTS.schema, 'a <Connect> without <Stream url>');
      return 'next';
    }
    const outcome = await media.run(stream, stream.attributes['url'], url);
    if ('by' in outcome && outcome.by === 'network') await this.#wait(conduct.noticesLossAfterMs);
    if (conduct.endsWith === 'callbacks') await media.reportStopped();
    const next = this.#afterStream(outcome, stream.attributes['url'], verb.attributes['action'], url);
    void media.reportStopped();
    return next;
  }

  async #afterStream(
    outcome: StreamOutcome,
    streamUrl: string,
    action: string | undefined,
    url: string,
  ): Promise<Next> {
    const { webhooks, client, parties, conduct } = this.#options;
    if (this.#hungUp) {
      // Whatever it answers: nobody is there any more.
      if (action !== undefined && conduct.asksAfterHangUp) {
        await webhooks.post(client.resolve(action, url), voiceForm(parties, 'completed'));
      }
      return 'end';
    }
    if (this.#update !== undefined) return 'next';
    if ('unopened' in outcome && conduct.afterUnopened === 'fallback') {
      const form = voiceForm(parties, 'in-progress');
      return (await webhooks.fallBack(outcome.unopened, streamUrl, form)) ?? this.#failed();
    }
    const isLost = 'by' in outcome && outcome.by === 'network';
    if (action === undefined || (isLost && !conduct.asksAfterLoss)) return 'next';
    return this.#askNext(action, url);
  }

  async #dial(verb: TwimlElement, url: string): Promise<Next> {
    const { dialResult = { status: 'no-answer', afterMs: 0 }, parties, tell, client } = this.#options;
    await this.#wait(dialResult.afterMs);
    const result = this.#hungUp ? { ...dialResult, status: 'canceled' as const } : dialResult;
    tell({ type: 'dial.ended', number: dialledNumber(verb), status: result.status });
    const { action } = verb.attributes;
    if (action === undefined || this.#update !== undefined) return 'next';
    const status = this.#hungUp ? 'completed' : 'in-progress';
    const leg = {
      status: result.status,
      callSid: parties.callSid.replace(/^CA/, 'CAd').slice(0, parties.callSid.length),
      seconds: Math.round(result.afterMs / 1000),
    };
    return this.#ask(client.resolve(action, url), dialResultForm(parties, status, leg));
  }

  /** Asks at a URL of a document's what comes next. */
  #askNext(url: string, documentUrl: string): Promise<Instead> {
    const { client, parties } = this.#options;
    return this.#ask(client.resolve(url, documentUrl), voiceForm(parties, 'in-progress'));
  }

  async #ask(url: string, form: WebhookForm): Promise<Instead> {
    return (await this.#options.webhooks.ask(url, form)) ?? this.#failed();
  }

  /** A call whose document cannot be had has failed. */
  #failed(): 'end' {
    this.#status = 'failed';
    this.#endedBy = 'carrier';
    return 'end';
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
}
