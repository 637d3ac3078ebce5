import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type CallFile, readCallFile } from '../../../src/protocol/call-file.ts';
import { Analytics } from '../../../src/protocol/console-analytics.ts';
import {
  CallDetail,
  CallLatencies,
  CallLosses,
  CallPage,
  CallRow,
  FullRow,
} from '../../../src/protocol/console-calls.ts';
import { ChartPicture } from '../../../src/protocol/console-chart.ts';
import { CALL_SID, HttpHouse } from '../../support/http.ts';
import { CALL_SID as KILLED_SID, killed } from '../../support/killed-call.ts';
import { CALLER_NUMBER, SECRET_WORD, shortCall, storeJournal } from '../../support/stored-calls.ts';

let house: HttpHouse;
afterEach(() => house.close());

async function open() {
  const { journal } = storeJournal();
  journal.record(CALL_SID, shortCall(CALL_SID));
  journal.record('CA2', shortCall('CA2', { isOver: false, at: Date.UTC(2026, 10, 26) }));
  house = await new HttpHouse({ journal }).open();
  return house;
}

const problem = (path: string) => ({ status: 400, json: { type: 'REQUEST_INVALID', errors: [{ path }] } });

describe('the list of calls', () => {
  const listed = async (query: string) =>
    CallPage.parse((await (await open()).api(`/api/calls?${query}`)).json).items.map(
      ({ callSid }) => callSid,
    );

  test.each([
    ['', ['CA2', CALL_SID]],
    [`q=${SECRET_WORD}`, [CALL_SID]],
    ['q=nothing', []],
    ['number=%2B1%20(202)%20555-0123', ['CA2', CALL_SID]],
    ['visited=conversing.responding', [CALL_SID]],
    ['tool=create_lead&endReason=completed&agent=default', [CALL_SID]],
    ['from=2026-11-26', ['CA2']],
    ['to=2026-11-25', [CALL_SID]],
    ['from=2026-11-25T11:00:00%2B02:00&to=2026-11-25T10:00:01Z', [CALL_SID]],
    ['from=2026-11-25T10:00:01Z&to=2026-11-25', []],
    ['q=&number=&agent=&visited=&tool=&endReason=&from=&to=&state=', ['CA2', CALL_SID]],
  ])('the list of calls finds ?%s', async (query, expected) => {
    expect(await listed(query)).toEqual(expected);
  });

  test.each([
    ['number', 'abc'],
    ['number', '12'],
    ['number', '1'.repeat(16)],
    ['visited', "x'; drop table calls"],
    ['endReason', 'Completed'],
    ['from', 'yesterday'],
    ['to', '2026-13-01'],
    ['to', '2026-11-25T10:00:00'],
    ['q', 'x'.repeat(201)],
    ['tool', 'x'.repeat(201)],
  ])('the list of calls refuses %s=%s', async (name, value) => {
    const reply = await (await open()).api(`/api/calls?${name}=${encodeURIComponent(value)}`);
    expect(reply).toMatchObject(problem(name));
  });

  test('the list of calls refuses a q without a word', async () => {
    expect(await (await open()).api('/api/calls?q=%3F%3F')).toMatchObject({
      status: 400,
      json: { detail: 'q has no word to search for' },
    });
  });
});

describe('one call', () => {
  test('one call that is live tells which commands it takes now', async () => {
    await open();
    house.desk.live = { commands: ['hangup', 'say'], delays: { idleAfter: 15_000 } };
    const detail = CallDetail.parse((await house.api('/api/calls/CA2')).json);
    expect(detail).toMatchObject({
      isLive: true,
      commands: ['hangup', 'say'],
      delays: { idleAfter: 15_000 },
      state: 'conversing.listening',
      bargeIns: null,
    });
  });

  test('one call that no process has is not live, and awaited until it has ended', async () => {
    await open();
    expect(CallDetail.parse((await house.api('/api/calls/CA2')).json)).toMatchObject({
      ...{ isLive: false, isAwaited: true, commands: [], state: 'conversing.listening' },
    });
    house.desk.live = { commands: [], delays: {} };
    expect(CallDetail.parse((await house.api('/api/calls/CA2')).json)).toMatchObject({
      ...{ isLive: true, isAwaited: false },
    });
  });

  test('one call that has ended takes no command, and tells what was counted', async () => {
    await open();
    const detail = CallDetail.parse((await house.api(`/api/calls/${CALL_SID}`)).json);
    expect(detail).toMatchObject({
      ...{
        isLive: false,
        isAwaited: false,
        commands: [],
        bargeIns: 1,
        toolCalls: 1,
        lastSpeaker: 'agent',
        state: 'ended',
      },
      delays: { connectWithin: 10_000, idleAfter: null },
    });
  });

  test('one call tells how long the caller waited', async () => {
    await open();
    const latencies = CallLatencies.parse((await house.api(`/api/calls/${CALL_SID}/latencies`)).json);
    const begun = Date.UTC(2026, 10, 25, 10);
    expect(latencies).toEqual({
      turns: [
        {
          ...{ turn: 1, seq: 5, callerStoppedAt: begun + 1000, isAtLeast: true, noticedAt: begun + 1000 },
          ...{ committedAt: begun + 1250, firstDeltaAt: begun + 2500, audibleAt: begun + 2750 },
          toolsMs: 250,
        },
      ],
      p50Ms: 1750,
      p95Ms: 1750,
      greetingMs: 500,
    });
  });

  test('one call tells what it lost, and for how long', async () => {
    const second = await killed({ gapMs: 1200 });
    const { journal } = second;
    house = await new HttpHouse({ journal }).open();
    const losses = async () => CallLosses.parse((await house.api(`/api/calls/${KILLED_SID}/losses`)).json);
    // No row tells yet that the process is gone.
    expect(await losses()).toMatchObject([{ of: 'process', gapMs: null, isForGood: false }]);
    await second.desk.afterStream({ callSid: KILLED_SID, over: undefined });
    house.desk.live = { commands: [], delays: {} };
    expect(await losses()).toMatchObject([
      { of: 'process', gapMs: 1200 },
      { of: 'stream', gapMs: null, isForGood: false },
    ]);
    second.tells(KILLED_SID, { type: 'phone.attached', streamSid: 'MZ2' });
    await second.clock.run(0);
    expect((await losses()).map(({ gapMs }) => gapMs)).toEqual([1200, 1200]);
  });
});

