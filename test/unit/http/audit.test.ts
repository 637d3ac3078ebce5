import { randomBytes } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import type { AuditPage } from '../../../src/protocol/console-audit.ts';
import { AuditTrail } from '../../../src/services/audit/audit-trail.ts';
import type { HttpDeps } from '../../../src/services/http/app.ts';
import type { GuardRules } from '../../../src/services/http/guard.ts';
import { routeRows } from '../../../src/services/http/routes.ts';
import { TWILIO_ROUTES } from '../../../src/services/twilio/webhooks/twilio-routes.ts';
import type { CallRecord } from '../../../src/services/storage/calls.port.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { ADMIN_TOKEN, CALL_SID, HttpHouse } from '../../support/http.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { CALLER_NUMBER, shortCall, storeJournal } from '../../support/stored-calls.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const BEGUN = Date.UTC(2026, 10, 25, 10);
const PROFILE = { business: { name: 'Grandmother Willow' }, greeting: 'Good day, dear.' };

const PLACED: CallRecord = {
  ...{ callSid: 'CA77', agentId: 'plumber', direction: 'outbound', from: CALLER_NUMBER, to: '+12025550199' },
  ...{ isTest: false, state: 'connecting', startedAt: '2026-11-25T10:00:00.000Z' },
  ...{ endedAt: null, endReason: null, durationMs: null },
};

/** The API with a trail in a real journal. */
async function audited({
  isRefusing = false,
  ...changes
}: Partial<HttpDeps> & { rules?: Partial<GuardRules>; isRefusing?: boolean } = {}) {
  const { journal: stored } = storeJournal();
  const refused = () => Promise.reject(new EngineError('STORAGE_UNAVAILABLE', 'SQLITE_FULL'));
  const journal: Journal = isRefusing ? { ...stored, transact: refused } : stored;
  journal.record(CALL_SID, shortCall(CALL_SID));
  const clock = new VirtualClock(BEGUN);
  const log = new KeptLog();
  const trail = new AuditTrail({ journal, clock, log, key: Buffer.alloc(32, 7) });
  const house = await new HttpHouse({
    ...{ journal, audit: { trail }, ...changes },
    agents: {
      ...{ list: () => [], stored: () => undefined, versions: () => Promise.resolve(undefined) },
      check: () => ({ problems: [] }),
      put: (id) =>
        Promise.resolve(
          id === 'wrong'
            ? { problems: [{ path: 'voice', message: 'is none' }] }
            : { profile: AgentProfile.parse({ id, ...PROFILE }), version: '2222', replaces: '1111' },
        ),
    },
  }).open();
  onTestFinished(() => house.close());
  const rows = async () => ((await house.api('/api/audit')).json as AuditPage).items;
  /** As an operator, with a body where the method takes one. */
  const ask = (method: string, path: string, body: unknown = {}) =>
    method === 'POST' || method === 'PUT' ? house.send(method, path, body) : house.api(path, { method });
  return { house, ask, clock, log, rows };
}

