import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Erasures } from '../../../src/services/erasing/erasures.ts';
import { Recordings } from '../../../src/services/recordings/recordings.ts';
import { Retention } from '../../../src/services/erasing/retention.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { temporaryFolder } from '../../support/journal.ts';
import type { MakeBackend } from '../../support/journal-backend.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { CALLER_NUMBER, SECRET_WORD, shortCall } from '../../support/stored-calls.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 25, 12);
/** Its last row comes some seconds after its first. */
const LENGTH_MS = 10_000;
/** An engine answers when it does; a sweep then goes on. */
const WAIT = { timeout: 20_000, interval: 1 };

const oldCall = (callSid: string, days: number, isOver = true) =>
  shortCall(callSid, { at: NOW - days * DAY_MS - LENGTH_MS, isOver });

interface Options {
  readonly days?: number | undefined;
  readonly forget?: (callSid: string) => Promise<void>;
}

async function open(makeBackend: MakeBackend, options: Options = {}) {
  const { days, forget = () => Promise.resolve() } = { days: 30, ...options };
  const backend = await makeBackend();
  const journal = await backend.open();
  const clock = new VirtualClock(NOW);
  const log = new KeptLog();
  const erasures = new Erasures({ journal, recordings: { deleteRecording: forget } });
  const retention = new Retention({ days, journal, erasures, clock, log });
  onTestFinished(() => retention.close());
  const callSids = async () =>
    (await journal.query('findCalls', { limit: 200 })).items.map(({ callSid }) => callSid).sort();
  /** Lets time pass, a little at each look, until these are the calls that are left. */
  const leaves = (left: readonly string[]) =>
    vi.waitFor(async () => {
      await clock.run(50);
      expect(await callSids()).toEqual(left);
    }, WAIT);
  /** The sweep that was begun has looked for everything: nothing more is erased. */
  const sweeps = async () => {
    const swept = retention.sweep();
    let isOver = false;
    void swept.then(() => (isOver = true));
    await vi.waitFor(async () => {
      await clock.run(50);
      expect(isOver).toBe(true);
    }, WAIT);
  };
  return { backend, journal, clock, log, erasures, retention, callSids, leaves, sweeps };
}

async function leaveRecords(journal: Journal, callSid: string): Promise<void> {
  const at = NOW - 40 * DAY_MS;
  const who = { key: callSid, callSid, name: 'Rumpel', phone: CALLER_NUMBER, at };
  await journal.transact('createLead', { ...who, email: null, interest: null, notes: null });
  await journal.transact('createBooking', {
    ...{ ...who, caller: CALLER_NUMBER, diary: 'd', resources: [''], maxPerCall: 5, timezone: 'UTC' },
    ...{ service: 'hair', startsAt: '2026-12-24T10:00:00Z', endsAt: '2026-12-24T11:00:00Z' },
  });
  await journal.transact('createMessage', { ...who, to: CALLER_NUMBER, body: `Dear ${SECRET_WORD}` });
}

