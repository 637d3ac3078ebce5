import type { CarrierEvent } from './carrier-events.ts';
import { readTwiml, type TwimlElement } from './twiml.ts';
import type { WebhookAnswer, WebhookClient } from './webhook-client.ts';
import type { WebhookForm } from './webhook-forms.ts';

/** A TwiML document: its verbs, and the URL that its relative URLs are relative to. */
export interface TwimlDocument {
  readonly verbs: readonly TwimlElement[];
  readonly url: string;
}

/** Entries of the carrier's debugger about a call's documents. Codes: Twilio docs, "Error and Warning Dictionary". */
export const DOCUMENT_ALERTS = { retrieval: 11_200, parse: 12_100, schema: 12_200 } as const;

export interface CallWebhooksOptions {
  readonly client: WebhookClient;
  /** Asked instead of a URL whose document cannot be had, as the number has it. Undefined: such a call has failed. */
  readonly fallbackUrl?: string | undefined;
  readonly tell: (event: CarrierEvent) => void;
}

/** Asks the webhooks of one call: what to do, and what to know. */
export class CallWebhooks {
  readonly #options: CallWebhooksOptions;

  constructor(options: CallWebhooksOptions) {
    this.#options = options;
  }

  /** The document that a URL answers, else that of the fallback URL. Undefined: there is none to be had. */
  async ask(url: string, form: WebhookForm): Promise<TwimlDocument | undefined> {
    const answer = await this.post(url, form);
    if ('failure' in answer) return this.fallBack(DOCUMENT_ALERTS.retrieval, url, form);
    return this.read(answer.body, answer.url) ?? this.fallBack(DOCUMENT_ALERTS.parse, url, form);
  }

  /** What the fallback URL answers to an error. Undefined where there is none, or it is what has failed. */
  fallBack(code: number, url: string, form: WebhookForm): Promise<TwimlDocument | undefined> {
    const { fallbackUrl } = this.#options;
    if (fallbackUrl === undefined || url === fallbackUrl) return Promise.resolve(undefined);
    return this.ask(fallbackUrl, { ...form, ErrorCode: String(code), ErrorUrl: url });
  }

  /** Reads TwiML. Undefined, and an alert, where it is none. */
  read(xml: string, url: string): TwimlDocument | undefined {
    const read = readTwiml(xml);
    if ('problem' in read) {
      this.alert(DOCUMENT_ALERTS.parse, read.problem);
      return undefined;
    }
    const verbs = read.verbs.map(({ name }) => name);
    this.#options.tell({ type: 'twiml', route: new URL(url).pathname, verbs });
    return { verbs: read.verbs, url };
  }

  /** Posts a form. What cannot be posted is an alert. */
  async post(url: string, form: WebhookForm): Promise<WebhookAnswer> {
    const answer = await this.#options.client.post(url, form);
    if ('failure' in answer) this.alert(DOCUMENT_ALERTS.retrieval, answer.failure);
    return answer;
  }

  alert(code: number, text: string): void {
    this.#options.tell({ type: 'carrier.alert', alert: { code, text } });
  }
}
