import { describe, expect, test } from 'vitest';
import { recordedCall } from '../support/recorded-call.ts';
import { MS_PER_LETTER } from '../support/scripted-model.ts';

const LATENCY_MS = 300;
const PROMPT_MS = 'Are you still there?'.length * MS_PER_LETTER;

/** A call whose greeting was heard to its end; nobody has said anything since. */
async function greetedCall(options: Parameters<typeof recordedCall>[0] = {}) {
  const call = recordedCall(options);
  const line = call.dials();
  call.model.opens();
  await call.clock.run(LATENCY_MS);
  while (call.state !== 'conversing.listening.quiet') await call.clock.run(1);
  return { ...call, ...line, stateNow: () => call.state };
}

/** Runs until this has happened so often, and says how long that took. */
async function until({ clock }: Pick<Awaited<ReturnType<typeof greetedCall>>, 'clock'>, isSo: () => boolean) {
  const from = clock.now();
  while (!isSo()) {
    if (clock.now() - from > 120_000) throw new Error('it did not happen within two minutes');
    await clock.run(1);
  }
  return clock.now() - from;
}

const count = (purposes: readonly string[], purpose: string) =>
  purposes.filter((each) => each === purpose).length;

describe('a caller who says nothing', () => {
  test('a caller who says nothing is asked after the idle time, counted from the last mark that was heard; again; then told goodbye', async () => {
    const call = await greetedCall();
    const { model, clock, heard } = call;
    const marks = () => heard.filter(({ type }) => type === 'mark.returned').map(({ atMs }) => atMs ?? 0);
    const lastMarkAt = () => Math.max(...marks());
    for (const round of [1, 2]) {
      const heardAt = lastMarkAt();
      await until(call, () => count(model.purposes, 'idlePrompt') === round);
      expect(clock.now() - heardAt).toBe(15_000);
      await clock.run(LATENCY_MS);
      await until(call, () => call.stateNow() === 'conversing.listening.quiet');
      expect(lastMarkAt() - heardAt).toBeGreaterThanOrEqual(15_000 + LATENCY_MS + PROMPT_MS);
    }
    const heardAt = lastMarkAt();
    await until(call, () => call.stateNow() === 'ending.farewell.asking');
    expect(clock.now() - heardAt).toBe(15_000);
    await clock.run(5000);
    expect(model.purposes).toEqual(['greeting', 'idlePrompt', 'idlePrompt', 'goodbye']);
    expect(call.call.getSnapshot().output).toEqual({ reason: 'idle' });
  });

  test('a caller who says nothing is asked twice again after they have spoken', async () => {
    const call = await greetedCall();
    const { model, clock } = call;
    await clock.run(15_000);
    await clock.run(5000);
    model.callerSays('u1', 'Yes, one moment.');
    await clock.run(8000);
    await clock.run(60_000);
    expect(model.purposes).toEqual(['greeting', 'idlePrompt', 'idlePrompt', 'idlePrompt', 'goodbye']);
  });

  test('a caller who says nothing may be asked by the model, whose questions count: after two of them comes the goodbye', async () => {
    const call = await greetedCall({
      profile: { turnDetection: { type: 'server_vad', idle_timeout_ms: 5000 } },
    });
    const { model, clock } = call;
    for (const round of [1, 2]) {
      await until(call, () => model.timeOuts === round);
      await until(call, () => call.stateNow() === 'conversing.listening.quiet');
    }
    expect(model.purposes).toEqual(['greeting']);
    await until(call, () => model.timeOuts === 3);
    expect(call.stateNow()).toMatch(/^ending/);
    await clock.run(10_000);
    expect(model.purposes).toContain('goodbye');
    expect(call.call.getSnapshot().output).toEqual({ reason: 'idle' });
    // Nobody said anything, so the transcript has nothing of the caller.
    expect(call.transcript().filter(({ role }) => role === 'caller')).toEqual([]);
  });

  test('a caller who says nothing may be given another idle time by the profile', async () => {
    const call = await greetedCall({ profile: { limits: { idleMs: 6000 } } });
    await call.clock.run(5999);
    expect(call.model.purposes).toEqual(['greeting']);
    await call.clock.run(1);
    expect(call.model.purposes).toEqual(['greeting', 'idlePrompt']);
  });
});

