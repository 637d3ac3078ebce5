import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { percentile, TurnTimesFold, turnTimesOf, waitOf, waitsOf } from '../../../src/protocol/turn-times.ts';
import { row, stored } from '../../support/call-rows.ts';
import { holds } from '../../support/properties.ts';

type Told = [event: string, at: number, body?: Record<string, unknown>];

const rowsOf = (told: readonly Told[]) =>
  stored(...told.map(([event, at, body]) => row(event, body, { at })));
const happened = (...told: Told[]) => turnTimesOf(rowsOf(told));
const waits = (...told: Told[]) => happened(...told).map(waitOf);

const tool = (toolCallId: string) => ({ request: { toolCallId } });

describe('the times of a turn', () => {
  test('the times of a turn are silence, report, commit, the first audio of the answer, and when it is heard', () => {
    const turns = happened(
      ['playback.started', 5],
      ['caller.stoppedSpeaking', 1100, { silentMs: 520 }],
      ['caller.committed', 1110],
      ['agent.startedItem', 1400],
      ['agent.startedItem', 1450],
      ['playback.started', 1420, { roundTripMs: 30 }],
      ['playback.started', 1900],
    );
    expect(turns).toEqual([
      {
        ...{ turn: 1, seq: 2, callerStoppedAt: 580, isAtLeast: false, noticedAt: 1100, committedAt: 1110 },
        ...{ firstDeltaAt: 1400, toolsMs: 0, audibleAt: 1450 },
      },
    ]);
    expect(turns.map(waitOf)).toEqual([
      { noticedMs: 520, modelMs: 300, toolsMs: 0, playbackMs: 50, totalMs: 870, isAtLeast: false },
    ]);
  });

  test('the times of a turn count from the report, and say so, in logs that do not have the silence', () => {
    expect(waits(['caller.stoppedSpeaking', 100], ['playback.started', 420])).toMatchObject([
      { noticedMs: 0, totalMs: 320, isAtLeast: true },
    ]);
    expect(
      waits(['caller.stoppedSpeaking', 600, { silentMs: 200, isAtLeast: true }], ['playback.started', 900]),
    ).toMatchObject([{ noticedMs: 200, totalMs: 500, isAtLeast: true }]);
  });

  test('the times of a turn count from the last word of a caller who went on', () => {
    const [turn, ...more] = happened(
      ['caller.stoppedSpeaking', 700, { silentMs: 500 }],
      ['caller.committed', 710],
      ['caller.startedSpeaking', 720],
      ['caller.stoppedSpeaking', 1900, { silentMs: 500 }],
      ['caller.committed', 1910],
      ['playback.started', 2500],
    );
    expect(turn).toMatchObject({
      turn: 1,
      seq: 4,
      callerStoppedAt: 1400,
      committedAt: 1910,
      audibleAt: 2500,
    });
    expect(more).toEqual([]);
  });

  test('the times of a turn do not take the audio of an answer that was not heard for that of the next one', () => {
    const turns = happened(
      ['caller.stoppedSpeaking', 700, { silentMs: 500 }],
      ['agent.startedItem', 900],
      ['caller.startedSpeaking', 950],
      ['caller.stoppedSpeaking', 1900, { silentMs: 500 }],
      ['agent.startedItem', 2300],
      ['playback.started', 2310],
    );
    expect(turns.map(waitOf)).toMatchObject([
      { totalMs: undefined, modelMs: 200 },
      { totalMs: 910, modelMs: 400 },
    ]);
  });

  test('the times of an answer that was never heard have no end', () => {
    const turns = happened(['caller.stoppedSpeaking', 100]);
    expect(turns).toMatchObject([{ callerStoppedAt: 100, audibleAt: null }]);
    expect(waitsOf(turns)).toEqual([]);
  });

  test.each(['idlePrompt', 'lastMinute', 'say', 'transferFailed'])(
    'the times of a turn that nobody answers are not those of a %s that comes later',
    (purpose) => {
      const turns = happened(
        ['caller.stoppedSpeaking', 100],
        ['response.started', 9000, { purpose }],
        ['agent.startedItem', 9100],
        ['playback.started', 9100],
      );
      expect(turns).toMatchObject([{ firstDeltaAt: null, audibleAt: null }]);
    },
  );

  test('the times of a turn that nobody answers are not those of what the caller’s silence brings', () => {
    const turns = happened(
      ['caller.stoppedSpeaking', 100],
      ['caller.keptSilent', 9000],
      ['response.started', 9010, { purpose: 'reply' }],
      ['playback.started', 9100],
    );
    expect(waitsOf(turns)).toEqual([]);
  });

  test('the times of a turn have that of tools apart, once where they run side by side, up to the first audio', () => {
    expect(
      waits(
        ['caller.stoppedSpeaking', 1000, { silentMs: 500 }],
        ['tool.requested', 1200, tool('a')],
        ['tool.requested', 1250, tool('b')],
        ['tool.settled', 1500, { toolCallId: 'a' }],
        ['tool.settled', 1700, { toolCallId: 'b' }],
        ['tool.requested', 1800, tool('c')],
        ['agent.startedItem', 1900],
        ['playback.started', 1910],
        ['tool.settled', 2500, { toolCallId: 'c' }],
      ),
    ).toEqual([
      { noticedMs: 500, modelMs: 300, toolsMs: 600, playbackMs: 10, totalMs: 1410, isAtLeast: false },
    ]);
  });

  test('the times of a turn count a tool that the caller spoke over from the report on', () => {
    expect(
      waits(
        ['tool.requested', 100, tool('a')],
        ['caller.stoppedSpeaking', 1000, { silentMs: 500 }],
        ['tool.settled', 1400, { toolCallId: 'a' }],
        ['playback.started', 1600],
      ),
    ).toMatchObject([{ toolsMs: 400, modelMs: 200, totalMs: 1100 }]);
  });

  test('the times of a turn tell when the greeting was heard, from the stream’s beginning', () => {
    const fold = new TurnTimesFold();
    for (const row of rowsOf([
      ['call.accepted', 0],
      ['phone.attached', 2000],
      ['playback.started', 2400, { roundTripMs: 20 }],
      ['phone.attached', 8000],
      ['playback.started', 9000],
    ]))
      fold.take(row);
    expect(fold.greetingMs).toBe(420);
  });
});

