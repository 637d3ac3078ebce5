/** What a failed webhook may be asked again for: a connection, an answer in time, a status. */
export type RetryPolicy = 'ct' | 'rt' | '4xx' | '5xx';

/** Twilio's limits of one webhook, in ms, and how often it is asked again, for which failures. */
export interface WebhookOverrides {
  readonly retries: number;
  readonly retriesFor: (failure: RetryPolicy) => boolean;
  readonly connectMs: number;
  /** Until the answer begins, and between two pieces of it. */
  readonly readMs: number;
  /** All tries together, and what is between them. */
  readonly totalMs: number;
}

/**
 * Reads the fragment of a webhook's URL (`#rc=4&rp=ct,rt,5xx&ct=1500&rt=4000&tt=14000`); what is not there, or no
 * number, is as Twilio has it. Source: Twilio docs, "Webhooks: connection overrides".
 */
export function overridesOf(url: string): WebhookOverrides {
  const written = new URLSearchParams(new URL(url).hash.slice(1));
  const read = (name: string, fallback: number, min: number, max: number) => {
    const value = written.get(name) ?? '';
    return /^\d+$/.test(value) ? Math.min(max, Math.max(min, Number(value))) : fallback;
  };
  const policies = (written.get('rp') ?? 'ct').split(',');
  return {
    retries: read('rc', 1, 0, 5),
    retriesFor: (failure) => policies.includes('all') || policies.includes(failure),
    connectMs: read('ct', 5000, 100, 10_000),
    readMs: read('rt', 15_000, 100, 15_000),
    totalMs: read('tt', 15_000, 100, 15_000),
  };
}
