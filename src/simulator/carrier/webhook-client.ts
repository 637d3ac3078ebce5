import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { Clock } from '../../clock.ts';
import type { CarrierConduct } from './carrier-conduct.ts';
import type { PostForm } from './form-post.ts';
import { overridesOf, type RetryPolicy } from './webhook-overrides.ts';

export interface WebhookClientOptions {
  readonly clock: Clock;
  /** Where requests really go. */
  readonly baseUrl: string;
  /** What the carrier believes the engine's address is: what is signed, and what its URLs begin with. */
  readonly publicUrl: string;
  /** With it, every request is signed. */
  readonly authToken: string | undefined;
  readonly conduct: CarrierConduct;
  readonly post: PostForm;
}

export type WebhookAnswer = { readonly body: string; readonly url: string } | { readonly failure: string };

type Tried = WebhookAnswer | { readonly failure: string; readonly kind: RetryPolicy | undefined };

/**
 * Asks the engine's webhooks as Twilio does: form fields, a signature over the
 * public URL, retries and time limits from its fragment, the same idempotency
 * token on every try.
 */
export class WebhookClient {
  readonly #options: WebhookClientOptions;
  #requests = 0;

  constructor(options: WebhookClientOptions) {
    this.#options = options;
  }

  /** The absolute URL of a URL in TwiML, which may be relative to the document's own. */
  resolve(url: string, documentUrl: string): string {
    return new URL(url, documentUrl).href;
  }

  /** The signature of a stream's upgrade, for the header `X-Twilio-Signature`. Undefined when the carrier has no token. */
  signStream(url: string): string | undefined {
    switch (this.#options.conduct.signsStream) {
      case 'asWritten':
        return this.#sign(url);
      case 'withSlash':
        return this.#sign(`${url}/`);
      case 'withPort':
        return this.#sign(url.replace(/^(wss:\/\/[^/:]+)(?=\/)/, '$1:443'));
    }
  }

  /** The same URL, at the address where the engine really listens; `ws(s)` stays `ws(s)` of that address. */
  reach(url: string): string {
    const wanted = new URL(url);
    const isSocket = wanted.protocol.startsWith('ws');
    const asHttp = url.replace(/^ws/, 'http');
    if (new URL(asHttp).origin !== new URL(this.#options.publicUrl).origin) return withoutFragment(url);
    const reached = new URL(wanted.pathname + wanted.search, this.#options.baseUrl).href;
    return isSocket ? reached.replace(/^http/, 'ws') : reached;
  }

  /** Posts a form and answers the body of a 2xx, after as many tries as the URL allows. */
  async post(url: string, form: Readonly<Record<string, string>>): Promise<WebhookAnswer> {
    const { clock, conduct } = this.#options;
    const overrides = overridesOf(conduct.readsOverrides ? url : withoutFragment(url));
    const { retries, retriesFor, totalMs } = overrides;
    const idempotencyToken = `sim-${String(++this.#requests)}-${form['CallSid'] ?? ''}`;
    const startedAt = clock.steady();
    for (let retry = 0; ; retry++) {
      const leftMs = totalMs - (clock.steady() - startedAt);
      const answer = await this.#postOnce(url, form, idempotencyToken, { ...overrides, totalMs: leftMs });
      if (!('kind' in answer)) return answer;
      const mayRetry = answer.kind !== undefined && retriesFor(answer.kind);
      const remainsMs = totalMs - (clock.steady() - startedAt) - conduct.retrySpacingMs;
      if (retry >= retries || !mayRetry || remainsMs <= 0) return { failure: answer.failure };
      await new Promise<void>((resolve) => clock.setTimeout(resolve, conduct.retrySpacingMs));
    }
  }

  async #postOnce(
    url: string,
    form: Readonly<Record<string, string>>,
    idempotencyToken: string,
    limits: { readonly connectMs: number; readonly readMs: number; readonly totalMs: number },
  ): Promise<Tried> {
    const { clock, conduct, post } = this.#options;
    const signature = this.#sign(conduct.signsFragment ? url : withoutFragment(url), form);
    const { connectMs, readMs, totalMs } = limits;
    const answer = await post(
      {
        ...{ url: this.reach(url), connectMs, readMs, totalMs },
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'i-twilio-idempotency-token': idempotencyToken,
          ...(signature !== undefined && { 'x-twilio-signature': signature }),
        },
        body: new URLSearchParams(form).toString(),
      },
      clock,
    );
    const { pathname } = new URL(url);
    if ('lost' in answer) {
      const how = answer.lost === 'rt' ? 'did not answer in time' : 'cannot be reached';
      return { failure: `${pathname} ${how}`, kind: answer.lost };
    }
    const { status, body } = answer;
    if (status >= 200 && status < 300) return { body, url };
    return { failure: `${pathname} answered ${String(status)}`, kind: policyOf(status) };
  }

  #sign(url: string, form: Readonly<Record<string, string>> = {}): string | undefined {
    const { authToken } = this.#options;
    return authToken === undefined ? undefined : getExpectedTwilioSignature(authToken, url, form);
  }
}

const policyOf = (status: number): RetryPolicy | undefined =>
  status >= 500 ? '5xx' : status >= 400 ? '4xx' : undefined;

function withoutFragment(url: string): string {
  return url.split('#', 1).join('');
}
