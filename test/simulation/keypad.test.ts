import { describe, expect, test } from 'vitest';
import { bodiesOf } from '../support/call-rows.ts';
import { recordedCall } from '../support/recorded-call.ts';

/** What a caller keys in, and nobody but the model is to know: no other number of these tests looks like it. */
const SECRET = '739205';

async function greetedCall(options: Parameters<typeof recordedCall>[0] = {}) {
  const call = recordedCall(options);
  const { carrier } = call.dials();
  call.model.opens();
  await call.clock.run(5000);
  return {
    ...call,
    carrier,
    stateNow: () => call.state,
    /** Presses keys, one every 300 ms. */
    keys: async (digits: string) => {
      for (const digit of digits) {
        carrier.press(digit);
        await call.clock.run(300);
      }
    },
  };
}

/** What reached the model as text. */
const messages = ({ model }: Awaited<ReturnType<typeof greetedCall>>) =>
  model
    .all('conversation.item.create')
    .map(({ item }) => (item as { content: { text: string }[] }).content[0]?.text);

describe('digits', () => {
  test('digits reach the model as one message when # is pressed, which asks for one reply', async () => {
    const call = await greetedCall();
    await call.keys(SECRET);
    expect(messages(call)).toEqual([]);
    await call.keys('#');
    expect(messages(call)).toEqual([`[keypad] ${SECRET}`]);
    expect(call.model.purposes).toEqual(['greeting', 'reply']);
    await call.clock.run(300);
    expect(call.stateNow()).toBe('conversing.responding');
  });

  test('digits end by themselves two seconds after the last one', async () => {
    const call = await greetedCall();
    await call.keys(SECRET);
    await call.clock.run(1699);
    expect(messages(call)).toEqual([]);
    await call.clock.run(1);
    expect(messages(call)).toEqual([`[keypad] ${SECRET}`]);
  });

  test('digits silence the agent at the first key, and keep it silent until the entry ends', async () => {
    const call = await greetedCall();
    call.model.callerSays('u1', 'When are you open?');
    await call.clock.run(800);
    expect(call.stateNow()).toBe('conversing.responding');
    call.carrier.press('7');
    const silentFrom = call.carrier.mediaMs;
    expect(call.heard.findLast(({ type }) => type === 'agent.quiet')).toMatchObject({ atMs: silentFrom });
    // The far end begins a reply of its own meanwhile: nobody hears more than its first frame.
    call.model.callerSays('u2', 'Hm.');
    await call.clock.run(1900);
    const audible = call.heard.filter(({ type, atMs = 0 }) => type === 'agent.audible' && atMs > silentFrom);
    const quiet = call.heard.filter(({ type, atMs = 0 }) => type === 'agent.quiet' && atMs > silentFrom);
    expect(quiet.map(({ atMs }) => atMs)).toEqual(audible.map(({ atMs }) => atMs));
    await call.clock.run(500);
    expect(messages(call)).toEqual(['[keypad] 7']);
    expect(call.transcript().find(({ interrupted }) => interrupted)).toMatchObject({ role: 'agent' });
  });

  test('digits of two entries are two messages', async () => {
    const call = await greetedCall();
    await call.keys('12#');
    await call.clock.run(5000);
    await call.keys('34#');
    expect(messages(call)).toEqual(['[keypad] 12', '[keypad] 34']);
  });

  test('digits are in no row of the journal and in no line of the log', async () => {
    const call = await greetedCall();
    await call.keys(`${SECRET}#`);
    await call.clock.run(5000);
    const pressed = bodiesOf(call.rows, 'digit.pressed');
    expect(pressed).toHaveLength(SECRET.length + 1);
    expect(pressed.every(({ digit }) => digit === '•')).toBe(true);
    expect(bodiesOf(call.rows, 'addMessage')[0]?.text).toBe('[keypad] ••••');
    expect(JSON.stringify(call.rows)).not.toContain(SECRET);
    expect(JSON.stringify(call.log.lines)).not.toMatch(/keypad|digit/);
    expect(JSON.stringify(call.log.lines)).not.toContain(SECRET);
  });

  test('digits are in the journal where the profile does not mask them, and still in no log', async () => {
    const call = await greetedCall({ maskDigits: false });
    await call.keys(`${SECRET}#`);
    expect(bodiesOf(call.rows, 'addMessage')[0]?.text).toBe(`[keypad] ${SECRET}`);
    expect(JSON.stringify(call.log.lines)).not.toContain(SECRET);
  });
});
