import { expect, test } from 'vitest';
import type { FeedEntry } from '../../../src/protocol/call-feed.ts';
import { CallWaits } from '../../../src/services/telemetry/call-waits.ts';
import type { Latency } from '../../../src/services/telemetry/metric-rows.ts';
import { row } from '../../support/call-rows.ts';

function booked(...entries: FeedEntry[]): [Latency, number][] {
  const all: [Latency, number][] = [];
  const waits = new CallWaits({
    took: (latency, ms) => all.push([latency, ms]),
  });
  for (const entry of entries) waits.take(entry);
  return all;
}

const told = (at: number, event: string, body: object = {}) => row(event, body, { at });

test("a call's waits book what an answer was waited for, as a whole and in its parts", () => {
  expect(
    booked(
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

const SPEAKS = [told(4000, 'playback.started'), told(5000, 'caller.startedSpeaking', { soundMs: 180 })];

test("a call's waits book a barge-in from the caller’s first sound, and from its report", () => {
  expect(booked(...SPEAKS, told(5001, 'clearPlayback'), told(5001, 'playback.cleared'))).toEqual([
    ['clear', 1],
    ['bargeIn', 181],
  ]);
  expect(booked(...SPEAKS, told(5001, 'pausePlayback'), told(5900, 'clearPlayback'))).toHaveLength(2);
});

test.each([
  ['a key', [told(5900, 'digit.pressed'), told(5900, 'clearPlayback')]],
  ['an operator', [told(5900, 'hangup.requested'), told(5900, 'clearPlayback')]],
  ['a timer', [told(5900, 'after.maxCall'), told(5900, 'clearPlayback')]],
])("a call's waits take an order that %s led to for no answer to speech", (_what, rest) => {
  expect(booked(...SPEAKS, ...rest)).toEqual([]);
});

test("a call's waits take nothing for a barge-in while the agent is silent", () => {
  const speaks = told(5000, 'caller.startedSpeaking');
  expect(booked(told(100, 'clearPlayback'), speaks, told(5000, 'clearPlayback'))).toEqual([]);
  const over = [told(4000, 'playback.started'), told(4500, 'playback.finished')];
  expect(booked(...over, speaks, told(5000, 'clearPlayback'))).toEqual([]);
});

test("a call's waits book the greeting once, from the beginning of the stream", () => {
  expect(
    booked(told(1000, 'phone.attached'), told(1400, 'playback.started'), told(9000, 'playback.started')),
  ).toEqual([['greeting', 400]]);
});

test("a call's waits book a model that comes up once, from the beginning of the call", () => {
  expect(
    booked(told(100, 'call.began'), told(450, 'model.configured'), told(9000, 'model.configured')),
  ).toEqual([['modelReady', 350]]);
});
