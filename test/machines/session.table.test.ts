import { afterAll, describe, expect, test } from 'vitest';
import { type ErrorCode, ERRORS } from '../../src/errors.ts';
import type { SessionEvent, SettledItem } from '../../src/machines/session/session.events.ts';
import { sessionMachine } from '../../src/machines/session/session.machine.ts';
import { TransitionCoverage } from '../../src/testing/coverage.ts';
import { SessionUnderTest } from '../support/session-chart.ts';

const STAGES = ['opening', 'configuring', 'live', 'gone'] as const;
type Stage = (typeof STAGES)[number];

const item: SettledItem = {
  itemId: 'i1',
  parts: [],
  text: 'We are open.',
  isClip: false,
  isInMemory: true,
  isWhole: true,
  hasDropped: false,
};
const clip: SettledItem = { ...item, itemId: 'greeting', text: 'Hi.', isClip: true, isInMemory: false };
const ended = { detail: 'as it is', cause: 'its_code' };
const firstWords = '{"role":"assistant","text":"Hi.","first":true}';
const lost = (code: ErrorCode) =>
  `call: model.lost {"error":{"code":"${code}","message":"${ERRORS[code].text}: as it is","cause":"its_code"}}`;
const refused = lost('MODEL_REFUSED').replace('lost', 'refused');

/** What is told, and the stage that follows where it is another one. */
interface Cell {
  readonly told?: readonly string[];
  readonly stage?: Stage;
}
const nothing: Cell = {};
const told = (...all: string[]): Cell => ({ told: all });
const goesWith = (...all: string[]): Cell => ({ told: all, stage: 'gone' });
const always = (cell: Cell) => ({ opening: cell, configuring: cell, live: cell, gone: cell });
const onlyLive = (cell: Cell) => ({ opening: nothing, configuring: nothing, live: cell, gone: nothing });
const whileOpen = (cell: Cell) => ({ opening: cell, configuring: cell, live: cell, gone: nothing });

/** Everything that a session can be told, and what it does with it in each of its stages. */
const TABLE: readonly (readonly [event: SessionEvent, cells: Readonly<Record<Stage, Cell>>])[] = [
  [
    { type: 'createResponse', purpose: 'reply' },
    onlyLive(told('socket: createResponse {"purpose":"reply"}')),
  ],
  [{ type: 'cancelResponse' }, onlyLive(told('socket: cancelResponse'))],
  [{ type: 'commitTurn' }, onlyLive(told('socket: commitTurn'))],
  [
    { type: 'addMessage', role: 'user', text: 'one' },
    onlyLive(told('socket: addMessage {"role":"user","text":"one"}')),
  ],
  [
    { type: 'answerTool', toolCallId: 'c1', output: '{}' },
    onlyLive(told('socket: answerTool {"toolCallId":"c1","output":"{}"}')),
  ],
  [{ type: 'allowReplies', allowed: true }, onlyLive(told('socket: allowReplies {"allowed":true}'))],
  [{ type: 'keepTools', names: ['a'] }, onlyLive(told('socket: keepTools {"names":["a"]}'))],
  [{ type: 'settleItems', heard: [] }, always(told('items: settleItems {"heard":[]}'))],
  [
    { type: 'rememberClip', itemId: 'greeting', text: 'Hi.' },
    always(told('items: rememberClip {"itemId":"greeting","text":"Hi."}')),
  ],
  [{ type: 'close' }, whileOpen(goesWith())],

  [{ type: 'item.settled', item }, onlyLive(told(`socket: cutItem {"item":${JSON.stringify(item)}}`))],
  [{ type: 'item.settled', item: { ...item, isInMemory: false } }, always(nothing)],
  [{ type: 'item.settled', item: clip }, onlyLive(told(`socket: addMessage ${firstWords}`))],
  [{ type: 'item.settled', item: { ...clip, text: '' } }, always(nothing)],
  [
    { type: 'agent.said', itemId: 'i1', text: 'Hi.', interrupted: false, heardMs: 9 },
    always(told('call: agent.said {"itemId":"i1","text":"Hi.","interrupted":false,"heardMs":9}')),
  ],

  [{ type: 'caller.committed', itemId: 't1' }, whileOpen(told('call: caller.committed {"itemId":"t1"}'))],
  [
    { type: 'response.started', responseId: 'r1', purpose: 'reply' },
    whileOpen(told('call: response.started {"responseId":"r1","purpose":"reply"}')),
  ],
  [
    { type: 'tool.requested', request: { toolCallId: 'c1', name: 'a', argumentsJson: '{}' } },
    whileOpen(told('call: tool.requested {"request":{"toolCallId":"c1","name":"a","argumentsJson":"{}"}}')),
  ],
  [
    {
      type: 'usage.reported',
      usage: {
        kind: 'response',
        ...{ inputTextTokens: 0, inputAudioTokens: 0, cachedTokens: 0, outputTextTokens: 0 },
        ...{ outputAudioTokens: 0, seconds: 0 },
      },
    },
    whileOpen(
      told(
        'call: usage.reported {"usage":{"kind":"response","inputTextTokens":0,"inputAudioTokens":0,"cachedTokens":0,"outputTextTokens":0,"outputAudioTokens":0,"seconds":0}}',
      ),
    ),
  ],

  [
    { type: 'socket.opened' },
    {
      opening: {
        told: ['call: model.opened', 'socket: configure {"repliesAllowed":false}'],
        stage: 'configuring',
      },
      configuring: nothing,
      live: nothing,
      gone: nothing,
    },
  ],
  [
    { type: 'socket.updated' },
    {
      opening: nothing,
      configuring: { told: ['socket: begin', 'call: model.configured'], stage: 'live' },
      live: nothing,
      gone: nothing,
    },
  ],
  [
    { type: 'socket.updated', misfit: 'audio/pcm instead of audio/pcmu' },
    {
      opening: nothing,
      configuring: goesWith(
        `call: model.refused {"error":{"code":"MODEL_FORMAT","message":"${ERRORS.MODEL_FORMAT.text}: audio/pcm instead of audio/pcmu"}}`,
      ),
      live: nothing,
      gone: nothing,
    },
  ],
  [
    { type: 'socket.denied', ...ended },
    { opening: goesWith(refused), configuring: goesWith(refused), live: nothing, gone: nothing },
  ],
  [{ type: 'socket.refused', ...ended }, whileOpen(goesWith(refused))],
  [
    { type: 'socket.closed', ...ended },
    {
      opening: goesWith(lost('MODEL_UNREACHABLE')),
      configuring: goesWith(lost('MODEL_LOST')),
      live: goesWith(lost('MODEL_LOST')),
      gone: nothing,
    },
  ],
  [{ type: 'socket.failed', ...ended }, whileOpen(goesWith(lost('MODEL_LOST')))],
];

