import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lossText } from '../../../console/call/loss-words.ts';
import { lanesOf, messagesOf } from '../../../console/timeline/lanes.ts';
import { regionsAfter } from '../../../console/timeline/regions.ts';
import { spansOf } from '../../../console/timeline/spans.ts';
import {
  runningTimers,
  standingAfter,
  type Transition,
  transitionsOf,
} from '../../../console/timeline/standing.ts';
import { isSameTurn, turnsOf } from '../../../console/timeline/turns.ts';
import { BEGAN_AT, interruptedCall, logRows, type ToldRow } from '../../support/log-rows.ts';
import { chartPicture } from '../../support/chart-picture.ts';
import { holds } from '../../support/properties.ts';

const rows = logRows(interruptedCall);
const whole = rows.length;
const at = (event: string) => rows.findIndex((row) => row.event === event) + 1;

const transition = (
  id: string,
  source: string,
  target: string | null,
  more: Partial<Transition> = {},
): Transition => ({
  ...{ id, source, target, event: id, label: id, kind: 'event', guard: null, region: undefined },
  ...more,
});

describe('the standing of a call', () => {
  const none = new Map<string, Transition>();

  test('the standing of a call is the state after the last row, with those that it lies in', () => {
    expect(standingAfter(rows, whole, none).active).toEqual([
      'conversing',
      'conversing.interrupted',
      'conversing.interrupted.cut',
    ]);
    expect(standingAfter(rows, 1, none).active).toEqual(['connecting']);
    expect(standingAfter(rows, 0, none).active).toEqual([]);
  });

  test('the standing of a call keeps the last step until the next one', () => {
    expect(standingAfter(rows, at('clearPlayback'), none).taken).toEqual(['cut in', 'certain']);
    expect(standingAfter(rows, at('response.finished'), none).taken).toEqual(['noted']);
  });

  test('the standing of a call counts the way taken so far', () => {
    expect(standingAfter(rows, at('playback.finished'), none).way.get('greeted')).toBe(1);
    expect(standingAfter(rows, at('playback.started'), none).way.has('greeted')).toBe(false);
  });

  test('the standing of a call knows every stay in a state, and how long it was', () => {
    const stays = standingAfter(rows, whole, none).visits.filter(
      ({ path }) => path === 'conversing.listening',
    );
    expect(stays).toMatchObject([{ enteredAt: BEGAN_AT + 3000, leftAt: BEGAN_AT + 6310 }]);
    const lasting = standingAfter(rows, whole, none).visits.filter(({ leftAt }) => leftAt === undefined);
    expect(lasting.map(({ path }) => path)).toEqual(standingAfter(rows, whole, none).active);
  });

  test('the standing of a call begins a new stay when a state is entered again from itself', () => {
    const again = logRows([
      { ms: 0, way: 'phone > call', event: 'a', path: 'quiet', taken: ['in'] },
      { ms: 900, way: 'call > call', event: 'after.idleAfter', path: 'quiet', taken: ['again'] },
    ]);
    const transitions = new Map([['again', transition('again', 'quiet', 'quiet')]]);
    expect(standingAfter(again, 2, transitions).visits).toMatchObject([
      { path: 'quiet', leftAt: BEGAN_AT + 900 },
      { path: 'quiet', enteredAt: BEGAN_AT + 900, leftAt: undefined },
    ]);
  });

  test('the standing of a call after fewer rows never depends on later ones', () => {
    holds(
      fc.property(fc.integer({ min: 0, max: whole }), (count) => {
        expect(standingAfter(rows, count, none)).toEqual(standingAfter(rows.slice(0, count), count, none));
        expect(turnsOf(rows.slice(0, count)).length).toBeLessThanOrEqual(turnsOf(rows).length);
      }),
    );
  });
});