/** What every engine promises of calls that have grown old, whatever it keeps its journal in. */
export function describeRetention(engine: string, makeBackend: MakeBackend): void {
  describe(`a journal in ${engine}`, () => {
    test('calls past their retention are erased at start, and the others stay', async () => {
      const { journal, log, retention, leaves, sweeps } = await open(makeBackend);
      journal.record('CAold', oldCall('CAold', 31));
      journal.record('CAyoung', oldCall('CAyoung', 29));
      journal.record('CAlive', oldCall('CAlive', 60, false));
      retention.start();
      await leaves(['CAlive', 'CAyoung']);
      await sweeps();
      await leaves(['CAlive', 'CAyoung']);
      expect(await journal.query('events', { callSid: 'CAold' })).toEqual([]);
      expect(await journal.query('events', { callSid: 'CAlive' })).toHaveLength(14);
      expect(log.lines).toMatchObject([{ sentence: 'old calls erased', fields: { calls: 1 } }]);
      // A carrier that repeats an old request begins no call.
      const again = {
        callSid: 'CAold',
        agentId: 'a',
        direction: 'inbound',
        from: '',
        to: '',
        at: NOW,
      } as const;
      expect(await journal.transact('acceptCall', again)).toBeUndefined();
      expect((await journal.query('analytics', {})).calls).toBe(2);
    });

    test('the retention of a call counts from its end: a call that ended within the days is kept', async () => {
      const { journal, clock, retention, callSids, sweeps } = await open(makeBackend, { days: 1 });
      journal.record('CA1', shortCall('CA1', { at: NOW - DAY_MS - 3_000 }));
      await retention.sweep();
      expect(await callSids()).toEqual(['CA1']);
      await clock.run(3_001);
      await sweeps();
      expect(await callSids()).toEqual([]);
    });

    test('calls are kept for ever where no retention is set', async () => {
      const { journal, callSids, sweeps } = await open(makeBackend, { days: undefined });
      journal.record('CA1', oldCall('CA1', 36_000));
      await sweeps();
      expect(await callSids()).toEqual(['CA1']);
    });

    test('calls past their retention leave none of their words anywhere after the next sweep', async () => {
      const { backend, journal, sweeps } = await open(makeBackend);
      for (let n = 0; n < 30; n++) journal.record(`CA${String(n)}`, oldCall(`CA${String(n)}`, 31));
      await leaveRecords(journal, 'CA3');
      expect(await backend.holds(SECRET_WORD)).toBe(true);
      await sweeps();
      expect(await backend.holds(SECRET_WORD)).toBe(false);
      expect((await journal.query('findCalls', { limit: 1, q: SECRET_WORD })).items).toEqual([]);
    });

    test('calls past their retention leave leads and appointments to the business, and nothing else', async () => {
      const { journal, erasures, retention, leaves } = await open(makeBackend);
      journal.record('CA1', oldCall('CA1', 31));
      await leaveRecords(journal, 'CA1');
      const kept = async () => ({
        leads: (await journal.query('leads', { limit: 9 })).items.length,
        bookings: (await journal.query('bookings', { limit: 9 })).items.length,
        toCome: (await journal.query('calendar', { since: NOW, limit: 9 })).length,
        texts: (await journal.query('messages', { limit: 9 })).items.length,
      });
      retention.start();
      await leaves([]);
      expect(await kept()).toEqual({ leads: 1, bookings: 1, toCome: 1, texts: 0 });
      // What is left is found by the call still, and by the number.
      expect(await erasures.call('CA1')).toBe('erased');
      expect(await kept()).toEqual({ leads: 0, bookings: 0, toCome: 0, texts: 0 });
      expect(await erasures.caller(CALLER_NUMBER)).toBe('unknown');
    });

    test('calls past their retention take their recordings with them', async () => {
      const folder = join(temporaryFolder(), 'recordings');
      mkdirSync(folder);
      for (const name of ['CA1.wav', 'CA1.peaks', 'CA2.wav']) writeFileSync(join(folder, name), 'x');
      const recordings = new Recordings(folder);
      const { journal, retention, leaves } = await open(makeBackend, {
        forget: (sid) => recordings.deleteRecording(sid),
      });
      journal.record('CA1', oldCall('CA1', 31));
      journal.record('CA2', oldCall('CA2', 1));
      retention.start();
      await leaves(['CA2']);
      expect(readdirSync(folder)).toEqual(['CA2.wav']);
    });

    test('calls past their retention are kept while their recording cannot be deleted, and the others are erased', async () => {
      const forget = (sid: string) =>
        sid === 'CA1' ? Promise.reject(new Error('EPERM')) : Promise.resolve();
      const { journal, log, callSids, sweeps } = await open(makeBackend, { forget });
      for (const callSid of ['CA1', 'CA2', 'CA3']) journal.record(callSid, oldCall(callSid, 31));
      await sweeps();
      expect(await callSids()).toEqual(['CA1']);
      expect(log.lines.map(({ level }) => level)).toEqual(['warn', 'info']);
    });

    test('calls past their retention are erased to the end after a process died over one', async () => {
      const { journal, callSids, sweeps } = await open(makeBackend, { days: undefined });
      journal.record('CA1', oldCall('CA1', 0));
      expect(await journal.transact('eraseCall', { callSid: 'CA1', rows: 3, keepsRecords: true })).toEqual({
        isDone: false,
      });
      expect(await callSids()).toEqual([]);
      expect(await journal.query('events', { callSid: 'CA1' })).toHaveLength(12);
      await sweeps();
      expect(await journal.query('events', { callSid: 'CA1' })).toEqual([]);
      expect(await journal.query('halfErasedCalls', { limit: 9 })).toEqual([]);
    });
  });
}