describe('the rows of a call', () => {
  const rows = async (query = '') => (await (await open()).api(`/api/calls/${CALL_SID}/events${query}`)).json;

  test('the rows of a call come without words, unless more is asked for', async () => {
    const told = z.array(CallRow).parse(await rows());
    expect(told).toHaveLength(15);
    expect(JSON.stringify(told)).not.toContain(SECRET_WORD);
  });

  test('the rows of a call say who told whom, and what the chart made of it', async () => {
    const told = z.array(FullRow).parse(await rows('?bodies=full'));
    const shown = told.map(({ event, from, to, taken }) => [event, from, to, taken?.length ?? null]);
    expect(shown.slice(0, 4)).toEqual([
      ['call.accepted', 'call', null, null],
      ['phone.attached', 'phone', 'call', 1],
      ['configure', 'call', 'model', null],
      ['playback.started', 'phone', 'call', 1],
    ]);
    expect(told[7]).toMatchObject({
      event: 'digit.pressed',
      taken: [],
      body: { digit: '7' },
      path: 'conversing.listening.quiet',
      state: 'conversing.listening',
    });
    expect(told[6]?.body).toEqual({ itemId: 'i1', text: `It is ${SECRET_WORD}, 42`, language: 'en' });
  });

  test.each(['full', 'redacted'])(
    'the rows of a call say which regions they changed, with %s bodies',
    async (bodies) => {
      const told = z.array(FullRow).parse(await rows(`?bodies=${bodies}`));
      expect(told.map(({ regions }) => regions).slice(0, 7)).toEqual([
        {},
        { line: 'attached', turn: 'answered' },
        {},
        {},
        {},
        { turn: 'owed' },
        {},
      ]);
    },
  );

  test('the rows of a call keep only their shape when redacted', async () => {
    const told = z.array(FullRow).parse(await rows('?bodies=redacted'));
    const text = JSON.stringify(told);
    for (const secret of [SECRET_WORD, CALLER_NUMBER, '2025550100', '42']) expect(text).not.toContain(secret);
    expect(told[0]?.body).toMatchObject({ agentId: 'default', from: '+•••••••••••', direction: 'inbound' });
    expect(told[6]?.body).toEqual({ itemId: 'i1', text: '•• •• •••••••••••••••, ••', language: 'en' });
    expect(told[7]?.body).toEqual({ digit: '•' });
    expect(told[8]?.body).toMatchObject({ request: { toolCallId: 't1', name: 'create_lead' } });
    expect(told[9]?.body).toMatchObject({ slot: 'tool.0', name: 'create_lead', outcome: { status: 'ok' } });
  });

  test('the rows of a call can be asked for beyond a seq', async () => {
    expect(
      z
        .array(CallRow)
        .parse(await rows('?after=13'))
        .map(({ seq }) => seq),
    ).toEqual([14, 15]);
  });

  test.each([
    ['bodies', 'all'],
    ['after', '-1'],
    ['after', 'x'],
  ])('the rows of a call refuse %s=%s', async (name, value) => {
    expect(await (await open()).api(`/api/calls/${CALL_SID}/events?${name}=${value}`)).toMatchObject(
      problem(name),
    );
  });
});

