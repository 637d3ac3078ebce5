import { describe, expect, onTestFinished, test } from 'vitest';
import { shareCalls } from '../../../src/engine/sharing.ts';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import type { DeskCommand } from '../../../src/services/desk/desk.ts';
import { board, limitsOf } from '../../support/admission.ts';
import { audible, finished, heardAll, started } from '../../support/call-chart.ts';
import { SiblingWorkers } from '../../support/sibling-workers.ts';
import { storeJournal } from '../../support/stored-calls.ts';

const CALLER = '+12025550123';
const PERSON = '+12025550111';
const SID = `CA${'1'.repeat(32)}`;

const profile = AgentProfile.parse({
  id: 'default',
  business: { name: 'Acme' },
  tools: [],
  escalation: { phoneNumber: PERSON },
});

/** Two workers of one engine: a journal between them, and a desk in each. */
function engine() {
  const { journal } = storeJournal();
  const house = new SiblingWorkers();
  const worker = () => {
    const agents = { find: () => undefined, forNumber: () => profile };
    const own = board(limitsOf(), { journal, agents });
    const siblings = house.join();
    const desk = shareCalls({ siblings, registry: own.registry, desk: own.desk, successors: undefined });
    onTestFinished(async () => {
      own.desk.dismissAll();
      await own.clock.run(60_000);
    });
    return { ...own, own: own.desk, desk, siblings };
  };
  return { house, journal, first: worker(), second: worker() };
}

type Worker = ReturnType<typeof engine>['first'];

/** A call that rings at one of them. */
const ring = ({ desk }: Worker, callSid = SID) =>
  desk.answer({ callSid, direction: 'inbound', from: CALLER, to: '+12025550100', peer: 'carrier' });

const stateIn = ({ registry }: Worker, callSid = SID) => registry.find(callSid)?.running.state;

describe('webhooks of a call of another worker', () => {
  test('a call that rings a second time, at another worker, is answered as where it lives, and no second time begun', async () => {
    const { first, second } = engine();
    expect(await ring(first)).toEqual({ kind: 'stream', token: `${SID} 1`, epoch: 1 });
    expect(await ring(second)).toEqual(await ring(first));
    expect([first.registry.size, second.registry.size]).toEqual([1, 0]);
  });

  test('a call that rings at two workers in one moment begins in one of them', async () => {
    const { first, second } = engine();
    const steps = await Promise.all([ring(first), ring(second)]);
    expect(steps).toMatchObject([{ kind: 'stream' }, { kind: 'stream' }]);
    expect(first.registry.size + second.registry.size).toBe(1);
    const owner = first.registry.size === 1 ? first : second;
    expect(await first.siblings.ownerOf(SID)).toBe(owner.siblings.own);
  });

  test('a call that is refused lives in no worker, and may ring at any', async () => {
    const { first, second } = engine();
    await first.own.drain(0);
    expect(await ring(first)).toMatchObject({ kind: 'busy', cause: 'draining' });
    expect(await second.siblings.ownerOf(SID)).toBeUndefined();
    expect(await ring(second)).toMatchObject({ kind: 'stream' });
    expect(await first.siblings.ownerOf(SID)).toBe(second.siblings.own);
  });

  test('what comes after a stream is what the worker of the call says', async () => {
    const { first, second } = engine();
    await ring(first);
    first.isGreeted(SID);
    expect(await second.desk.command(SID, { type: 'transfer' })).toBe('accepted');
    expect(stateIn(first)).toMatch(/^transferring/);
    await first.journal.transact('decideNext', { callSid: SID, next: 'dial', at: first.clock.now() });
    const step = { kind: 'dial', to: PERSON, callerId: '+12025550100' };
    expect(await second.desk.afterStream({ callSid: SID, over: undefined })).toEqual(step);
    expect(await first.desk.afterStream({ callSid: SID, over: undefined })).toEqual(step);
  });

  test('the result of a dialling reaches the call, and its last word ends it', async () => {
    const { first, second } = engine();
    await ring(first);
    first.isGreeted(SID);
    await first.desk.command(SID, { type: 'transfer' });
    first.tells(SID, started('transfer'), audible, finished('transfer'), heardAll);
    const over = 'completed';
    expect(await second.desk.dialResult({ callSid: SID, over, result: 'busy' })).toEqual({ kind: 'hangup' });
    await first.clock.run(10_000);
    expect(first.registry.size).toBe(0);
    const events = await first.journal.query('events', { callSid: SID });
    expect(events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['transfer.ended', 'phone.completed', 'call.ended']),
    );
  });

  test("the carrier's word that a call is over ends it where it lives, and it lives nowhere then", async () => {
    const { first, second } = engine();
    await ring(first);
    await second.desk.status({ of: 'call', callSid: SID, status: 'completed', over: 'completed' });
    await first.clock.run(10_000);
    expect(first.registry.size).toBe(0);
    expect(await second.siblings.ownerOf(SID)).toBeUndefined();
    expect(await first.journal.query('call', { callSid: SID })).toMatchObject({ state: 'ended' });
  });

  test('a status while the call goes on is taken, and so are those of texts, streams and recordings', async () => {
    const { first, second, house } = engine();
    await ring(first);
    const before = house.exchanges;
    await second.desk.status({ of: 'call', callSid: SID, status: 'in-progress', over: undefined });
    expect(house.exchanges).toBe(before + 1);
    await second.desk.status({ of: 'stream', callSid: SID, event: 'started' });
    await second.desk.status({ of: 'message', messageSid: 'SM1', status: 'delivered' });
    const recording = { recordingSid: `RE${'2'.repeat(32)}`, status: 'completed', durationS: 7 };
    await second.desk.recording({ callSid: SID, ...recording });
    expect(house.exchanges).toBe(before + 1);
    const events = await first.journal.query('events', { callSid: SID });
    expect(events.map(({ event }) => event)).toContain('recording.reported');
  });
});