const coverage = new TransitionCoverage();

const WAY: Readonly<Record<Stage, readonly SessionEvent[]>> = {
  opening: [],
  configuring: [{ type: 'socket.opened' }],
  live: [{ type: 'socket.opened' }, { type: 'socket.updated' }],
  gone: [{ type: 'close' }],
};

function sessionIn(stage: Stage): SessionUnderTest {
  const session = new SessionUnderTest(coverage.inspect);
  for (const event of WAY[stage]) session.tell(event);
  expect(session.stage).toBe(stage);
  session.look();
  return session;
}

describe.each(STAGES)('a session that is %s', (stage) => {
  test.each(
    TABLE.map(([event, cells], row) => [`${event.type} (${String(row + 1)})`, event, cells[stage]] as const),
  )('takes %s as the table says', (_name, event, cell) => {
    const session = sessionIn(stage).tell(event);
    expect(session.look()).toEqual(cell.told ?? []);
    expect(session.stage).toBe(cell.stage ?? stage);
    expect(session.sockets).toEqual(['opened for CA1', ...(session.stage === 'gone' ? ['let go'] : [])]);
  });
});

describe('what was told before there is a session', () => {
  test('goes to it in order, behind its configuration and before the caller is heard', () => {
    const session = new SessionUnderTest()
      .tell({ type: 'item.settled', item: clip })
      .tell({ type: 'addMessage', role: 'system', text: 'one' })
      .tell({ type: 'socket.opened' })
      .tell({ type: 'answerTool', toolCallId: 'c1', output: '{}' });
    session.look();
    session.tell({ type: 'socket.updated' });
    expect(session.look()).toEqual([
      `socket: addMessage ${firstWords}`,
      'socket: addMessage {"role":"system","text":"one"}',
      'socket: answerTool {"toolCallId":"c1","output":"{}"}',
      'socket: begin',
      'call: model.configured',
    ]);
  });

  test('is a part of its configuration where that is concerned, and not an update', () => {
    const session = new SessionUnderTest()
      .tell({ type: 'keepTools', names: ['a'] })
      .tell({ type: 'allowReplies', allowed: true })
      .tell({ type: 'socket.opened' });
    expect(session.look()).toEqual([
      'call: model.opened',
      'socket: configure {"repliesAllowed":true,"keptTools":["a"]}',
    ]);
  });
});

test('a session whose socket cannot even begin is lost, by the code of what was thrown', () => {
  const session = sessionIn('opening').tell({
    type: 'xstate.error.actor.socket',
    error: new Error('no such call'),
  } as never);
  expect(session.look()).toEqual([
    'call: model.lost {"error":{"code":"CALL_FAILED","message":"no such call"}}',
  ]);
  expect(session.stage).toBe('gone');
});

afterAll(() => {
  expect(coverage.missing(sessionMachine)).toEqual([]);
});
