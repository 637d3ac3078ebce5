import { expect, test } from 'vitest';
import { floorOf } from '../../src/protocol/state-path.ts';
import { wholeCall } from '../support/whole-call.ts';

test('the audio line carries 50 frames each way without a step of the chart', () => {
  const { call, carrier, model, says, frame, delta } = wholeCall();
  says({ type: 'response.created', response: { id: 'r1' } });
  delta(20);
  let snapshots = 0;
  call.subscribe(() => snapshots++);
  const before = model.frames.length;
  const played = carrier.messages.length;
  for (let i = 0; i < 50; i++) {
    frame();
    delta(20);
  }
  const appends = model.frames.slice(before).filter((text) => text.includes('input_audio_buffer.append'));
  expect(appends).toHaveLength(50);
  expect(carrier.messages.slice(played).filter(({ event }) => event === 'media').length).toBeGreaterThan(0);
  expect(snapshots).toBe(0);
});

test('a barge-in clears in the tick of the report, and cuts the memory to what was heard', () => {
  const { call, carrier, model, says, frame, delta } = wholeCall();
  says({ type: 'response.created', response: { id: 'r1' } });
  delta(2000);
  expect(floorOf(call.getSnapshot().value)).toBe('conversing.greeting.audible');
  for (let i = 0; i < 40; i++) frame();

  const sent = model.frames.length;
  says({ type: 'input_audio_buffer.speech_started', item_id: 'u1', audio_start_ms: 800 });

  expect(carrier.messages.at(-1)).toEqual({ event: 'clear', streamSid: 'MZ1' });
  const orders = model.frames.slice(sent).map((text) => JSON.parse(text) as Record<string, unknown>);
  const truncate = orders.find(({ type }) => type === 'conversation.item.truncate');
  expect(truncate).toMatchObject({ item_id: 'i1', content_index: 0 });
  // Forty frames of the media clock, give or take the one in which playback began.
  expect(Math.abs(Number(truncate?.['audio_end_ms']) - 800)).toBeLessThanOrEqual(20);
  expect(floorOf(call.getSnapshot().value)).toBe('conversing.interrupted.cut');

  const cleared = carrier.messages.length;
  delta(500);
  expect(carrier.messages).toHaveLength(cleared);
});

test('the audio line goes on when a frame cannot be read', () => {
  const { call, carrier } = wholeCall();
  carrier.emit('message', Buffer.from('{"event":"media"'), false);
  carrier.hears({ event: 'unheard-of' });
  expect(call.getSnapshot().status).toBe('active');
});
