import { afterAll, describe, expect, test } from 'vitest';
import { type ErrorCode, ERRORS } from '../../src/errors.ts';
import type { SessionEvent, SettledItem } from '../../src/machines/session/session.events.ts';
import { sessionMachine } from '../../src/machines/session/session.machine.ts';
import { TransitionCoverage } from '../../src/testing/coverage.ts';
import { SessionUnderTest } from '../support/session-chart.ts';

const ROTATING = ['rotating.opening', 'rotating.configuring', 'rotating.waiting'] as const;
const LIVE = ['alone', ...ROTATING, 'resting'] as const;
const OPEN = ['opening', 'configuring', ...LIVE] as const;
const STAGES = [...OPEN, 'backingOff', 'gone'] as const;
type Stage = (typeof STAGES)[number];

const item: SettledItem = {
  itemId: 'i1',
  parts: [],
  text: 'We are open.',
  isClip: false,
  isInMemory: true,
  isOfEarlier: false,
  isWhole: true,
  hasDropped: false,
};
const clip: SettledItem = { ...item, itemId: 'greeting', text: 'Hi.', isClip: true, isInMemory: false };
const ended = { detail: 'as it is', cause: 'its_code' };
const begin = 'socket: begin {"repliesAllowed":false,"history":[]}';
const firstWords = '{"role":"assistant","text":"Hi.","first":true}';
const disconnected = (code: ErrorCode) =>
  `call: model.disconnected {"error":{"code":"${code}","message":"${ERRORS[code].text}: as it is","cause":"its_code"}}`;
const lost = (code: ErrorCode) => disconnected(code).replace('disconnected', 'lost');
const refused = lost('MODEL_REFUSED').replace('lost', 'refused');

/** What is told, the stage that follows where it is another one, and what becomes of the sockets where that does not follow. */
interface Cell {
  readonly told?: readonly string[];
  readonly stage?: Stage;
  readonly sockets?: readonly string[];
}
type Cells = Readonly<Record<Stage, Cell>>;
const nothing: Cell = {};
const told = (...all: string[]): Cell => ({ told: all });
const goesWith = (...all: string[]): Cell => ({ told: all, stage: 'gone' });
const backsOffWith = (...all: string[]): Cell => ({ told: all, stage: 'backingOff' });
const cells = (cellOf: (stage: Stage) => Cell): Cells => ({
  opening: cellOf('opening'),
  configuring: cellOf('configuring'),
  alone: cellOf('alone'),
  'rotating.opening': cellOf('rotating.opening'),
  'rotating.configuring': cellOf('rotating.configuring'),
  'rotating.waiting': cellOf('rotating.waiting'),
  resting: cellOf('resting'),
  backingOff: cellOf('backingOff'),
  gone: cellOf('gone'),
});
const during = (stages: readonly Stage[], cell: Cell) =>
  cells((stage) => (stages.includes(stage) ? cell : nothing));
const always = (cell: Cell) => during(STAGES, cell);
const onlyLive = (cell: Cell) => during(LIVE, cell);
const whileOpen = (cell: Cell) => during(OPEN, cell);

