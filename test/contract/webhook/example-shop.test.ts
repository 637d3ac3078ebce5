import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signatureHeaders } from '../../../src/services/tools/outward/webhook-signature.ts';
import { Example } from '../../support/example.ts';

/** The shop of examples/webhook-tool, asked as the engine asks, and as others may. */

/** What the example's README has. */
const SECRET = 'open-sesame';

const example = new Example('webhook-tool');
let url: string;

beforeAll(async () => {
  const told = await example.start('node examples/webhook-tool/shop.mjs');
  url = /http\S+/.exec(told)?.[0] ?? '';
});
afterAll(() => example.close());

interface Asked {
  readonly order: string;
  readonly key?: string;
  readonly secret?: string;
  /** How long ago it was signed, in ms. */
  readonly ageMs?: number;
  /** What arrives, where it is not what was signed. */
  readonly arrives?: object;
}

async function ask(
  path: string,
  { order, key = 'k', secret = SECRET, ageMs = 0, arrives }: Asked,
): Promise<{ status: number; body: unknown }> {
  const asked = { arguments: { order }, key };
  const signed = signatureHeaders({ id: key, content: JSON.stringify(asked), secret }, Date.now() - ageMs);
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: signed,
    body: JSON.stringify(arrives ?? asked),
  });
  return { status: response.status, body: await response.json() };
}

describe('the shop of the example', () => {
  test.each([
    ['another secret', { secret: 'open-barley' }],
    ['a signature of six minutes ago', { ageMs: 360_000 }],
    ['a signature of six minutes from now', { ageMs: -360_000 }],
    ['another body than was signed', { arrives: { arguments: { order: 'B-20' }, key: 'k' } }],
  ])('the shop of the example answers 401 to %s', async (_why, changes) => {
    expect(await ask('/status', { order: 'A-17', ...changes })).toEqual({ status: 401, body: {} });
  });

  test('the shop of the example answers 401 to a request without a signature', async () => {
    const response = await fetch(`${url}/status`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
  });

  test('the shop of the example takes a signature that is 4 min old', async () => {
    expect(await ask('/status', { order: 'B-20', ageMs: 240_000 })).toEqual({
      status: 200,
      body: { order: 'B-20', state: 'sent' },
    });
  });

  test('the shop of the example cancels once, and answers the same to the same key', async () => {
    const first = await ask('/cancel', { order: 'A-17', key: 'once' });
    expect(first).toEqual({ status: 200, body: { order: 'A-17', state: 'cancelled' } });
    expect(await ask('/cancel', { order: 'A-17', key: 'once' })).toEqual(first);
    expect(await ask('/cancel', { order: 'A-17', key: 'another' })).toEqual({
      status: 409,
      body: { reason: 'It was cancelled already.' },
    });
    expect((await ask('/status', { order: 'A-17' })).body).toEqual({ order: 'A-17', state: 'cancelled' });
  });

  test('the shop of the example refuses an order that it does not know, with a reason', async () => {
    expect(await ask('/status', { order: 'Z-99' })).toEqual({
      status: 409,
      body: { reason: 'There is no such order.' },
    });
  });
});