describe('the file of a call', () => {
  const exported = async (query = '') => (await open()).api(`/api/calls/${CALL_SID}/export${query}`);

  test('the file of a call holds nothing that was said, keyed or dialled, unless it is asked for', async () => {
    const reply = await exported();
    expect(reply.headers['content-disposition']).toBe(`attachment; filename="call-${CALL_SID}.json"`);
    for (const secret of [SECRET_WORD, CALLER_NUMBER, '2025550100']) expect(reply.text).not.toContain(secret);
    const file = readCallFile(reply.text);
    expect(file).toMatchObject({ words: 'masked', call: { callSid: CALL_SID, from: '+•••••••••••' } });
    expect(file.rows).toHaveLength(15);
    expect(file.transcript.map(({ text }) => text)).toEqual([
      '•• •• •••••••••••••••, ••',
      'create_lead: done',
      '•••••• •••••••••••••••',
    ]);
    expect(file.chart.machineId).toBe('call');
  });

  test('the file of a call holds everything that was said when asked for', async () => {
    const file = readCallFile((await exported('?words=full')).text);
    expect(file.transcript[0]?.text).toContain(SECRET_WORD);
    expect(file.call.from).toBe(CALLER_NUMBER);
  });

  test('the file of a call has the regions that each row changed; one of version 1 has none, and opens as well', async () => {
    const { text } = await exported();
    expect(readCallFile(text).rows[5]?.regions).toEqual({ turn: 'owed' });

    const isNew = (key: string) => key === 'regions' || key === 'feedVersion';
    const written = JSON.parse(text, (key, value: unknown) => (isNew(key) ? undefined : value)) as CallFile;
    const old = readCallFile(JSON.stringify({ ...written, version: 1 }));
    expect(old.rows.map(({ regions }) => regions)).toEqual(written.rows.map(() => null));
    expect(old.chart.regions).toEqual([]);
  });

  test('the file of a call is masked or full', async () => {
    expect(await exported('?words=some')).toMatchObject(problem('words'));
  });

  test.each([
    ['', 'the file is not JSON'],
    ['[]', 'the file is not a call of Callchart'],
    ['{"kind":"callchart.call","version":3}', 'has version 3'],
    ['{"kind":"callchart.call","version":1}', 'the file is damaged: exportedAt'],
    ['{"kind":"callchart.call","version":2}', 'the file is damaged: feedVersion'],
  ])('the file of a call is not opened when it is %j', (text, why) => {
    expect(() => readCallFile(text)).toThrow(why);
  });
});

describe('charts', () => {
  test('charts are told as they are drawn', async () => {
    await open();
    expect(ChartPicture.parse((await house.api('/api/charts/call')).json).machineId).toBe('call');
    expect(await house.api('/api/charts/toolCall')).toMatchObject({ status: 200 });
  });

  test.each(['nope', '__proto__', '..%2f..%2fpackage'])('charts are not found by %s', async (name) => {
    expect(await (await open()).api(`/api/charts/${name}`)).toMatchObject({
      status: 404,
      json: { detail: 'no chart has this name; the charts are call, session, toolCall' },
    });
  });
});

describe('analytics', () => {
  test('analytics sum up what ended calls did on today’s chart', async () => {
    await open();
    const told = Analytics.parse((await house.api('/api/analytics')).json);
    expect(told).toMatchObject({
      ...{ calls: 1, pending: 0, from: null, to: null, agent: null, tests: 'exclude' },
      endReasons: [{ reason: 'completed', count: 1 }],
      perDay: [{ day: '2026-11-25', calls: 1, totalMs: 3500 }],
      bargeIns: { total: 1, callsWithAny: 1 },
      tools: [{ name: 'create_lead', calls: 1, outcomes: { ok: 1 } }],
      languages: [{ language: 'en', calls: 1 }],
      latency: { turns: 1, atLeast: 1 },
      untaken: [{ event: 'digit.pressed', state: 'conversing.listening.quiet', count: 1 }],
    });
    expect(told.neverTaken.length).toBeGreaterThan(100);
    expect(told.states.map(({ path }) => path)).toContain('conversing.listening');
  });

  test('analytics are of the days and the agent asked for', async () => {
    await open();
    expect((await house.api('/api/analytics?from=2026-11-26&agent=default')).json).toMatchObject({
      ...{ calls: 0, from: '2026-11-26', to: null, agent: 'default' },
    });
  });

  test('analytics lead to the calls that took a transition', async () => {
    await open();
    const id = encodeURIComponent('call:a|phone.attached|0');
    const page = CallPage.parse(
      (await house.api(`/api/analytics/calls?transition=${id}&to=2026-11-25`)).json,
    );
    expect(page.items.map(({ callSid }) => callSid)).toEqual([CALL_SID]);
    expect((await house.api(`/api/analytics/calls?transition=${id}&to=2026-11-24`)).json).toMatchObject({
      items: [],
    });
  });

  test.each([
    ['/api/analytics?from=2026-11-25T00:00:00Z', 'from'],
    ['/api/analytics?to=today', 'to'],
    ['/api/analytics/calls', 'transition'],
    ['/api/analytics/calls?transition=', 'transition'],
  ])('analytics refuse %s', async (path, name) => {
    expect(await (await open()).api(path)).toMatchObject(problem(name));
  });
});
