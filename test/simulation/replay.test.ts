import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { replay } from '../../src/cli/replay.ts';
import { replayCall } from '../../src/cli/replayed-call.ts';
import { AgentProfile } from '../../src/protocol/agent-profile.ts';
import type { FullRow } from '../../src/protocol/console-calls.ts';
import { fullRowOf } from '../../src/protocol/shown-rows.ts';
import { loadCharts } from '../../src/charts/drawn-charts.ts';
import { audible, finished, heardAll, plainCall, started } from '../support/call-chart.ts';
import { row } from '../support/call-rows.ts';
import { CALL_SID, killed } from '../support/killed-call.ts';
import { recordedCall } from '../support/recorded-call.ts';

/** A call that was greeted, spoke over the greeting, was answered, fell silent until it was asked, and hung up. */
async function recorded(bodies: 'full' | 'redacted' = 'full'): Promise<FullRow[]> {
  const call = recordedCall({ latencyMs: 300 });
  const { clock, model, dials } = call;
  model.opens();
  await clock.run(100);
  const { carrier } = dials();
  await clock.run(1000);
  model.speechStarts('turn', 1000);
  await clock.run(1500);
  model.speechStops('turn', 'Hello?');
  await clock.run(40_000);
  carrier.hangUp();
  await clock.run(2000);
  const { limits } = AgentProfile.parse({ id: 'default', business: { name: 'Acme' }, tools: [] });
  const began = { ...plainCall, limits };
  const first = row('call.began', began, { state: 'connecting' });
  return [first, ...call.rows].map((entry, index) => fullRowOf({ ...entry, seq: index + 1 }, bodies));
}

const changed = (rows: readonly FullRow[], event: string, change: (row: FullRow) => FullRow | undefined) => {
  const at = rows.findIndex((row) => row.event === event);
  return rows.flatMap((row, index) =>
    index === at ? [change(row)].filter((one) => one !== undefined) : [row],
  );
};

describe('a recorded call', () => {
  test.each(['full', 'redacted'] as const)(
    'a recorded call is replayed to its end, with %s bodies',
    async (bodies) => {
      const rows = await recorded(bodies);
      const events = new Set(rows.map(({ event }) => event));
      for (const event of ['after.idleAfter', 'clearPlayback', 'playback.cleared', 'phone.stopped']) {
        expect(events).toContain(event);
      }
      expect(await replayCall(rows)).toEqual({
        rows: rows.filter(({ to }) => to !== null).length,
        difference: undefined,
      });
    },
  );

  test('a recorded call that led to another state differs there', async () => {
    const rows = changed(await recorded(), 'playback.started', (row) => ({
      ...row,
      path: 'conversing.responding',
    }));
    expect((await replayCall(rows)).difference).toMatchObject({
      recorded: 'playback.started (phone) in conversing.responding',
      today: expect.stringContaining('in conversing.greeting.audible') as string,
    });
  });

  test('a recorded call with an order that is not given today differs there', async () => {
    const rows = changed(await recorded(), 'createResponse', (row) => ({
      ...row,
      body: { purpose: 'goodbye' },
    }));
    expect((await replayCall(rows)).difference).toMatchObject({
      recorded: 'createResponse (model, goodbye) in conversing.greeting.awaited',
      today: 'createResponse (model, greeting) in conversing.greeting.awaited',
    });
  });

  test('a recorded call without an order that is given today differs there', async () => {
    const rows = changed(await recorded(), 'clearPlayback', () => undefined);
    expect((await replayCall(rows)).difference?.today).toContain('clearPlayback (phone)');
  });

  test('a recorded call in which a timer did not fire that fires today differs there', async () => {
    const rows = changed(await recorded(), 'after.idleAfter', () => undefined);
    expect((await replayCall(rows)).difference).toMatchObject({
      recorded: 'createResponse (model, idlePrompt) in conversing.listening.awaitingReply',
      today: 'nothing',
    });
  });

  test('a recorded call in which a timer fires today that did not fire then differs there', async () => {
    const rows = await recorded();
    const silent = rows.findIndex(({ event }) => event === 'after.idleAfter');
    const [stopped] = rows.filter(({ event }) => event === 'phone.stopped');
    const without = [...rows.slice(0, silent), ...(stopped === undefined ? [] : [stopped])];
    expect((await replayCall(without)).difference?.today).toContain('after.idleAfter');
  });

  test('a recorded call in which a timer fired long before it does today differs there', async () => {
    const rows = changed(await recorded(), 'after.idleAfter', (row) => ({
      ...row,
      at: new Date(Date.parse(row.at) - 5000).toISOString(),
    }));
    expect((await replayCall(rows)).difference).toMatchObject({
      recorded: 'after.idleAfter (call) in conversing.listening.awaitingReply',
      today: 'nothing',
    });
  });

  test('a recorded call with a leg’s fact behind its end is replayed to its end', async () => {
    const rows = await recorded();
    const last = rows.at(-1);
    if (last === undefined) throw new Error('nothing was recorded');
    const late = { ...last, seq: last.seq + 1, actor: 'model', from: 'model', to: 'call' };
    const { difference } = await replayCall([...rows, { ...late, event: 'agent.said', body: {} }]);
    expect(difference).toBeUndefined();
  });

  test('a recorded call without its end differs there', async () => {
    const rows = await recorded();
    expect((await replayCall(rows.slice(0, -1))).difference).toMatchObject({ recorded: 'nothing more' });
  });

  test.each([
    [(rows: FullRow[]) => rows.slice(1), 'an engine before 0.2 wrote it'],
    [
      (rows: FullRow[]) => changed(rows, 'call.began', (row) => ({ ...row, body: { turns: 'both' } })),
      '`call.began` in the record is invalid',
    ],
  ])('a record whose `call.began` is missing or invalid is refused', async (damage, why) => {
    await expect(replayCall(damage(await recorded()))).rejects.toThrow(why);
  });
});

