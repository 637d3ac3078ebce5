import { describe, expect, test } from 'vitest';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { board, profile } from '../../support/admission.ts';
import { audible, finished, heardAll, started } from '../../support/call-chart.ts';

const CALLER = '+12025550123';
const PERSON = '+12025550177';
const withPerson = AgentProfile.parse({
  ...{ id: 'default', business: profile.business, tools: [] },
  escalation: { phoneNumber: PERSON },
});

/** A call in memory whose row another program has ended. */
async function callWithWrongRow() {
  const desk = board();
  const { callSid } = await desk.rings(CALLER, { profile: withPerson });
  await desk.journal.transact('decideNext', { callSid, next: 'dial', at: 0 });
  expect(await desk.journal.transact('endCall', { callSid, reason: 'lost', at: 0 })).toBe(true);
  return { ...desk, callSid };
}

describe('a live call whose row says that it has ended', () => {
  test('a live call whose row says that it has ended is put through to the person it asked for', async () => {
    const { desk, callSid, isGreeted, tells } = await callWithWrongRow();
    isGreeted(callSid);
    tells(
      callSid,
      { type: 'transfer.requested' },
      started('transfer'),
      audible,
      finished('transfer'),
      heardAll,
    );
    expect(await desk.afterStream({ callSid, over: undefined })).toMatchObject({
      kind: 'dial',
      to: PERSON,
    });
  });

  test('a live call whose row says that it has ended gets its stream by its webhook sent again, once', async () => {
    const { rings, registry, journal, callSid } = await callWithWrongRow();
    expect(await rings(CALLER, { callSid })).toMatchObject({ kind: 'stream' });
    const token = { nonce: 'n1', callSid, epoch: 1, at: 0, isLive: registry.isLive(callSid) };
    expect(await journal.transact('consumeToken', token)).toBe(true);
    expect(await journal.transact('consumeToken', token)).toBe(false);
    expect(await journal.transact('nextEpoch', { callSid, isLive: true })).toEqual({ epoch: 2 });
  });

  test('a live call whose row says that it has ended is over when it has ended itself', async () => {
    const { rings, ends, desk, registry, callSid } = await callWithWrongRow();
    await ends(callSid);
    expect(registry.isLive(callSid)).toBe(false);
    expect(await desk.afterStream({ callSid, over: undefined })).toEqual({ kind: 'hangup' });
    expect(await rings(CALLER, { callSid })).toMatchObject({ kind: 'hangup' });
  });
});