describe('running timers', () => {
  const transitions = [
    transition('max', '', 'ending', { kind: 'after', event: 'after.maxCall' }),
    transition('reply', 'conversing.listening.awaitingReply', 'ending', {
      kind: 'after',
      event: 'after.replyWithin',
    }),
    transition('speech', 'conversing.listening.callerSpeaking', null, {
      kind: 'after',
      event: 'after.turnWithin',
    }),
  ];
  const running = (count: number) =>
    runningTimers(standingAfter(rows, count, new Map()), BEGAN_AT, transitions, {
      maxCall: 60_000,
      replyWithin: 8000,
      turnWithin: null,
    });

  test('running timers are those of the call and of its states, each since the state was entered', () => {
    expect(running(at('caller.committed'))).toEqual([
      { delay: 'maxCall', path: '', startedAt: BEGAN_AT, ms: 60_000 },
      {
        delay: 'replyWithin',
        path: 'conversing.listening.awaitingReply',
        startedAt: BEGAN_AT + 6000,
        ms: 8000,
      },
    ]);
  });

  test('running timers have no length where it is not known', () => {
    expect(running(at('caller.startedSpeaking')).at(-1)).toMatchObject({
      delay: 'turnWithin',
      ms: undefined,
    });
  });

  test('running timers are over when the call is', () => {
    const ended = logRows([
      ...interruptedCall,
      { ms: 9000, way: 'call', event: 'call.ended', path: 'ended' },
    ]);
    const standing = standingAfter(ended, ended.length, new Map());
    expect(runningTimers(standing, BEGAN_AT, transitions, {})).toEqual([]);
  });
});

describe('the regions beside the floor', () => {
  const told = logRows([
    {
      ms: 0,
      way: 'call',
      event: 'call.began',
      regions: { turn: 'answered', tools: 'idle', clock: 'talking' },
    },
    { ms: 100, way: 'model > call', event: 'tool.requested', regions: { tools: 'running.unspoken' } },
    { ms: 300, way: 'phone > call', event: 'playback.finished', regions: { tools: 'running.spoken' } },
    { ms: 300, way: 'call > model', event: 'createResponse' },
    { ms: 900, way: 'call > call', event: 'after.lastWordsAfter', regions: { clock: 'warning' } },
    { ms: 1000, way: 'call', event: 'call.ended', path: 'ended' },
  ]);
  const lanes = (count: number) =>
    regionsAfter(told, count).map(({ name, path, isChanged }) => `${name} ${path}${isChanged ? '!' : ''}`);

  test('the regions beside the floor hold what rows so far have changed; the last row lights those that it moved', () => {
    expect(lanes(0)).toEqual([]);
    expect(lanes(1)).toEqual(['turn answered', 'tools idle', 'clock talking']);
    expect(lanes(2)).toEqual(['turn answered', 'tools running.unspoken!', 'clock talking']);
    expect(lanes(3)).toEqual(['turn answered', 'tools running.spoken!', 'clock talking']);
    expect(lanes(4)).toEqual(['turn answered', 'tools running.spoken', 'clock talking']);
    expect(lanes(5)).toEqual(['turn answered', 'tools running.spoken', 'clock warning!']);
  });

  test('the regions beside the floor are over with the call, and not known of rows of older engines', () => {
    expect(lanes(6)).toEqual([]);
    const old = logRows(interruptedCall.map((each) => ({ ...each, regions: null })));
    expect(regionsAfter(old, old.length)).toEqual([]);
  });

  test('the regions beside the floor count timers from when their states were entered, their own from the start', () => {
    const picture = chartPicture();
    const running = (count: number) =>
      runningTimers(
        standingAfter(told, count, new Map()),
        BEGAN_AT,
        transitionsOf(picture).values(),
        { maxCall: 60_000, lastWordsAfter: 900 },
        regionsAfter(told, count),
      ).flatMap(({ delay, path, startedAt, ms }) =>
        path.startsWith('clock') ? [[delay, path, startedAt - BEGAN_AT, ms]] : [],
      );
    const max = ['maxCall', 'clock', 0, 60_000];
    expect(running(4)).toEqual([max, ['lastWordsAfter', 'clock.talking', 0, 900]]);
    expect(running(5)).toEqual([max]);
    const resting = logRows([
      { ms: 0, way: 'call', event: 'call.began', regions: { filler: 'ready' } },
      { ms: 700, way: 'call > call', event: 'after.fillAfter', regions: { filler: 'resting' } },
    ]);
    const [timer] = runningTimers(
      standingAfter(resting, 2, new Map()),
      BEGAN_AT,
      [...transitionsOf(picture).values()].filter(({ region }) => region === 'filler'),
      { fillersApart: 6000 },
      regionsAfter(resting, 2),
    );
    expect(timer).toEqual({
      delay: 'fillersApart',
      path: 'filler.resting',
      startedAt: BEGAN_AT + 700,
      ms: 6000,
    });
  });

  test('the regions beside the floor never enter the states of the floor, also where a row moves both', () => {
    const picture = chartPicture();
    const transitions = transitionsOf(picture);
    const owed = picture.edges.find(({ target }) => target === 'call.alive.turn.owed')?.id ?? '';
    expect(transitions.get(owed)).toMatchObject({
      region: 'turn',
      source: 'turn.answered',
      target: 'turn.owed',
    });
    const moved = logRows([
      {
        ms: 0,
        way: 'call',
        event: 'call.began',
        path: 'conversing.responding',
        regions: { turn: 'answered' },
      },
      { ms: 50, way: 'model > call', event: 'caller.committed', taken: [owed], regions: { turn: 'owed' } },
    ]);
    const { active, visits } = standingAfter(moved, 2, transitions);
    expect(active).toEqual(['conversing', 'conversing.responding']);
    expect(visits.map(({ path }) => path)).toEqual(active);
  });
});

