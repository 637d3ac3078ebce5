import { describe, expect, test } from 'vitest';
import { rowOf } from '../../../console/timeline/row.ts';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import type { StoredEntry } from '../../../src/protocol/call-feed.ts';
import { CallLosses } from '../../../src/protocol/console-calls.ts';
import { lossesOf } from '../../../src/protocol/losses.ts';
import { board, limitsOf, profile, STREAM_LOST } from '../../support/admission.ts';
import { type Board, CALL_SID, CALLER, killed } from '../../support/killed-call.ts';
import { recordedNames, recordedVersions, rowsOf } from '../../support/golden/golden-files.ts';

const ERROR = { code: 'MODEL_LOST', message: 'the session was lost' } as const;
const SESSION_LOST = { type: 'model.disconnected', error: ERROR } as const;
const CONFIGURED = { type: 'model.configured' } as const;
const attached = (streamSid: string) => ({ type: 'phone.attached', streamSid }) as const;

const rowsIn = ({ journal }: Board): Promise<StoredEntry[]> => journal.query('events', { callSid: CALL_SID });
const lossesIn = async (one: Board) => CallLosses.parse(lossesOf(await rowsIn(one)));
const asks = ({ desk }: Board) => desk.afterStream({ callSid: CALL_SID, over: undefined });

/** A call that was greeted. */
async function greeted(agent: AgentProfile = profile): Promise<Board> {
  const one = board(limitsOf(), { agents: { find: () => undefined, forNumber: () => agent } });
  await one.rings(CALLER, { callSid: CALL_SID });
  one.isGreeted(CALL_SID);
  return one;
}

