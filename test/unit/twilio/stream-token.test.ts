import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StreamTokens } from '../../../src/services/phone/stream-token.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { holds } from '../../support/properties.ts';

const callSid = 'CA00000000000000000000000000000001';
const rejected = (why: string) =>
  expect.objectContaining({
    code: 'TOKEN_REJECTED',
    message: expect.stringContaining(why) as string,
  }) as Error;

describe('stream tokens', () => {
  test('stream tokens say which stream of which call may start, for a minute', () => {
    const clock = new VirtualClock(1_000_000);
    const tokens = new StreamTokens('secret', clock);
    const token = tokens.mint({ callSid, epoch: 3, peer: 'carrier' });
    expect(tokens.read(token)).toMatchObject({ callSid, epoch: 3, expiresAt: 1_060_000 });
    clock.advance(59_999);
    expect(tokens.read(token)).toMatchObject({ callSid });
    clock.advance(1);
    expect(() => tokens.read(token)).toThrow(rejected('expired'));
  });

  test('stream tokens are read by any process that has the secret, and by no other', () => {
    const clock = new VirtualClock();
    const token = new StreamTokens('secret', clock).mint({ callSid, epoch: 1, peer: 'carrier' });
    expect(new StreamTokens(Buffer.from('secret'), clock).read(token).epoch).toBe(1);
    expect(() => new StreamTokens('another', clock).read(token)).toThrow(rejected('wrong'));
  });

  test('stream tokens never have the same nonce, of 128 bits', () => {
    const tokens = new StreamTokens('secret', new VirtualClock());
    const nonces = Array.from(
      { length: 100 },
      () => tokens.read(tokens.mint({ callSid, epoch: 1, peer: 'carrier' })).nonce,
    );
    expect(new Set(nonces).size).toBe(100);
    expect(nonces.every((nonce) => Buffer.from(nonce, 'base64url').length === 16)).toBe(true);
  });

  test('stream tokens fit into a TwiML parameter, and need no escaping there', () => {
    const token = new StreamTokens('secret', new VirtualClock()).mint({
      callSid,
      epoch: 1_000_000,
      peer: 'carrier',
    });
    expect(token).toMatch(/^[\w.-]+$/);
    expect(token.length + 'token'.length).toBeLessThan(500);
  });

  test('stream tokens are refused when any character of them is changed, and when they are anything else', () => {
    const tokens = new StreamTokens('secret', new VirtualClock());
    const token = tokens.mint({ callSid, epoch: 1, peer: 'carrier' });
    holds(
      fc.property(fc.nat({ max: token.length - 2 }), fc.constantFrom('A', 'z', '.', '-', '%'), (at, char) => {
        fc.pre(token[at] !== char);
        const forged = token.slice(0, at) + char + token.slice(at + 1);
        expect(() => tokens.read(forged)).toThrow(rejected('wrong'));
      }),
    );
    holds(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        expect(() => tokens.read(text)).toThrow(rejected('wrong'));
      }),
    );
  });
});