describe("an operator's act", () => {
  test("an operator's act is a row with who, what, when, on what, from where and what came of it", async () => {
    const { house, rows } = await audited();
    await house.send('POST', `/api/calls/${CALL_SID}/hangup`, {});
    expect(await rows()).toEqual([
      {
        ...{ id: 1, at: '2026-11-25T10:00:00.000Z', who: 'token', client: 'program', address: '127.0.0.1' },
        ...{ act: 'hangup', callSid: CALL_SID, agentId: null, caller: null },
        ...{ fromVersion: null, toVersion: null, status: 202 },
      },
    ]);
  });

  test("an operator's act is a row whatever came of it, and on each route that does something", async () => {
    const { ask, rows } = await audited();
    const acting = routeRows().filter(({ spec, method }) => spec.guard === 'admin' && method !== 'GET');
    for (const { method, path } of acting) {
      const address = path
        .replace(':callSid', CALL_SID)
        .replace(':id', 'plumber')
        .replace(':phone', '%2B12025550199');
      await ask(method, address);
    }
    const all = await rows();
    expect(all).toHaveLength(acting.length);
    expect(new Set(all.map(({ act }) => act)).size).toBe(acting.length);
    for (const { status } of all) expect(status).not.toBeNull();
  });

  test("an operator's act is no row for a read, nor for a refused client", async () => {
    const { house, rows } = await audited();
    for (const { method, path, spec } of [...routeRows(TWILIO_ROUTES.specs), ...routeRows()]) {
      const address = path.replace(':callSid', CALL_SID).replace(/:\w+/, 'call');
      if (spec.guard === 'admin' && method === 'GET' && !path.endsWith('/recording'))
        await house.api(address);
      await house.ask(address, { method, headers: { Authorization: 'Bearer wrong' } });
      await house.ask(address, { method });
    }
    expect(await rows()).toEqual([]);
  });

  test("an operator's act holds no value: no number, no word, nothing of a profile", async () => {
    const { house, ask, rows } = await audited({
      outbound: { place: () => Promise.resolve(PLACED) },
    });
    await house.send('POST', `/api/calls/${CALL_SID}/say`, { text: 'the wolf is coming' });
    await house.send('POST', `/api/calls/${CALL_SID}/whisper`, { text: 'be kind' });
    await house.send('POST', `/api/calls/${CALL_SID}/transfer`, { to: CALLER_NUMBER });
    await house.send('POST', '/api/calls', { to: CALLER_NUMBER, agentId: 'plumber' });
    await house.send('POST', '/api/softphone/say', { text: 'where is she' });
    await house.send('PUT', '/api/agents/shop', PROFILE);
    await house.send('POST', `/api/calls/${encodeURIComponent(CALLER_NUMBER)}/hangup`, {});
    await ask('DELETE', `/api/callers/${encodeURIComponent(CALLER_NUMBER)}`);
    const text = JSON.stringify(await rows());
    expect(text).toContain('softphoneSay');
    for (const canary of [CALLER_NUMBER.slice(1), 'wolf', 'kind', 'where', 'Willow', 'dear', ADMIN_TOKEN]) {
      expect(text).not.toContain(canary);
    }
  });

  test("an operator's act names the call that was placed, and the versions of a profile", async () => {
    const { house, rows } = await audited({
      outbound: { place: () => Promise.resolve(PLACED) },
    });
    await house.send('POST', '/api/calls', { to: CALLER_NUMBER, agentId: 'plumber' });
    await house.send('PUT', '/api/agents/shop', PROFILE);
    await house.send('PUT', '/api/agents/wrong', PROFILE);
    expect(await rows()).toMatchObject([
      { act: 'saveAgent', agentId: 'wrong', fromVersion: null, toVersion: null, status: 400 },
      { act: 'saveAgent', agentId: 'shop', fromVersion: '1111', toVersion: '2222', status: 200 },
      { act: 'placeCall', agentId: 'plumber', callSid: 'CA77', status: 201 },
    ]);
  });

  test("an operator's act names the credential of its client, and what the client calls itself", async () => {
    const { house, rows } = await audited({ rules: { adminToken: undefined } });
    for (const agent of ['callchart/command-line', 'Mozilla/5.0 (X11)', 'curl/8', '']) {
      await house.ask(`/api/calls/${CALL_SID}/hangup`, { method: 'POST', headers: { 'User-Agent': agent } });
    }
    const all = await rows();
    expect(all.map(({ who, client }) => [who, client])).toEqual([
      ['loopback', 'program'],
      ['loopback', 'program'],
      ['loopback', 'browser'],
      ['loopback', 'commandLine'],
    ]);
  });

  test("an operator's act names the address that the engine is told, however long that is", async () => {
    const { journal } = storeJournal();
    const trail = new AuditTrail({
      journal,
      clock: new VirtualClock(),
      log: new KeptLog(),
      key: randomBytes(32),
    });
    const addressOf = () => '2001:db8::7'.padEnd(5000, 'x');
    const house = await new HttpHouse({ journal, audit: { trail, addressOf } }).open();
    onTestFinished(() => house.close());
    await house.send('POST', `/api/calls/${CALL_SID}/hangup`, {});
    const [row] = ((await house.api('/api/audit')).json as AuditPage).items;
    expect(row?.address).toHaveLength(64);
    expect(row?.address).toMatch(/^2001:db8::7x/);
  });

  test("an operator's act is found by its name, and a name that is none is refused", async () => {
    const { house, rows } = await audited();
    await house.send('POST', `/api/calls/${CALL_SID}/hangup`, {});
    await house.send('POST', `/api/calls/${CALL_SID}/mute`, { muted: true });
    expect(await rows()).toHaveLength(2);
    const muted = (await house.api('/api/audit?act=mute&limit=1')).json as AuditPage;
    expect(muted).toMatchObject({ items: [{ act: 'mute' }], nextCursor: null });
    expect((await house.api('/api/audit?act=dance')).status).toBe(400);
    expect((await house.ask('/api/audit')).status).toBe(401);
  });
});

