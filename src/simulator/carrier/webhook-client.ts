import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { Clock } from '../../clock.ts';

/** Twilio's limits and their overrides in a URL's fragment. Twilio docs, "Webhooks: connection overrides". */
const DEFAULT_TOTAL_MS = 15_000;
const DEFAULT_RETRIES = 1;
/** Between two tries. Twilio does not document its own spacing. */
const RETRY_SPACING_MS = 250;

export interface WebhookClientOptions {
  readonly clock: Clock;
  /** Where requests really go. */
  readonly baseUrl: string;
  /** What the carrier believes the engine's address is: what is signed, and what its URLs begin with. */
  readonly publicUrl: string;
  /** With it, every request is signed. */
  readonly authToken: string | undefined;
  readonly fetch: typeof fetch;
}

/** `kind` is Twilio's word for it in a retry policy: connect time-out, read time-out, 4xx, 5xx. */
interface Failure {
  readonly failure: string;
  readonly kind: 'ct' | 'rt' | '4xx' | '5xx';
}

export type WebhookAnswer = { body: string; url: string } | { failure: string };

/**
 * Asks the engine's webhooks as Twilio does: form fields, a signature over the
 * public URL without its fragment, retries and time limits from the fragment
 * (`#rc=4&rp=ct,rt,5xx&tt=14000`), the same idempotency token on every try.
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

  /** The signature of a request, for the header `X-Twilio-Signature`. Undefined when the carrier has no token. */
  sign(url: string, form: Readonly<Record<string, string>> = {}): string | undefined {
    const { authToken } = this.#options;
    if (authToken === undefined) return undefined;
    return getExpectedTwilioSignature(authToken, withoutFragment(url), form);
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
    const overrides = new URLSearchParams(new URL(url).hash.slice(1));
    const retries = Number(overrides.get('rc') ?? DEFAULT_RETRIES);
    const policies = (overrides.get('rp') ?? 'ct').split(',');
    const totalMs = Number(overrides.get('tt') ?? DEFAULT_TOTAL_MS);
    const idempotencyToken = `sim-${String(++this.#requests)}-${form['CallSid'] ?? ''}`;
    const startedAt = this.#options.clock.steady();
    for (let retry = 0; ; retry++) {
      const leftMs = totalMs - (this.#options.clock.steady() - startedAt);
      const answer = await this.#postOnce(url, form, idempotencyToken, leftMs);
      if (!('failure' in answer)) return answer;
      const mayRetry = policies.includes('all') || policies.includes(answer.kind);
      if (retry >= retries || !mayRetry || leftMs <= RETRY_SPACING_MS) return { failure: answer.failure };
      await new Promise<void>((resolve) => this.#options.clock.setTimeout(resolve, RETRY_SPACING_MS));
    }
  }

  async #postOnce(
    url: string,
    form: Readonly<Record<string, string>>,
    idempotencyToken: string,
    leftMs: number,
  ): Promise<{ body: string; url: string } | Failure> {
    const { clock } = this.#options;
    const signature = this.sign(url, form);
    const abort = new AbortController();
    const timer = clock.setTimeout(() => {
      abort.abort();
    }, leftMs);
    try {
      const response = await this.#options.fetch(this.reach(url), {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'i-twilio-idempotency-token': idempotencyToken,
          ...(signature !== undefined && { 'x-twilio-signature': signature }),
        },
        body: new URLSearchParams(form),
        signal: abort.signal,
      });
      const body = await response.text();
      if (response.ok) return { body, url };
      const kind = response.status >= 500 ? '5xx' : '4xx';
      return { failure: `${new URL(url).pathname} answered ${String(response.status)}`, kind };
    } catch {
      const kind = abort.signal.aborted ? 'rt' : 'ct';
      const how = abort.signal.aborted ? 'did not answer in time' : 'cannot be reached';
      return { failure: `${new URL(url).pathname} ${how}`, kind };
    } finally {
      clock.clearTimeout(timer);
    }
  }
}

function withoutFragment(url: string): string {
  return url.split('#', 1).join('');
}