describe('the turns', () => {
  test('the turns stand in the order in which they began', () => {
    expect(turnsOf(rows).map(({ kind }) => kind)).toEqual(['agent', 'caller', 'agent', 'tool', 'caller']);
  });

  test('the turns tell what was heard of a turn that was cut, and what was not', () => {
    expect(turnsOf(rows)[2]).toMatchObject({
      text: 'One',
      unheard: 'moment, please',
      isCut: true,
      heardMs: 690,
    });
  });

  test('the turns know a barge-in from a turn that was the caller’s', () => {
    const callers = turnsOf(rows).filter((turn) => turn.kind === 'caller');
    expect(callers.map(({ isBargeIn }) => isBargeIn)).toEqual([false, true]);
  });

  test('the turns do not know words before they were said', () => {
    const [, caller] = turnsOf(rows.slice(0, at('caller.stoppedSpeaking')));
    expect(caller).toMatchObject({ text: undefined, stoppedAt: BEGAN_AT + 6000 });
  });

  test('the turns have the arguments, the result and the length of a tool call', () => {
    expect(turnsOf(rows)[3]).toMatchObject({
      name: 'check_availability',
      argumentsJson: '{"date":"2026-11-26"}',
      outcome: { status: 'ok', output: '{}', durationMs: 400 },
    });
  });

  test('the turns gather digits keyed one after the other', () => {
    const keyed = logRows(
      ['1', '2', '#'].map((digit, index) => ({
        ms: index * 300,
        way: 'phone > call',
        event: 'digit.pressed',
        body: { digit },
      })),
    );
    expect(turnsOf(keyed)).toMatchObject([{ kind: 'digits', digits: '12#' }]);
  });

  test('the turns show a session that was lost, with how long the call was without one', () => {
    const error = { code: 'MODEL_LOST', message: 'gone' };
    const lost = { way: 'model > call', event: 'model.disconnected', body: { error } } as const;
    const configured = { way: 'model > call', event: 'model.configured' } as const;
    const rows = logRows([
      { ms: 0, ...lost },
      { ms: 500, ...configured },
      // One that was followed by a plan was not lost.
      { ms: 5_000, way: 'model > call', event: 'model.rotated' },
      { ms: 9_000, ...lost },
      { ms: 9_200, ...lost },
      { ms: 9_640, ...configured },
      { ms: 20_000, ...lost },
    ]);
    expect(turnsOf(rows)).toMatchObject([
      { kind: 'loss', of: 'session', seq: 4, gapMs: 640, isForGood: false },
      { kind: 'loss', of: 'session', seq: 7, gapMs: null, isForGood: false },
    ]);
    const gone = { ms: 30_000, way: 'model > call', event: 'model.lost', body: { error } } as const;
    expect(turnsOf(logRows([{ ms: 500, ...configured }, { ms: 20_000, ...lost }, gone]))).toMatchObject([
      { kind: 'loss', gapMs: null, isForGood: true },
    ]);
  });

  const speaks = (ms: number, itemId: string): ToldRow => ({
    ...{ ms, way: 'model > call', event: 'caller.startedSpeaking', body: { itemId } },
  });
  const streamLost = { way: 'phone > call', event: 'phone.lost', regions: { line: 'lost' } } as const;
  const attached = { way: 'phone > call', event: 'phone.attached', regions: { line: 'attached' } } as const;
  const resumed = { way: 'call', event: 'call.resumed', regions: { line: 'lost' } } as const;

  test('the turns show a stream that was lost, a process, and one that handed the call over', () => {
    const log = logRows([
      { ms: 0, ...attached },
      { ms: 1000, ...streamLost, path: 'awaitingStream.quiet' },
      { ms: 1700, ...attached, path: 'conversing.listening.quiet' },
      { ms: 9000, ...resumed, path: 'awaitingStream.quiet', body: { gapMs: 800 } },
      { ms: 9300, ...attached, path: 'conversing.listening.quiet' },
      { ms: 12_000, way: 'desk > call', event: 'handOver.requested', path: 'handedOver' },
      { ms: 12_100, ...resumed, path: 'awaitingStream.quiet', body: { gapMs: 100 } },
      { ms: 12_250, ...attached },
    ]);
    expect(turnsOf(log)).toMatchObject([
      { kind: 'loss', of: 'stream', seq: 2, gapMs: 700, isPlanned: false },
      { kind: 'loss', of: 'process', seq: 4, at: BEGAN_AT + 8200, gapMs: 800, isPlanned: false },
      { kind: 'loss', of: 'stream', seq: 4, gapMs: 1100, isPlanned: false },
      { kind: 'loss', of: 'process', seq: 6, gapMs: 250, isPlanned: true },
    ]);
    expect(turnsOf(log).map((turn) => turn.kind === 'loss' && lossText(turn))).toEqual([
      'the stream was lost, and replaced after 700 ms',
      'the process that had the call was lost, and another one went on after 800 ms',
      'the stream was lost, and replaced after 1,100 ms',
      'the call was handed over to another process, and was on the line again after 250 ms',
    ]);
    expect(new Set(turnsOf(log).map(({ key }) => key)).size).toBe(4);
  });

  test.each([
    ['the stream', { ...streamLost, ms: 1500 }, undefined],
    ['the session', { ms: 1500, way: 'model > call', event: 'model.disconnected' }, true],
    ['the process', { ...resumed, ms: 3000, body: { gapMs: 1500 } }, true],
  ] as const)(
    "the turns end what the caller said when %s is lost, and no earlier turn's",
    (_what, loss, isBrokenOff) => {
      const log = logRows([
        { ms: 0, ...attached },
        { ms: 1, way: 'model > call', event: 'model.configured' },
        speaks(300, 'c0'),
        { ms: 800, way: 'model > call', event: 'caller.stoppedSpeaking', body: { itemId: 'c0' } },
        { ms: 900, way: 'model > call', event: 'caller.said', body: { itemId: 'c0', text: 'Hello' } },
        speaks(1000, 'c1'),
        loss,
      ]);
      const [before, cut] = turnsOf(log);
      expect(before).toMatchObject({ itemId: 'c0', stoppedAt: BEGAN_AT + 800 });
      expect(before).not.toHaveProperty('isBrokenOff');
      expect(cut).toMatchObject({ itemId: 'c1', stoppedAt: BEGAN_AT + 1500 });
      expect(cut?.isBrokenOff).toBe(isBrokenOff);
      expect(spansOf(log).findLast(({ lane }) => lane === 'caller')).toMatchObject({ to: BEGAN_AT + 1500 });
    },
  );

  test('the turns and spans of a call that no process has end with its last row, unless it was handed over', () => {
    const log = logRows([{ ms: 0, ...attached }, speaks(1000, 'c1')]);
    expect(turnsOf(log, true)).toMatchObject([
      { itemId: 'c1', stoppedAt: BEGAN_AT + 1000, isBrokenOff: true },
      { kind: 'loss', of: 'process', at: BEGAN_AT + 1000, gapMs: null, isForGood: false, isPlanned: false },
    ]);
    expect(spansOf(log, true)).toMatchObject([{ lane: 'caller', to: BEGAN_AT + 1000, toIndex: 1 }]);
    expect(spansOf(log)).toMatchObject([{ to: undefined }]);
    const given = { ms: 2000, way: 'desk > call', event: 'handOver.requested', path: 'handedOver' } as const;
    expect(turnsOf(logRows([{ ms: 0, ...attached }, given]), true)).toMatchObject([
      { kind: 'loss', isPlanned: true },
    ]);
  });

  test('the turns end what a lost process was at, and what a caller said who hung up', () => {
    const log = logRows([
      { ms: 0, ...attached },
      { ms: 100, way: 'model > call', event: 'agent.startedItem', body: { itemId: 'a1' } },
      { ms: 200, way: 'model > call', event: 'tool.requested', body: { request: { toolCallId: 't1' } } },
      { ms: 3000, ...resumed, body: { gapMs: 1500 } },
      speaks(5000, 'c1'),
      { ms: 5400, way: 'phone > call', event: 'phone.stopped', regions: { line: 'left' } },
    ]);
    const [agent, tool, , , caller] = turnsOf(log);
    expect([agent?.isBrokenOff, tool?.isBrokenOff]).toEqual([true, true]);
    expect(caller).toMatchObject({ kind: 'caller', stoppedAt: BEGAN_AT + 5400 });
    expect(caller).not.toHaveProperty('isBrokenOff');
  });

  test('the turns show what a transfer came to, in its place', () => {
    const told = logRows([
      { ms: 0, way: 'desk > call', event: 'transfer.requested' },
      { ms: 25_000, way: 'desk > call', event: 'transfer.ended', body: { result: 'noAnswer' } },
    ]);
    expect(turnsOf(told)).toMatchObject([
      { kind: 'desk', command: 'transfer' },
      { kind: 'transfer', result: 'noAnswer', seq: 2 },
    ]);
  });

  test('the turns show what an operator had the call do', () => {
    const told = logRows([
      { ms: 0, way: 'desk > call', event: 'whisper.requested', body: { text: 'be brief' } },
      { ms: 1, way: 'desk > call', event: 'mute.requested', body: { muted: false } },
    ]);
    expect(turnsOf(told)).toMatchObject([
      { kind: 'desk', command: 'whisper', text: 'be brief' },
      { kind: 'desk', command: 'unmute' },
    ]);
  });

  test('the turns are the same for as long as nothing more is told of them', () => {
    const [first, second] = [turnsOf(rows.slice(0, at('tool.requested'))), turnsOf(rows)];
    const same = first.map((turn, place) => isSameTurn(turn, second[place] ?? turn));
    // The greeting and the caller stand; the agent was cut since, the tool has settled.
    expect(same).toEqual([true, true, false, false]);
  });

  test('the turns read bodies of any shape', () => {
    holds(
      fc.property(
        fc.constantFrom('agent.said', 'caller.said', 'tool.requested', 'tool.settled', 'digit.pressed'),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (event, body) => {
          expect(() => turnsOf(logRows([{ ms: 0, way: 'model > call', event, body }]))).not.toThrow();
        },
      ),
    );
  });
});

