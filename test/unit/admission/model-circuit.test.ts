import { describe, expect, test } from 'vitest';
import { board } from '../../support/admission.ts';
import { HttpHouse } from '../../support/http.ts';

const from = (n: number) => `+1202555${String(1000 + n)}`;

/** Three calls have been refused for the key, one after the other. */
async function refusedThrice() {
  const house = board();
  for (const n of [1, 2, 3]) house.isRefused((await house.rings(from(n))).callSid, 'http_401');
  return house;
}

describe('a model that refuses the engine', () => {
  test('a model that refuses the engine three times in a row gets no fourth call, whose caller hears the busy message', async () => {
    const house = await refusedThrice();
    expect(house.circuit.isOpen).toBe(true);
    expect(await house.rings(from(4))).toMatchObject({ kind: 'busy', cause: 'model' });
    expect(house.refused).toEqual(['model']);
    expect(house.log.lines.map(({ sentence }) => sentence)).toContain(
      'model refuses this engine, new calls hear the busy message',
    );
  });

  test('a model that refuses the engine is tried by one call a minute, and by all when it serves that', async () => {
    const house = await refusedThrice();
    house.clock.advance(60_000);
    const tried = await house.rings(from(4));
    expect(tried.kind).toBe('stream');
    expect((await house.rings(from(5))).cause).toBe('model');
    house.isGreeted(tried.callSid);
    expect(house.circuit.isOpen).toBe(false);
    expect((await house.rings(from(6))).kind).toBe('stream');
  });

  test('a model that refuses the call that tries is left alone for another minute', async () => {
    const house = await refusedThrice();
    house.clock.advance(60_000);
    house.isRefused((await house.rings(from(4))).callSid, 'insufficient_quota');
    house.clock.advance(59_999);
    expect((await house.rings(from(5))).cause).toBe('model');
    house.clock.advance(1);
    expect((await house.rings(from(5))).kind).toBe('stream');
  });

  test('a model that refuses calls for what is theirs, or serves one in between, gets the next one', async () => {
    const house = board();
    for (const n of [1, 2, 3]) house.isRefused((await house.rings(from(n))).callSid, 'invalid_value');
    expect(house.circuit.isOpen).toBe(false);
    for (const n of [4, 5]) house.isRefused((await house.rings(from(n))).callSid, 'http_401');
    house.isGreeted((await house.rings(from(6))).callSid);
    house.isRefused((await house.rings(from(7))).callSid, 'http_401');
    expect(house.circuit.isOpen).toBe(false);
  });

  test('a model that refuses the engine keeps no operator from a call at a page', async () => {
    const house = await refusedThrice();
    expect((await house.rings(from(4), { peer: 'page' })).kind).toBe('stream');
  });

  test('a model that refuses the engine is told by readyz, and to whoever would place a call', async () => {
    const house = await new HttpHouse().open();
    try {
      expect((await house.ask('/readyz')).status).toBe(200);
      house.circuit.isOpen = true;
      const { status, text } = await house.ask('/readyz');
      expect(status).toBe(503);
      expect(text).toContain('the model refuses this engine');
      const placed = await house.api('/api/calls', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ to: '+12025550123', agentId: 'default' }),
      });
      expect(placed.status).toBe(503);
    } finally {
      await house.close();
    }
  });
});