describe('commands to a call of another worker', () => {
  const commands: DeskCommand[] = [
    { type: 'say', text: 'Good morning' },
    { type: 'whisper', text: 'Be brief' },
    { type: 'mute', muted: true },
    { type: 'mute', muted: false },
  ];

  test('a call takes every command from any worker as from its own', async () => {
    const { first, second } = engine();
    await ring(first);
    first.isGreeted(SID);
    const told = async (desk: Worker['desk']) => {
      const before = first.orders.get(SID)?.length ?? 0;
      const answers = [];
      for (const command of commands) answers.push(await desk.command(SID, command));
      return {
        answers,
        orders: first.orders
          .get(SID)
          ?.slice(before)
          .map(({ type }) => type),
      };
    };
    const here = await told(first.desk);
    expect(here.answers).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
    expect(here.orders?.length).toBeGreaterThan(0);
    expect((await told(second.desk)).answers).toEqual(here.answers);
    expect(await second.desk.command(SID, { type: 'hangup' })).toBe('accepted');
    expect(stateIn(first)).toMatch(/^ending/);
  });

  test('a command that makes no sense is refused with the state of the call, and one to no call with nothing', async () => {
    const { first, second } = engine();
    await ring(first);
    const paused = { type: 'recording', paused: true } as const;
    const answer = await first.desk.command(SID, paused);
    expect(answer).toEqual({ conflict: 'connecting' });
    expect(await second.desk.command(SID, paused)).toEqual(answer);
    expect(await second.desk.command('CA2', paused)).toBe('unknown');
  });

  test('a number that is against the rules is refused with its rule, as by the own desk', async () => {
    const { first, second } = engine();
    await ring(first);
    first.isGreeted(SID);
    const transfer = { type: 'transfer', to: '+442079460000' } as const;
    const refused = await first.desk.command(SID, transfer).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'NUMBER_REFUSED' });
    const { code, message } = refused as Error & { code: string };
    await expect(second.desk.command(SID, transfer)).rejects.toMatchObject({ code, message });
  });

  test('which commands a call takes, and its delays, are the same from every worker', async () => {
    const { first, second } = engine();
    await ring(first);
    first.isGreeted(SID);
    const standing = await first.desk.liveCall(SID);
    expect(standing?.commands).toContain('hangup');
    expect(await second.desk.liveCall(SID)).toEqual(standing);
    expect(await second.desk.liveCall('CA2')).toBeUndefined();
  });
});

describe('a worker and its calls', () => {
  test('what is asked of a call where it lives goes to no other worker', async () => {
    const { first, house } = engine();
    await ring(first);
    await first.desk.command(SID, { type: 'mute', muted: true });
    await first.desk.liveCall(SID);
    await first.desk.afterStream({ callSid: SID, over: undefined });
    expect(house.exchanges).toBe(0);
  });

  test('a call of a worker that is lost is decided by whoever is asked', async () => {
    const { first, second, house } = engine();
    await ring(first);
    house.lose(first.siblings);
    expect(await second.desk.command(SID, { type: 'hangup' })).toBe('unknown');
    expect(await second.desk.afterStream({ callSid: SID, over: 'completed' })).toEqual({ kind: 'hangup' });
  });

  test('a worker that is lost while it is asked is as one that has no call', async () => {
    const { first, second, house } = engine();
    await ring(first);
    const asked = second.desk.command(SID, { type: 'mute', muted: true });
    house.lose(first.siblings);
    expect(await asked).toBe('unknown');
  });

  test('a question that another version asks in other words is refused, and changes nothing', async () => {
    const { first, second } = engine();
    await ring(first);
    const { own } = first.siblings;
    const asked = second.siblings.ask(own, 'desk.command', { callSid: SID, command: { type: 'explode' } });
    await expect(asked).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(stateIn(first)).toBe('connecting');
  });
});
