import { describe, expect, test } from 'vitest';
import { recordedCall } from '../support/recorded-call.ts';

const GREETING = 'Hi, this is Acme, how can I help you?';
/** Two seconds of speech, every frame of it another. */
const greetingClip = Buffer.alloc(16_000, 0x33);
const byClip = { clips: { greeting: greetingClip }, input: { greetingMode: 'clip' } } as const;

/** Frames of the caller that can be told apart. */
const frameOf = (n: number) => Buffer.alloc(160, n & 0x7f);

describe('the greeting by the model', () => {
  test.each([0, 300, 1200])(
    'the greeting by the model begins with the latency of the model of %i ms, and not a millisecond more',
    async (latencyMs) => {
      const { clock, model, dials, heard } = recordedCall({ latencyMs });
      model.opens();
      await clock.run(500);
      dials();
      const startedAt = clock.now();
      await clock.run(latencyMs);
      expect(heard.filter(({ type }) => type === 'agent.audible')).toEqual([
        { type: 'agent.audible', atMs: latencyMs },
      ]);
      expect(clock.now() - startedAt).toBe(latencyMs);
    },
  );

  test('the greeting by the model is asked for word for word as soon as both legs are up, whichever was first', async () => {
    for (const isModelFirst of [true, false]) {
      const { clock, model, dials } = recordedCall();
      if (isModelFirst) model.opens();
      else dials();
      await clock.run(100);
      expect(model.purposes).toEqual([]);
      if (isModelFirst) dials();
      else model.opens();
      expect(model.purposes).toEqual(['greeting']);
      const [create] = model.all('response.create');
      expect((create?.['response'] as { instructions: string }).instructions).toContain(`"${GREETING}"`);
    }
  });

  test('the greeting by the model is heard in time by a caller who says hello before its first audio', async () => {
    const { clock, model, dials, heard } = recordedCall({ latencyMs: 500 });
    model.opens();
    await clock.run(100);
    dials();
    await clock.run(300);
    expect(model.purposes).toEqual(['greeting']);
    model.speechStarts('u1');
    await clock.run(300);
    expect(model.purposes).toEqual(['greeting']);
    expect(heard.map(({ type }) => type)).toContain('agent.audible');
  });

  test('the greeting by the model loses no word of a caller who speaks while the model comes up', async () => {
    const { clock, model, voice, dials } = recordedCall();
    void voice.say(Buffer.concat(Array.from({ length: 120 }, (_, n) => frameOf(n))));
    dials();
    await clock.run(1500);
    expect(model.audio).toEqual([]);
    model.opens();
    expect(model.audio).toEqual(Array.from({ length: 75 }, (_, n) => frameOf(n)));
    await clock.run(900);
    expect(model.audio).toEqual(Array.from({ length: 120 }, (_, n) => frameOf(n)));
  });

  test('the greeting by the model keeps the caller’s last 2 s when the model takes longer', async () => {
    const { clock, model, voice, dials } = recordedCall();
    void voice.say(Buffer.concat(Array.from({ length: 127 }, (_, n) => frameOf(n))));
    dials();
    await clock.run(2500);
    model.opens();
    expect(model.audio).toEqual(Array.from({ length: 100 }, (_, n) => frameOf(n + 25)));
  });

  test('the greeting by the model answers a turn under the greeting after it, once', async () => {
    const { clock, model, dials } = recordedCall();
    model.opens();
    dials();
    model.callerSays('u1', 'Hello? Are you open today?');
    await clock.run(10_000);
    expect(model.purposes).toEqual(['greeting', 'reply']);
  });

  test('the greeting by the model that fails twice leaves no silence: a clip asks the caller to speak', async () => {
    const sorry = Buffer.alloc(8_000, 0x44);
    const call = recordedCall({ clips: { sorry } });
    call.model.script['greeting'] = undefined;
    const { carrier } = call.dials();
    call.model.opens();
    await call.clock.run(5000);
    expect(call.model.purposes).toEqual(['greeting', 'greeting']);
    expect(Buffer.from(carrier.render().agent).includes(sorry)).toBe(true);
    expect(call.transcript()).toEqual([]);
  });
});

