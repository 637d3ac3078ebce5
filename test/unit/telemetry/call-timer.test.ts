import { expect, test } from 'vitest';
import type { Frame } from '../../../src/inspector/frame.ts';
import { CallTimer } from '../../../src/services/telemetry/call-timer.ts';
import type { Latency } from '../../../src/services/telemetry/metric-rows.ts';

type Json = Extract<Frame, { kind: 'event' }>['body'];

function timed(...frames: Frame[]): [Latency, number][] {
  const booked: [Latency, number][] = [];
  const timer = new CallTimer({ took: (latency, ms) => booked.push([latency, ms]) });
  for (const frame of frames) timer.take(frame);
  return booked;
}

const told = (at: number, type: string, body: Json = {}): Frame => ({
  ...{ v: 1, at, kind: 'event', from: 'model', to: 'call', type, body },
});
const ordered = (at: number, type: string): Frame => ({
  ...{ v: 1, at, kind: 'event', from: 'call', to: 'phone', type, body: {} },
});
const modelOpens = (at: number): Frame => ({ v: 1, at, kind: 'actor', actor: 'model', parent: 'call' });

test('books what an answer was waited for, as a whole and in its parts', () => {
  expect(
    timed(
      told(2000, 'caller.stoppedSpeaking', { silentMs: 520 }),
      told(2100, 'tool.requested', { request: { toolCallId: 't1' } }),
      told(2600, 'tool.settled', { toolCallId: 't1' }),
      told(2900, 'agent.startedItem'),
      told(2910, 'playback.started', { roundTripMs: 40 }),
    ),
  ).toEqual([
    ['tool', 500],
    ['reply', 1470],
    ['replyNoticed', 520],
    ['replyModel', 400],
    ['replyTools', 500],
    ['replyPlayback', 50],
  ]);
});

test('books a barge-in from the caller’s first sound, and from its report', () => {
  expect(
    timed(told(5000, 'caller.startedSpeaking', { soundMs: 180 }), ordered(5001, 'clearPlayback')),
  ).toEqual([
    ['clear', 1],
    ['bargeIn', 181],
  ]);
});

test('takes nothing for a barge-in that is cleared for another reason', () => {
  expect(
    timed(
      ordered(100, 'clearPlayback'),
      told(5000, 'caller.startedSpeaking'),
      told(6000, 'caller.stoppedSpeaking'),
      ordered(6100, 'clearPlayback'),
    ),
  ).toEqual([]);
});

test('books the greeting once, from the beginning of the stream', () => {
  expect(
    timed(told(1000, 'phone.attached'), told(1400, 'playback.started'), told(9000, 'playback.started')),
  ).toEqual([['greeting', 400]]);
});

test('books a model that comes up, and from its loss one that follows', () => {
  expect(
    timed(
      modelOpens(0),
      told(350, 'model.configured'),
      told(60_000, 'model.lost'),
      modelOpens(60_500),
      told(60_900, 'model.lost'),
      modelOpens(62_000),
      told(62_400, 'model.configured'),
    ),
  ).toEqual([
    ['modelReady', 350],
    ['modelReplaced', 2400],
  ]);
});