describe('the sequence', () => {
  test('the sequence has a lane for each who took part, tools by slot, the rest last', () => {
    const others = logRows([
      { ms: 0, way: 'desk > call', event: 'say.requested' },
      { ms: 1, way: 'tool.10 > call', event: 'tool.settled' },
      { ms: 2, way: 'tool.2 > call', event: 'tool.settled' },
    ]);
    expect(lanesOf(others)).toEqual(['caller', 'phone', 'call', 'model', 'tool.2', 'tool.10', 'desk']);
  });

  test('the sequence draws facts to the chart, orders from it, and announcements on it', () => {
    const messages = messagesOf(rows);
    expect(messages[0]).toMatchObject({ kind: 'announcement', from: 'call', to: 'call' });
    expect(messages[1]).toMatchObject({ kind: 'fact', from: 'phone', to: 'call' });
    expect(messages[2]).toMatchObject({ kind: 'order', from: 'call', to: 'model' });
  });

  test('the sequence marks the facts that nobody took, and only those', () => {
    expect(
      messagesOf(rows)
        .filter(({ isUntaken }) => isUntaken)
        .map(({ row }) => row.event),
    ).toEqual(['response.finished']);
  });

  test('the sequence names a state where the call enters it', () => {
    expect(
      messagesOf(rows)
        .filter(({ newState }) => newState?.endsWith('cut'))
        .map(({ row }) => row.event),
    ).toEqual(['caller.startedSpeaking']);
  });
});

describe('the spans', () => {
  test('the spans tell who was heard when, and who was cut', () => {
    const heard = spansOf(rows).filter(({ lane }) => lane === 'agent');
    expect(
      heard.map(({ from, to, isCut }) => [from - BEGAN_AT, to === undefined ? to : to - BEGAN_AT, isCut]),
    ).toEqual([
      [401, 3000, false],
      [6310, 7002, true],
    ]);
  });

  test('the spans last while nobody has ended them', () => {
    expect(spansOf(rows).at(-1)).toMatchObject({ lane: 'caller', from: BEGAN_AT + 7000, to: undefined });
  });

  test('the spans end with the call at the latest', () => {
    const ended = logRows([
      ...interruptedCall,
      { ms: 9000, way: 'call', event: 'call.ended', path: 'ended' },
    ]);
    expect(spansOf(ended).filter(({ to }) => to === undefined)).toEqual([]);
  });
});

test('a chart’s transitions go by the paths of its states', () => {
  const transitions = transitionsOf(chartPicture());
  expect(transitions.get('call:call.alive.floor|hangup.requested|0')).toMatchObject({
    source: '',
    target: 'ending.closing',
  });
});
