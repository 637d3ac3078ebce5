import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { TWILIO_PROOF } from '../../../src/services/twilio/webhooks/twilio-routes.ts';
import { createGuard, type GuardRules } from '../../../src/services/http/guard.ts';
import { LogSampler } from '../../../src/services/telemetry/log-sampler.ts';
import { Metrics } from '../../../src/services/telemetry/metrics.ts';
import { refusalTeller } from '../../../src/services/telemetry/refusal-teller.ts';
import { ADMIN_TOKEN } from '../../support/http.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const MINUTE_MS = 60_000;
const STRANGER = '203.0.113.7';

/** A guard whose refusals are counted and logged as in a running engine. */
function guarded(rules: Partial<GuardRules> = {}) {
  const clock = new VirtualClock(1_000_000);
  const kept = new KeptLog();
  const metrics = new Metrics(() => 0);
  const guard = createGuard({
    publicUrl: 'https://calls.example.com',
    adminToken: ADMIN_TOKEN,
    carrier: TWILIO_PROOF,
    verifyWebhook: () => false,
    onRefused: refusalTeller(metrics, new LogSampler(kept, clock)),
    clock,
    ...rules,
  });
  const counted = async () =>
    (await metrics.exposition()).text
      .split('\n')
      .filter((line) => line.startsWith('callchart_refusals_total{'));
  return { guard, clock, lines: kept.lines, counted };
}

/** What a guard looks at. */
const request = (headers: Record<string, string> = {}, address = STRANGER) =>
  ({ headers, socket: { remoteAddress: address } }) as unknown as IncomingMessage;

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** An operator sees by it which of the two settings is wrong. */
const CHECKED =
  "checked against https://calls.example.com/twilio/voice: is PUBLIC_URL what the carrier calls, and TWILIO_AUTH_TOKEN its account's?";

describe('a client that is turned away', () => {
  test('a client that is refused ten thousand times at each door is counted each time, and is a handful of log lines', async () => {
    const { guard, clock, lines, counted } = guarded();
    let refused = 0;
    const ask = (check: () => unknown) => {
      try {
        check();
      } catch {
        refused++;
      }
    };
    for (let n = 0; n < 10_000; n++) {
      ask(() => guard.admin(request(bearer(`guess-${String(n)}`))));
      ask(() => {
        guard.token(request(), `guess-${String(n)}`);
      });
      ask(() => {
        guard.webhook(request({ 'x-twilio-signature': `forged ${String(n)}` }), '/twilio/voice', {});
      });
    }
    expect(refused).toBe(30_000);
    clock.advance(MINUTE_MS);
    expect(await counted()).toEqual([
      'callchart_refusals_total{door="api",reason="wrong_token"} 10000',
      'callchart_refusals_total{door="live",reason="wrong_token"} 10000',
      'callchart_refusals_total{door="webhook",reason="wrong_signature"} 10000',
    ]);
    expect(lines.map(({ fields }) => fields)).toEqual(
      [{}, { leftOut: 9998 }].flatMap((more) => [
        { door: 'api', reason: 'wrong_token', address: STRANGER, ...more },
        { door: 'live', reason: 'wrong_token', address: STRANGER, ...more },
        { door: 'webhook', reason: 'wrong_signature', address: STRANGER, detail: CHECKED, ...more },
      ]),
    );
    expect(JSON.stringify(lines)).not.toMatch(/guess|forged/);
  });

  test('a client without a token is counted, and not logged: a console asks so until the token is typed', async () => {
    const { guard, lines, counted } = guarded();
    expect(() => guard.admin(request())).toThrow();
    expect(lines).toEqual([]);
    expect(await counted()).toEqual(['callchart_refusals_total{door="api",reason="no_token"} 1']);
  });

  test('a refused client is counted as not local while no token is set', async () => {
    const { guard, counted } = guarded({ adminToken: undefined, verifyWebhook: undefined });
    expect(() => guard.admin(request())).toThrow();
    expect(() => {
      guard.page(request());
    }).toThrow();
    expect(() => {
      guard.webhook(request(), '/twilio/voice', {});
    }).toThrow();
    expect(await counted()).toEqual([
      'callchart_refusals_total{door="api",reason="not_local"} 1',
      'callchart_refusals_total{door="page",reason="not_local"} 1',
      'callchart_refusals_total{door="webhook",reason="not_local"} 1',
    ]);
  });

  test('a refused client is told by the address that it is known to come from, which also bounds its guesses', () => {
    const { guard, lines } = guarded({ addressOf: ({ headers }) => String(headers['x-real-ip']) });
    const guess = (address: string) => () =>
      guard.admin(request({ ...bearer('wrong'), 'x-real-ip': address }));
    for (let n = 0; n < 10; n++) expect(guess('198.51.100.1')).toThrow('the bearer token');
    expect(guess('198.51.100.1')).toThrow('too many');
    expect(guess('198.51.100.2')).toThrow('the bearer token');
    expect(lines[0]?.fields).toMatchObject({ address: '198.51.100.1' });
  });

  test('a client with the token is not refused', () => {
    const { guard, lines } = guarded();
    expect(guard.admin(request(bearer(ADMIN_TOKEN)))).toBe('token');
    guard.token(request(), ADMIN_TOKEN);
    expect(lines).toEqual([]);
  });
});