test('the parts of a wait make the whole, whatever happens in a call', () => {
  const told = (event: string, bodies: fc.Arbitrary<Record<string, unknown>>) =>
    bodies.map((body) => ({ event, body }));
  const toolCallId = fc.constantFrom('a', 'b');
  const events = fc.oneof(
    told('caller.stoppedSpeaking', fc.record({ silentMs: fc.nat(3000) })),
    told('caller.startedSpeaking', fc.constant({})),
    told('agent.startedItem', fc.constant({})),
    told('playback.started', fc.record({ roundTripMs: fc.nat(300) })),
    told('tool.requested', toolCallId.map(tool)),
    told('tool.settled', fc.record({ toolCallId })),
    told('response.started', fc.record({ purpose: fc.constantFrom('reply', 'idlePrompt') })),
  );
  holds(
    fc.property(fc.array(fc.tuple(events, fc.nat(1000))), (steps) => {
      let at = 5000;
      const turns = happened(...steps.map(([{ event, body }, later]): Told => [event, (at += later), body]));
      for (const { noticedMs, modelMs, toolsMs, playbackMs, totalMs } of turns.map(waitOf)) {
        if (totalMs === undefined) continue;
        expect(Math.min(noticedMs, modelMs, toolsMs, playbackMs)).toBeGreaterThanOrEqual(0);
        expect(noticedMs + modelMs + toolsMs + playbackMs).toBe(totalMs);
      }
    }),
  );
});

test('a percentile is one of the values', () => {
  expect(percentile([], 0.5)).toBeUndefined();
  holds(
    fc.property(
      fc.array(fc.nat(), { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, share) => {
        expect(values).toContain(percentile(values, share));
      },
    ),
  );
  expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3);
  expect(percentile([5, 1, 4, 2, 3], 0.95)).toBe(5);
});