describe('the greeting by clip', () => {
  test('the greeting by clip is heard at once, while the model is still being connected', async () => {
    const { clock, dials, heard } = recordedCall(byClip);
    const { carrier } = dials();
    await clock.run(0);
    expect(heard).toContainEqual({ type: 'agent.audible', atMs: 0 });
    await clock.run(2000);
    expect(Buffer.from(carrier.render().agent).subarray(0, 16_000)).toEqual(greetingClip);
  });

  test('the greeting by clip is in the transcript, and first in the memory of the model, which is not asked for another', async () => {
    const call = recordedCall(byClip);
    call.dials();
    await call.clock.run(1000);
    call.model.opens();
    expect(call.model.all('conversation.item.create')).toEqual([]);
    await call.clock.run(1500);
    expect(call.state).toBe('conversing.listening.quiet');
    expect(call.model.all('conversation.item.create')).toMatchObject([
      {
        previous_item_id: 'root',
        item: { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: GREETING }] },
      },
    ]);
    expect(call.transcript()).toMatchObject([
      { role: 'agent', itemId: 'greeting', text: GREETING, interrupted: false },
    ]);
    expect(call.model.purposes).toEqual([]);
    call.model.callerSays('u1', 'Are you open?');
    await call.clock.run(5000);
    expect(call.transcript().map(({ role }) => role)).toEqual(['agent', 'caller', 'agent']);
  });

  test('the greeting by clip that ended before the model came is told to it when it comes', async () => {
    const call = recordedCall(byClip);
    call.dials();
    await call.clock.run(3000);
    expect(call.state).toBe('connecting');
    call.model.opens();
    expect(call.state).toBe('conversing.listening.quiet');
    expect(JSON.stringify(call.model.all('conversation.item.create'))).toContain(GREETING);
    expect(call.transcript()).toMatchObject([{ text: GREETING, interrupted: false }]);
  });

  test('the greeting by clip is cut where the caller interrupts: in the ear, in the memory and in the transcript', async () => {
    const call = recordedCall(byClip);
    const { carrier } = call.dials();
    call.model.opens();
    await call.clock.run(1000);
    call.model.speechStarts('u1');
    await call.clock.run(200);
    call.model.speechStops('u1', 'Wait, are you open?');
    await call.clock.run(5000);

    const heardMs = carrier.render().agent.subarray(0, 16_000).lastIndexOf(0x33) / 8;
    expect(Math.abs(heardMs - 1000)).toBeLessThanOrEqual(20);
    const [line] = call.transcript();
    expect(line).toMatchObject({ role: 'agent', itemId: 'greeting', interrupted: true });
    // Half of the sound was heard: at most half of the letters, in whole words.
    expect(line?.text).toBe('Hi, this is Acme,');
    expect(call.model.all('conversation.item.create')).toMatchObject([
      { previous_item_id: 'root', item: { content: [{ text: 'Hi, this is Acme,' }] } },
    ]);
    expect(call.transcript().map(({ role }) => role)).toEqual(['agent', 'caller', 'agent']);
  });

  test('the greeting by clip goes on after a cough where interruptions are confirmed, and is whole', async () => {
    const call = recordedCall({
      clips: byClip.clips,
      profile: { bargeIn: 'confirmed' },
      input: { greetingMode: 'clip', bargeIn: 'confirmed', turns: 'chart' },
    });
    const { carrier } = call.dials();
    call.model.opens();
    await call.clock.run(1000);
    call.model.speechStarts('u1');
    expect(call.heard.at(-1)).toMatchObject({ type: 'agent.quiet' });
    await call.clock.run(200);
    call.model.speechEnds('u1', 100);
    await call.clock.run(3000);
    const playedMs = carrier.render().agent.filter((byte) => byte === 0x33).length / 8;
    // The ledger knows where playback stands to within a frame.
    expect(Math.abs(playedMs - 2000)).toBeLessThanOrEqual(20);
    expect(call.transcript()[0]).toMatchObject({ itemId: 'greeting', text: GREETING, interrupted: false });
  });

  test('the greeting by clip of a caller who hangs up during it has the words that were heard', async () => {
    const call = recordedCall(byClip);
    const { carrier } = call.dials();
    call.model.opens();
    await call.clock.run(1000);
    carrier.hangUp();
    await call.clock.run(1000);
    expect(call.call.getSnapshot().status).toBe('done');
    expect(call.transcript()).toMatchObject([{ text: 'Hi, this is Acme,', interrupted: true }]);
  });

  test('the greeting by clip is not believed to have been said when nobody heard it', async () => {
    const call = recordedCall({ input: { greetingMode: 'clip' } });
    call.dials();
    call.model.opens();
    await call.clock.run(500);
    expect(call.model.all('conversation.item.create')).toEqual([]);
    expect(call.transcript()).toEqual([]);
  });
});