/** Everything that a session can be told, and what it does with it in each of its stages. */
const TABLE: readonly (readonly [event: SessionEvent, cells: Cells])[] = [
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
  [{ type: 'close' }, { ...whileOpen(goesWith()), backingOff: goesWith() }],

  [{ type: 'item.settled', item }, onlyLive(told(`socket: cutItem {"item":${JSON.stringify(item)}}`))],
  [{ type: 'item.settled', item: { ...item, isInMemory: false } }, always(nothing)],
  [
    { type: 'item.settled', item: { ...item, isInMemory: false, isOfEarlier: true } },
    onlyLive(told('socket: addMessage {"role":"assistant","text":"We are open."}')),
  ],
  [{ type: 'item.settled', item: clip }, onlyLive(told(`socket: addMessage ${firstWords}`))],
  [{ type: 'item.settled', item: { ...clip, text: '' } }, always(nothing)],
  [
    { type: 'agent.said', itemId: 'i1', text: 'Hi.', interrupted: false, heardMs: 9 },
    always(told('call: agent.said {"itemId":"i1","text":"Hi.","interrupted":false,"heardMs":9}')),
  ],

  [{ type: 'caller.committed', itemId: 't1' }, whileOpen(told('call: caller.committed {"itemId":"t1"}'))],
  [{ type: 'caller.keptSilent' }, whileOpen(told('call: caller.keptSilent'))],
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
    during(['opening'], {
      told: ['call: model.opened', 'socket: configure {"repliesAllowed":false}'],
      stage: 'configuring',
    }),
  ],
  [
    { type: 'socket.updated' },
    during(['configuring'], { told: [begin, 'call: model.configured'], stage: 'alone' }),
  ],
  [
    { type: 'socket.updated', misfit: 'audio/pcm instead of audio/pcmu' },
    during(
      ['configuring'],
      goesWith(
        `call: model.refused {"error":{"code":"MODEL_FORMAT","message":"${ERRORS.MODEL_FORMAT.text}: audio/pcm instead of audio/pcmu"}}`,
      ),
    ),
  ],
  [{ type: 'socket.denied', ...ended }, during(['opening', 'configuring'], goesWith(refused))],
  [{ type: 'socket.refused', ...ended }, whileOpen(goesWith(refused))],
  [
    { type: 'socket.closed', ...ended },
    {
      ...during(['alone', 'resting'], { told: [disconnected('MODEL_LOST')], stage: 'opening' }),
      opening: backsOffWith(disconnected('MODEL_UNREACHABLE')),
      configuring: backsOffWith(disconnected('MODEL_LOST')),
      'rotating.opening': {
        told: [disconnected('MODEL_LOST'), 'socket: takeOver'],
        stage: 'opening',
        sockets: ['socket let go'],
      },
      'rotating.configuring': {
        told: [disconnected('MODEL_LOST'), 'socket: takeOver', 'call: model.opened'],
        stage: 'configuring',
        sockets: ['socket let go'],
      },
      'rotating.waiting': {
        told: [
          ...[disconnected('MODEL_LOST'), 'socket: takeOver', 'call: model.opened'],
          ...[begin, 'call: model.configured'],
        ],
        stage: 'alone',
        sockets: ['socket let go'],
      },
    },
  ],
  [
    { type: 'socket.aged' },
    during(['alone'], { stage: 'rotating.opening', sockets: ['next opened for CA1'] }),
  ],
  [
    { type: 'socket.fellQuiet' },
    during(['rotating.waiting'], {
      told: ['socket: giveOver', 'socket: takeOver', begin, 'call: model.rotated'],
      stage: 'alone',
      sockets: ['socket let go'],
    }),
  ],
  [
    { type: 'next.opened' },
    during(['rotating.opening'], {
      told: ['next: configure {"repliesAllowed":false}'],
      stage: 'rotating.configuring',
    }),
  ],
  [
    { type: 'next.updated' },
    during(['rotating.configuring'], { told: ['socket: awaitQuiet'], stage: 'rotating.waiting' }),
  ],
  [
    { type: 'next.updated', misfit: 'audio/pcm instead of audio/pcmu' },
    during(['rotating.configuring'], { stage: 'resting', sockets: ['next let go'] }),
  ],
  [{ type: 'next.ended' }, during(ROTATING, { stage: 'resting', sockets: ['next let go'] })],
];

const coverage = new TransitionCoverage();

const live: readonly SessionEvent[] = [{ type: 'socket.opened' }, { type: 'socket.updated' }];
const aged: readonly SessionEvent[] = [...live, { type: 'socket.aged' }];
const WAY: Readonly<Record<Stage, readonly SessionEvent[]>> = {
  opening: [],
  configuring: live.slice(0, 1),
  alone: live,
  'rotating.opening': aged,
  'rotating.configuring': [...aged, { type: 'next.opened' }],
  'rotating.waiting': [...aged, { type: 'next.opened' }, { type: 'next.updated' }],
  resting: [...aged, { type: 'next.ended' }],
  backingOff: [{ type: 'socket.closed', detail: 'as it is' }],
  gone: [{ type: 'close' }],
};

function sessionIn(stage: Stage): SessionUnderTest {
  const session = new SessionUnderTest(coverage.inspect);
  for (const event of WAY[stage]) session.tell(event);
  expect(session.stage).toBe(stage);
  session.look();
  session.lookAtSockets();
  return session;
}

/** A session that has no socket any more lets go of those it had; one that opens anew has another. */
function becomesOfSockets(from: Stage, to: Stage = from): readonly string[] {
  if (from === to || from === 'backingOff' || !['opening', 'backingOff', 'gone'].includes(to)) return [];
  const had = ROTATING.some((stage) => stage === from) ? ['socket', 'next'] : ['socket'];
  return [...had.map((name) => `${name} let go`), ...(to === 'opening' ? ['socket opened for CA1'] : [])];
}