describe('an erased caller', () => {
  test('an erased caller is a row with a digest that only the key makes, the same each time', async () => {
    const { ask, rows } = await audited();
    const erase = (phone: string) => ask('DELETE', `/api/callers/${encodeURIComponent(phone)}`);
    expect((await erase(CALLER_NUMBER)).status).toBe(204);
    expect((await erase(CALLER_NUMBER)).status).toBe(404);
    await erase('+12025550111');
    const [other, again, first] = await rows();
    expect(first).toMatchObject({
      act: 'eraseCaller',
      status: 204,
      caller: 'b1700708f76b09752e64fe4d3766dd75',
    });
    expect(again).toMatchObject({ status: 404, caller: first?.caller });
    expect(other?.caller).not.toBe(first?.caller);
  });

  test('a caller is not erased, and no words are handed out, when the audit row cannot be written', async () => {
    const { house, ask, log } = await audited({ isRefusing: true });
    const refused = [
      ['DELETE', `/api/callers/${encodeURIComponent(CALLER_NUMBER)}`],
      ['GET', `/api/calls/${CALL_SID}/export?words=full`],
      ['GET', `/api/calls/${CALL_SID}/recording`],
      ['PUT', '/api/agents/shop'],
      ['POST', '/api/calls'],
    ] as const;
    for (const [method, path] of refused) {
      const reply = await ask(method, path, PROFILE);
      expect([path, reply.status]).toEqual([path, 503]);
    }
    expect((await house.api(`/api/calls/${CALL_SID}/export`)).status).toBe(200);
    expect(log.lines[0]).toMatchObject({ fields: { act: 'eraseCaller', code: 'STORAGE_UNAVAILABLE' } });
  });
});

test('a call is hung up while the disk accepts no write, and the act is kept for later', async () => {
  const { house, rows } = await audited({ isRefusing: true });
  expect((await house.send('POST', `/api/calls/${CALL_SID}/hangup`, {})).status).toBe(202);
  expect(house.desk.asked).toMatchObject([{ what: 'command', with: { type: 'hangup' } }]);
  expect(await rows()).toMatchObject([{ act: 'hangup', callSid: CALL_SID }]);
});

describe('what a page does again and again by itself', () => {
  test('what a page repeats by itself is one row for 10 min: each part of a recording that is played', async () => {
    const { Readable } = await import('node:stream');
    const { house, clock, rows } = await audited({
      recordings: {
        open: () => Promise.resolve({ length: 4, stream: () => Readable.from([Buffer.alloc(4)]) }),
        peaks: () => Promise.resolve(undefined),
      },
    });
    const play = () => house.api(`/api/calls/${CALL_SID}/recording`, { headers: { Range: 'bytes=0-' } });
    for (let part = 0; part < 20; part++) await play();
    expect(await rows()).toMatchObject([{ act: 'readRecording', callSid: CALL_SID, status: 206 }]);
    await house.api('/api/calls/CA9/recording');
    clock.advance(600_000);
    await play();
    expect((await rows()).map(({ callSid }) => callSid)).toEqual([CALL_SID, 'CA9', CALL_SID]);
  });

  test('what a page repeats by itself is a row again when it failed', async () => {
    const { house, rows } = await audited();
    for (let n = 0; n < 3; n++) await house.api(`/api/calls/${CALL_SID}/recording`);
    expect(await rows()).toMatchObject([{ status: 404 }, { status: 404 }, { status: 404 }]);
  });
});
