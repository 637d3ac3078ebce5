import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineTool } from '../../src/services/tools/define-tool.ts';
import { done } from '../../src/services/tools/tool-answer.ts';
import { wholeCall } from '../support/whole-call.ts';
import { HALF_A_SECOND } from '../support/speech-offsets.ts';

const FILLER = Buffer.alloc(4_000, 0x31);

/** A call whose greeting was heard, with a tool that answers when the test says so. */
async function slowCall(filler: 'clip' | 'model' | 'none') {
  const waiting: (() => void)[] = [];
  const tool = defineTool({
    name: 'look_up',
    description: 'Look something up.',
    policy: { kind: 'reads', once: 'none', outlivesCall: false, needsReadBack: false, isWayOut: false },
    args: () => z.strictObject({}),
    run: () =>
      new Promise((resolve) =>
        waiting.push(() => {
          resolve(done({}));
        }),
      ),
  });
  const call = wholeCall({
    profile: { tools: ['look_up'], filler },
    input: { filler },
    tools: [tool],
    clips: { filler: FILLER },
  });
  let responses = 0;
  let marks = 0;
  /** The carrier has played everything. */
  const plays = () => {
    const sent = call.carrier.messages.filter(({ event }) => event === 'mark');
    for (const mark of sent.slice(marks)) call.carrier.hears({ ...mark, sequenceNumber: '1' });
    marks = sent.length;
  };
  const responds = (finish: (id: string) => void) => {
    const id = `r${String(++responses)}`;
    call.says({ type: 'response.created', response: { id, status: 'in_progress' } });
    finish(id);
    call.says({ type: 'response.done', response: { id, status: 'completed', output: [] } });
  };
  const speaks = () => {
    responds((id) => {
      call.delta(200, id, `${id}_i`);
      call.says({
        type: 'response.output_item.done',
        response_id: id,
        item: { id: `${id}_i`, type: 'message', status: 'completed' },
      });
    });
    plays();
  };
  const callerSpeaks = () => {
    const item_id = `u${String(++responses)}`;
    call.says({ type: 'input_audio_buffer.speech_started', item_id, ...HALF_A_SECOND });
    call.says({ type: 'input_audio_buffer.speech_stopped', item_id, ...HALF_A_SECOND });
    call.says({ type: 'input_audio_buffer.committed', item_id });
  };
  /** Time goes by on a stream that the caller's audio keeps alive. */
  const passes = (ms: number) => {
    for (let left = ms; left > 0; left -= 1_000) {
      call.frame();
      call.clock.advance(Math.min(left, 1_000));
    }
  };
  const asks = async () => {
    responds((response_id) => {
      const item = {
        id: `${response_id}_f`,
        type: 'function_call',
        call_id: response_id,
        status: 'completed',
      };
      call.says({
        type: 'response.output_item.done',
        response_id,
        item: { ...item, name: 'look_up', arguments: '{}' },
      });
    });
    await settled();
  };
  const answers = async () => {
    waiting.shift()?.();
    await settled();
  };
  const fillers = () =>
    filler === 'clip'
      ? call.carrier.messages.filter(
          ({ event, media }) =>
            event === 'media' &&
            Buffer.from((media as { payload: string }).payload, 'base64')[0] === FILLER[0],
        ).length
      : call.model.frames.filter((text) => /"type":"response.create".*"purpose":"filler"/.test(text)).length;
  speaks();
  callerSpeaks();
  await settled();
  return { ...call, passes, asks, answers, speaks, plays, callerSpeaks, fillers };
}

/** Promises of tools have been heard. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe.each(['clip', 'model'] as const)('a filler by %s', (mode) => {
  test('a filler is heard when a tool has not answered for 1.2 s, and not before', async () => {
    const call = await slowCall(mode);
    await call.asks();
    call.clock.advance(1_190);
    expect(call.fillers()).toBe(0);
    call.clock.advance(20);
    expect(call.fillers()).toBe(1);
  });

  test('a filler is not heard when the tool is quick', async () => {
    const call = await slowCall(mode);
    await call.asks();
    call.clock.advance(1_000);
    await call.answers();
    call.clock.advance(3_000);
    expect(call.fillers()).toBe(0);
  });

  test('a filler does not come twice in five seconds, however many tools are slow', async () => {
    const call = await slowCall(mode);
    await call.asks();
    call.passes(1_210);
    expect(call.fillers()).toBe(1);
    if (mode === 'model') call.speaks();
    call.plays();
    call.passes(500);
    await call.answers();
    call.speaks();
    call.callerSpeaks();
    await call.asks();
    call.passes(1_500);
    expect(call.fillers()).toBe(1);
    await call.answers();
    call.speaks();
    call.callerSpeaks();
    call.passes(2_000);
    await call.asks();
    call.passes(1_210);
    expect(call.fillers()).toBe(2);
  });
});

test('a filler stops at once when the caller speaks, and the tool goes on', async () => {
  const call = await slowCall('clip');
  await call.asks();
  call.passes(1_210);
  const before = call.carrier.messages.filter(({ event }) => event === 'clear').length;
  call.says({ type: 'input_audio_buffer.speech_started', item_id: 'over', audio_start_ms: 0 });
  expect(call.carrier.messages.filter(({ event }) => event === 'clear')).toHaveLength(before + 1);
  await call.answers();
  expect(call.model.frames.filter((text) => text.includes('function_call_output'))).toHaveLength(1);
});

test('a profile without fillers leaves silence while a tool runs', async () => {
  const call = await slowCall('none');
  await call.asks();
  call.passes(7_000);
  expect(call.model.frames.filter((text) => text.includes('"purpose":"filler"'))).toEqual([]);
  expect(call.carrier.messages.filter(({ event }) => event === 'media')).toHaveLength(1);
});