describe.each(STAGES)('a session that is %s', (stage) => {
  test.each(TABLE.map(([event, row], number) => [event.type, number + 1, event, row[stage]] as const))(
    `a session that is ${stage} takes %s as row %i of the table says`,
    (_type, _row, event, cell) => {
      const session = sessionIn(stage).tell(event);
      expect(session.look()).toEqual(cell.told ?? []);
      expect(session.stage).toBe(cell.stage ?? stage);
      expect(session.lookAtSockets()).toEqual(cell.sockets ?? becomesOfSockets(stage, cell.stage));
    },
  );
});

describe('what was told before there is a session', () => {
  test('what was told before there is a session goes to it in order, behind its configuration and before the caller is heard', () => {
    const session = new SessionUnderTest()
      .tell({ type: 'agent.said', itemId: 'greeting', text: 'Hi.', interrupted: false, heardMs: 900 })
      .tell({ type: 'addMessage', role: 'system', text: 'one' })
      .tell({ type: 'socket.opened' })
      .tell({ type: 'createResponse', purpose: 'say', text: 'two' });
    session.look();
    session.tell({ type: 'socket.updated' });
    const history = [
      { role: 'assistant', itemId: 'greeting', text: 'Hi.' },
      { role: 'system', text: 'one' },
    ];
    expect(session.look()).toEqual([
      `socket: begin ${JSON.stringify({ repliesAllowed: false, history })}`,
      'socket: createResponse {"purpose":"say","text":"two"}',
      'call: model.configured',
    ]);
  });

  test('the kept tools and the right to reply that were told before there is a session are in its configuration', () => {
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

test('what was told of tools and replies while a session was being configured is told as it begins', () => {
  const session = sessionIn('configuring')
    .tell({ type: 'keepTools', names: ['a'] })
    .tell({ type: 'allowReplies', allowed: true })
    .tell({ type: 'socket.updated' });
  expect(session.look()[0]).toBe('socket: begin {"repliesAllowed":true,"keptTools":["a"],"history":[]}');
});

test('a fact that is no part of the conversation leaves the memory of a session as it is, and its words change it', () => {
  const session = sessionIn('alone');
  const before = session.memory;
  session
    .tell({ type: 'caller.startedSpeaking', itemId: 't1' })
    .tell({ type: 'caller.stoppedSpeaking', itemId: 't1', speechMs: 900 })
    .tell({ type: 'caller.keptSilent' })
    .tell({ type: 'caller.unclear', itemId: 't1' })
    .tell({ type: 'response.started', responseId: 'r1', purpose: 'reply' });
  expect(session.memory).toBe(before);
  session.tell({ type: 'caller.said', itemId: 't1', text: 'Yes.' });
  expect(session.memory).not.toBe(before);
});

test('a session whose socket throws as it begins is lost, with the code of what was thrown', () => {
  const session = sessionIn('opening').tell({
    type: 'xstate.error.actor.socket.0',
    error: new Error('no such call'),
  } as never);
  expect(session.look()).toEqual([
    'call: model.lost {"error":{"code":"CALL_FAILED","message":"no such call"}}',
  ]);
  expect(session.stage).toBe('gone');
});

describe('a session whose socket was lost', () => {
  const closed = { type: 'socket.closed', ...ended } as const;
  const live = () => sessionIn('alone');
  const begins = (session: SessionUnderTest) =>
    session.tell({ type: 'socket.opened' }).tell({ type: 'socket.updated' });

  test('a session whose socket was lost tells the next one who said what, and whose words were lost', () => {
    const session = live()
      .tell({ type: 'agent.startedItem', itemId: 'i1', responseId: 'r1' })
      .tell({ type: 'caller.committed', itemId: 't1' })
      .tell({ type: 'caller.said', itemId: 't1', text: 'Yes.' })
      .tell({ type: 'agent.said', itemId: 'i1', text: 'Hi.', interrupted: false, heardMs: 9 })
      .tell({ type: 'tool.requested', request: { toolCallId: 'c1', name: 'a', argumentsJson: '{}' } })
      .tell({ type: 'answerTool', toolCallId: 'c1', output: '1' })
      .tell({ ...closed, missed: 'agent' });
    session.look();
    const history = [
      { role: 'assistant', itemId: 'i1', text: 'Hi.' },
      { role: 'user', itemId: 't1', text: 'Yes.' },
      { request: { toolCallId: 'c1', name: 'a', argumentsJson: '{}' }, output: '1' },
    ];
    expect(begins(session).look()).toContain(
      `socket: begin ${JSON.stringify({ repliesAllowed: false, history, missed: 'agent' })}`,
    );
  });

  test('a session whose socket was lost asks the next one for what is owed, in order, once, and not for what was cancelled', () => {
    const owed = { type: 'createResponse', purpose: 'reply' } as const;
    const say = { type: 'createResponse', purpose: 'say', text: 'one' } as const;
    const session = begins(
      live()
        .tell({ ...closed, owed: [owed] })
        .tell(say),
    );
    expect(session.look().filter((line) => line.includes('createResponse'))).toEqual([
      'socket: createResponse {"purpose":"reply"}',
      'socket: createResponse {"purpose":"say","text":"one"}',
    ]);
    session
      .tell({ ...closed, owed: [owed] })
      .tell({ type: 'cancelResponse' })
      .clock.advance(60_000);
    expect(
      begins(session)
        .look()
        .filter((line) => line.includes('createResponse')),
    ).toEqual([]);
  });

  test('a session whose socket was lost tries eight times, with waits that grow, and is lost', () => {
    const session = live().tell(closed);
    const waits: number[] = [];
    while (session.stage !== 'gone') {
      session.tell(closed);
      const from = session.clock.now();
      while (session.stage === 'backingOff') session.clock.advance(1);
      waits.push(session.clock.now() - from);
    }
    expect(session.lookAtSockets().filter((line) => line === 'socket opened for CA1')).toHaveLength(7);
    expect(session.look().at(-1)).toBe(lost('MODEL_UNREACHABLE'));
    expect(waits.pop()).toBe(0);
    expect(waits.every((ms) => ms <= 2_000)).toBe(true);
  });

  test('a session that has no attempts left is lost with a socket that was being configured', () => {
    const session = live().tell(closed);
    for (let lost = 1; lost < 7; lost++) {
      session.tell(closed);
      while (session.stage === 'backingOff') session.clock.advance(1);
    }
    session.tell({ type: 'socket.opened' });
    session.look();
    expect(session.tell(closed).look()).toEqual([lost('MODEL_LOST')]);
    expect(session.stage).toBe('gone');
  });

  test('a session whose far end names the time of the next attempt does not try before', () => {
    const session = sessionIn('opening').tell({ ...closed, retryAfterMs: 3_000 });
    session.clock.advance(2_999);
    expect(session.stage).toBe('backingOff');
    session.clock.advance(1);
    expect(session.stage).toBe('opening');
  });

  test('a session whose socket makes no session within 4 s, or confirms nothing within 3 s, tries the next one', () => {
    const silent = sessionIn('opening');
    silent.clock.advance(4_000);
    expect(silent.stage).toBe('backingOff');
    const mute = sessionIn('configuring');
    mute.clock.advance(3_000);
    expect(mute.look()[0]).toContain('MODEL_LOST');
    expect(mute.stage).toBe('backingOff');
  });

  test('a session that was live for 10 s counts its losses anew, and one that was not waits', () => {
    const session = begins(live().tell(closed));
    session.clock.advance(9_999);
    expect(session.tell(closed).stage).toBe('backingOff');
    session.clock.advance(2_000);
    begins(session).clock.advance(10_000);
    expect(session.tell(closed).stage).toBe('opening');
  });
});

describe('a session that is to be followed by the next one', () => {
  test('a session that is to be followed gives the next one 4 s to open and 3 s to be configured, and then goes on alone', () => {
    for (const [stage, ms] of [
      ['rotating.opening', 4_000],
      ['rotating.configuring', 3_000],
    ] as const) {
      const session = sessionIn(stage);
      session.clock.advance(ms - 1);
      expect(session.stage).toBe(stage);
      session.clock.advance(1);
      expect(session.stage).toBe('resting');
      expect(session.lookAtSockets()).toEqual(['next let go']);
      expect(session.look()).toEqual([]);
    }
  });

  test('a session that is to be followed tries the next one again within a minute, and not before the far end wants it', () => {
    const session = sessionIn('rotating.opening').tell({ type: 'next.ended' });
    session.lookAtSockets();
    const from = session.clock.now();
    while (session.stage === 'resting') session.clock.advance(1);
    expect(session.clock.now() - from).toBeGreaterThan(30_000);
    expect(session.clock.now() - from).toBeLessThan(60_000);
    expect(session.lookAtSockets()).toEqual(['next opened for CA1']);
    session.tell({ type: 'next.ended', retryAfterMs: 90_000 });
    session.clock.advance(89_999);
    expect(session.stage).toBe('resting');
    session.clock.advance(1);
    expect(session.stage).toBe('rotating.opening');
  });
});

afterAll(() => {
  expect(coverage.missing(sessionMachine)).toEqual([]);
});