describe('the losses of a call', () => {
  test('the losses of a call are those of its streams, each until the next one', async () => {
    const one = await greeted();
    one.tells(CALL_SID, STREAM_LOST);
    await one.clock.run(0);
    const [open] = await lossesIn(one);
    expect(open).toMatchObject({ of: 'stream', gapMs: null, isForGood: false, isPlanned: false });
    expect((await rowsIn(one))[(open?.seq ?? 0) - 1]).toMatchObject({ event: 'phone.lost', at: open?.at });

    await one.clock.run(700);
    one.tells(CALL_SID, attached('MZ2'));
    await one.clock.run(2000);
    one.tells(CALL_SID, STREAM_LOST);
    await one.clock.run(300);
    one.tells(CALL_SID, attached('MZ3'));
    await one.clock.run(0);
    expect(await lossesIn(one)).toMatchObject([
      { of: 'stream', gapMs: 700 },
      { of: 'stream', gapMs: 300 },
    ]);
  });

  test('the losses of a call are those of its sessions, however many attempts fail before the next one', async () => {
    const one = await greeted();
    for (const told of [SESSION_LOST, SESSION_LOST, CONFIGURED]) {
      one.tells(CALL_SID, told);
      await one.clock.run(400);
    }
    expect(await lossesIn(one)).toMatchObject([{ of: 'session', gapMs: 800 }]);
  });

  test('the losses of a call have no session in them that never was', async () => {
    const one = board();
    await one.rings(CALLER, { callSid: CALL_SID });
    one.tells(CALL_SID, SESSION_LOST, CONFIGURED);
    await one.clock.run(0);
    expect(await lossesIn(one)).toEqual([]);
  });

  test('the losses of a call are its process and its stream, where the process was killed', async () => {
    const second = await killed({ gapMs: 1200 });
    await asks(second);
    await second.clock.run(500);
    // What fails before the first session of the next process is no other loss.
    second.tells(CALL_SID, SESSION_LOST, CONFIGURED, attached('MZ2'));
    await second.clock.run(0);
    expect(await lossesIn(second)).toMatchObject([
      { of: 'process', gapMs: 1200, isPlanned: false },
      { of: 'stream', gapMs: 1700 },
    ]);
  });

  test('the losses of a call keep a stream and a session that were lost before its process', async () => {
    const second = await killed({ gapMs: 1200 }, async ({ tells, clock }) => {
      tells(CALL_SID, SESSION_LOST, STREAM_LOST);
      await clock.run(300);
    });
    await asks(second);
    second.tells(CALL_SID, CONFIGURED, attached('MZ2'));
    await second.clock.run(0);
    const losses = await lossesIn(second);
    // Another row may have come in between: the process's gap is from its last one.
    expect(losses.find(({ of }) => of === 'process')?.gapMs).toBeLessThanOrEqual(1500);
    expect(losses.filter(({ of }) => of !== 'process')).toMatchObject([
      { of: 'session', gapMs: 1500 },
      { of: 'stream', gapMs: 1500 },
    ]);
  });

  test('the losses of a call tell one that was handed over apart, with how long it had no stream', async () => {
    const second = await killed({ gapMs: 0 }, ({ tells }) => {
      tells(CALL_SID, { type: 'handOver.requested' });
    });
    await second.clock.run(250);
    await asks(second);
    second.tells(CALL_SID, CONFIGURED, attached('MZ2'));
    await second.clock.run(0);
    expect(await lossesIn(second)).toMatchObject([
      { of: 'process', gapMs: 250, isPlanned: true, isForGood: false },
    ]);
  });

  test('the losses of a call are for good where nobody brought it back', async () => {
    const second = await killed();
    await second.journal.transact('endCall', { callSid: CALL_SID, reason: 'lost', at: 0 });
    expect(await lossesIn(second)).toMatchObject([{ of: 'process', gapMs: null, isForGood: true }]);

    const away = await killed({}, ({ tells }) => {
      tells(CALL_SID, { type: 'handOver.requested' });
    });
    await away.journal.transact('endCall', { callSid: CALL_SID, reason: 'lost', at: 0 });
    expect(await lossesIn(away)).toMatchObject([{ of: 'process', isPlanned: true, isForGood: true }]);
  });

  test('the losses of a call are for good where no other stream came, and where a person took over', async () => {
    const one = await greeted();
    one.tells(CALL_SID, STREAM_LOST);
    await one.clock.run(120_000);
    expect(await lossesIn(one)).toMatchObject([{ of: 'stream', gapMs: null, isForGood: true }]);

    const other = await greeted(
      AgentProfile.parse({ ...profile, escalation: { phoneNumber: '+12025550177' } }),
    );
    other.tells(CALL_SID, STREAM_LOST, { type: 'phone.left', mayReturn: false });
    await other.clock.run(0);
    expect(await lossesIn(other)).toMatchObject([{ of: 'stream', gapMs: null, isForGood: true }]);
  });

  test('the losses of a call are none of what was meant to end', async () => {
    const one = await greeted(
      AgentProfile.parse({ ...profile, escalation: { phoneNumber: '+12025550177' } }),
    );
    one.tells(CALL_SID, { type: 'model.rotated' }, { type: 'transfer.requested' });
    await one.clock.run(30_000);
    one.tells(CALL_SID, STREAM_LOST, { type: 'transfer.ended', result: 'noAnswer' }, attached('MZ2'));
    await one.ends(CALL_SID);
    expect((await rowsIn(one)).map(({ event }) => event)).toContain('call.ended');
    expect(await lossesIn(one)).toEqual([]);
  });

  const GOLDEN = recordedVersions().flatMap((version) =>
    recordedNames(version).map((name) => [version, name]),
  );
  test('the losses of a call are none of the process in any golden call: each ended by its chart', () => {
    for (const [version = '', name = ''] of GOLDEN) {
      const rows = rowsOf(version, name).map((row) => ({ ...rowOf(row), state: row.path }));
      expect(
        lossesOf(rows).filter(({ of }) => of === 'process'),
        `${version} ${name}`,
      ).toEqual([]);
    }
  });
});