describe('a recorded call that went on in another process', () => {
  async function resumed(): Promise<FullRow[]> {
    const second = await killed({}, async ({ tells, clock }) => {
      tells(CALL_SID, { type: 'caller.startedSpeaking', itemId: 'u1' });
      await clock.run(900);
      tells(CALL_SID, { type: 'caller.stoppedSpeaking', itemId: 'u1', speechMs: 900 });
    });
    await second.desk.afterStream({ callSid: CALL_SID, over: undefined });
    await second.clock.run(400);
    second.tells(CALL_SID, { type: 'model.configured' }, { type: 'phone.attached', streamSid: 'MZ2' });
    second.tells(CALL_SID, started('resumption', 'r1'), audible);
    await second.clock.run(1000);
    second.tells(CALL_SID, finished('resumption', {}, 'r1'), heardAll);
    await second.clock.run(9000);
    second.tells(CALL_SID, { type: 'phone.stopped', heard: [] });
    await second.clock.run(2000);
    const rows = await second.journal.query('events', { callSid: CALL_SID });
    return rows.map((row) => fullRowOf(row, 'full'));
  }

  test('a recorded call is replayed in each of its processes, to its end', async () => {
    const rows = await resumed();
    expect(rows.map(({ event }) => event)).toContain('call.resumed');
    expect(rows.at(-1)).toMatchObject({ event: 'call.ended', body: { reason: 'caller_hung_up' } });
    expect(await replayCall(rows)).toEqual({
      rows: rows.filter(({ to }) => to !== null).length,
      difference: undefined,
    });
  });

  test('a recorded call that went on otherwise differs there', async () => {
    const rows = changed(await resumed(), 'call.resumed', (row) => ({
      ...row,
      body: { ...row.body, owed: 'transfer' },
    }));
    expect((await replayCall(rows)).difference?.today).toContain('in transferring.dialing');
  });

  test('a record whose `call.resumed` is invalid is refused', async () => {
    const rows = changed(await resumed(), 'call.resumed', (row) => ({ ...row, body: { owed: 'all' } }));
    await expect(replayCall(rows)).rejects.toThrow('`call.resumed` in the record is invalid');
  });
});

describe('the command', () => {
  const printed: string[] = [];
  const terminal = {
    hasColours: false,
    print: (line: string) => printed.push(line),
    complain: () => undefined,
  };
  const fileOf = (text: string) => {
    const path = join(mkdtempSync(join(tmpdir(), 'replay-')), 'call.json');
    writeFileSync(path, text);
    return path;
  };

  test('callchart replay opens a file, and ends with 1 when there is a difference', async () => {
    const chart = loadCharts().get('call');
    const rows = await recorded('redacted');
    const at = new Date(0).toISOString();
    const file = {
      kind: 'callchart.call',
      version: 1,
      exportedAt: at,
      words: 'masked',
      call: {
        ...{
          callSid: 'CA1',
          agentId: 'a',
          direction: 'inbound',
          from: '',
          to: '',
          isTest: false,
          state: 'ended',
          startedAt: at,
        },
        ...{ endedAt: at, endReason: null, durationMs: 0, bargeIns: 0, toolCalls: 0, lastSpeaker: null },
      },
      transcript: [],
      chart,
      delays: {},
    };
    const write = (some: FullRow[]) => fileOf(JSON.stringify({ ...file, rows: some }));
    expect(await replay(write(rows), {}, terminal)).toBe(0);
    expect(printed.at(-1)).toMatch(/^CA1: today's chart does the same, in \d+ rows$/);
    expect(await replay(write(rows.slice(0, -1)), {}, terminal)).toBe(1);
    expect(printed.at(-2)).toBe('  recorded: nothing more');
  });

  test('callchart replay says what is wrong with a file', async () => {
    await expect(replay(fileOf('{}'), {}, terminal)).rejects.toThrow('call.json: the request is invalid');
  });
});