test('a gap in the frames of a caller is filled with silence, so that the turn can end', async () => {
  const call = recordedCall();
  call.dials({ dropsFrame: (index) => index >= 100 && index < 200 });
  call.model.opens();
  await call.clock.run(2000);
  const before = call.model.audio.length;
  await call.clock.run(2000);
  const silence = Buffer.concat(call.model.audio.slice(before));
  // The gap is noticed after 750 ms, and filled from its beginning.
  expect(silence.length).toBeGreaterThanOrEqual(8 * 1500);
  expect(silence.length).toBeLessThanOrEqual(8 * 2000);
  expect(silence.every((byte) => byte === 0xff)).toBe(true);
});

describe('a caller who does not stop talking', () => {
  test('a caller who does not stop talking is answered after the longest turn: the turn is committed, and one reply is asked for', async () => {
    const call = await greetedCall({ profile: { limits: { maxTurnMs: 20_000 } } });
    const { model, clock } = call;
    model.speechStarts('u1');
    await clock.run(19_999);
    expect(model.all('input_audio_buffer.commit')).toHaveLength(0);
    await clock.run(1);
    expect(model.all('input_audio_buffer.commit')).toHaveLength(1);
    expect(model.purposes).toEqual(['greeting', 'reply']);
    await clock.run(LATENCY_MS);
    expect(call.stateNow()).toBe('conversing.responding');
  });

  test('a caller who does not stop talking is answered also after they interrupted, and once by a chart that owns the turns', async () => {
    for (const turns of ['model', 'chart'] as const) {
      const profile = {
        limits: { maxTurnMs: 20_000 },
        ...(turns === 'chart' && { bargeIn: 'confirmed' }),
      };
      const input = turns === 'chart' ? { turns, bargeIn: 'confirmed' as const } : { turns };
      const call = await greetedCall({ profile, input });
      const { model, clock } = call;
      model.speechStarts('u1');
      model.speechStops('u1', 'Tell me everything.');
      await clock.run(LATENCY_MS + 500);
      expect(call.stateNow()).toBe('conversing.responding');
      model.speechStarts('u2');
      await clock.run(22_000);
      expect(model.all('input_audio_buffer.commit'), turns).toHaveLength(1);
      expect(count(model.purposes, 'reply'), turns).toBe(turns === 'chart' ? 2 : 1);
    }
  });
});

describe('the longest call', () => {
  const limits = { maxCallMs: 60_000, idleMs: 50_000 };

  test('the longest call is announced 15 s before it ends, and ends with a goodbye', async () => {
    const { model, clock, call } = await greetedCall({ profile: { limits } });
    await clock.run(45_000 - clock.now() - 1);
    expect(model.purposes).not.toContain('lastMinute');
    await clock.run(1);
    expect(model.purposes).toEqual(['greeting', 'lastMinute']);
    await clock.run(15_000);
    expect(model.purposes).toEqual(['greeting', 'lastMinute', 'goodbye']);
    await clock.run(5000);
    expect(call.getSnapshot().output).toEqual({ reason: 'max_duration' });
  });

  test('the longest call is announced after the turn of a caller who is speaking', async () => {
    const call = await greetedCall({ profile: { limits } });
    const { model, clock } = call;
    await clock.run(44_000 - clock.now());
    model.speechStarts('u1');
    await clock.run(2000);
    expect(model.purposes).toEqual(['greeting']);
    model.speechStops('u1', 'And another thing.');
    await clock.run(5000);
    expect(model.purposes).toEqual(['greeting', 'lastMinute']);
    expect(call.transcript().map(({ text }) => text)).toEqual([
      'Hi, this is Acme, how can I help you?',
      'And another thing.',
      'We are open from nine to five.',
      'I am sorry, we have to end soon.',
    ]);
  });

  test('the longest call breaks off what is being said at its end, for the goodbye to be heard', async () => {
    const call = await greetedCall({ profile: { limits } });
    const { model, clock } = call;
    model.script['reply'] = 'x'.repeat(400);
    await clock.run(55_000 - clock.now());
    model.callerSays('u1', 'Tell me a story.');
    await clock.run(5000);
    expect(model.purposes.at(-1)).toBe('goodbye');
    await clock.run(5000);
    expect(call.call.getSnapshot().output).toEqual({ reason: 'max_duration' });
    expect(call.transcript().at(-1)).toMatchObject({ text: 'Goodbye, and thank you.', interrupted: false });
  });
});
