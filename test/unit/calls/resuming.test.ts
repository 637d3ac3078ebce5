import { describe, expect, test } from 'vitest';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import type { CallEvent } from '../../../src/machines/call/call.events.ts';
import { board, limitsOf, profile, STREAM_LOST, TEN } from '../../support/admission.ts';
import { type Board, CALL_SID, CALLER, killed, next } from '../../support/killed-call.ts';
import { audible, finished, heardAll, started } from '../../support/call-chart.ts';
import { bodiesOf } from '../../support/call-rows.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { storeJournal } from '../../support/stored-calls.ts';

const PERSON = '+12025550177';
const withPerson = AgentProfile.parse({ ...profile, escalation: { phoneNumber: PERSON } });

const asks = ({ desk }: Board) => desk.afterStream({ callSid: CALL_SID, over: undefined });
const rowsOf = ({ journal }: Board) => journal.query('events', { callSid: CALL_SID });
const recordOf = ({ journal }: Board) => journal.query('call', { callSid: CALL_SID });
const stateOf = ({ registry }: Board) => registry.find(CALL_SID)?.running.state;

const speaks = (itemId: string, text: string): CallEvent[] => [
  { type: 'caller.startedSpeaking', itemId },
  { type: 'caller.stoppedSpeaking', itemId, speechMs: 900 },
  { type: 'caller.committed', itemId },
  { type: 'caller.said', itemId, text },
];

describe('a call whose process has ended', () => {
  test('goes on when the carrier asks what comes after its stream', async () => {
    const second = await killed({}, ({ tells }) => {
      tells(CALL_SID, ...speaks('u1', 'My name is Ann.'));
    });
    expect(await asks(second)).toMatchObject({ kind: 'stream', token: 'CA1 1' });
    expect(stateOf(second)).toBe('awaitingStream.replyOwed');
    expect(second.registry.size).toBe(1);

    const [resumed] = bodiesOf(await rowsOf(second), 'call.resumed');
    expect(resumed).toMatchObject({ gapMs: 3000, elapsedMs: 3000, resumes: 0, owed: 'reply', answers: [] });
    second.tells(CALL_SID, { type: 'model.configured' }, { type: 'phone.attached', streamSid: 'MZ2' });
    expect(stateOf(second)).toBe('conversing.listening.awaitingReply');
    expect(second.orders.get(CALL_SID)).toContainEqual({ type: 'createResponse', purpose: 'resumption' });
    expect(await recordOf(second)).toMatchObject({ endedAt: null });
  });

  test('says its greeting when it has not, and not again when it has', async () => {
    const greeted = await killed();
    await asks(greeted);
    expect(stateOf(greeted)).toBe('awaitingStream.quiet');

    const { journal } = storeJournal();
    const first = board(limitsOf(), { journal });
    await first.rings(CALLER, { callSid: CALL_SID });
    const second = await next(first, profile, 1000);
    expect(await asks(second)).toMatchObject({ kind: 'stream' });
    expect(stateOf(second)).toBe('awaitingStream.greetingOwed');
  });

  test('goes on once, however many webhooks ask for it at a time', async () => {
    const second = await killed();
    const answers = await Promise.all([
      asks(second),
      second.desk.answer({ callSid: CALL_SID, direction: 'inbound', from: CALLER, to: '', peer: 'carrier' }),
      asks(second),
    ]);
    expect(answers.map(({ kind }) => kind)).toEqual(['stream', 'stream', 'stream']);
    expect(bodiesOf(await rowsOf(second), 'call.resumed')).toHaveLength(1);
    expect(second.registry.size).toBe(1);
  });

  test('goes on when the carrier asks at its fallback URL', async () => {
    const second = await killed();
    expect(await second.rings(CALLER, { callSid: CALL_SID })).toMatchObject({ kind: 'stream' });
    expect(stateOf(second)).toBe('awaitingStream.quiet');
    expect(bodiesOf(await rowsOf(second), 'call.began')).toHaveLength(1);
  });

  test('begins when it was placed and its chart had not, without a process before', async () => {
    const { journal, registry, rings } = board();
    const parties = { direction: 'outbound', from: '+12025550100', to: CALLER } as const;
    await journal.transact('acceptCall', { callSid: CALL_SID, agentId: 'default', ...parties, at: TEN });
    expect(await rings('', { callSid: CALL_SID, ...parties })).toMatchObject({ kind: 'stream' });
    expect(registry.find(CALL_SID)?.running.state).toBe('connecting');
  });

  test('begins anew when its process ended before its chart had written a word', async () => {
    const { journal, desk, registry } = board();
    const parties = { direction: 'inbound', from: CALLER, to: '+12025550100' } as const;
    await journal.transact('acceptCall', { callSid: CALL_SID, agentId: 'default', ...parties, at: TEN });
    expect(await desk.afterStream({ callSid: CALL_SID, over: undefined, epoch: 1 })).toMatchObject({
      kind: 'stream',
    });
    expect(registry.find(CALL_SID)?.running.state).toBe('connecting');
  });

  test('waits for the journal twice, and no more, until the carrier has its answer', async () => {
    const TAKES_MS = 100;
    const { clock, journal: fast } = await killed();
    const aWhile = () => new Promise<void>((resolve) => clock.setTimeout(resolve, TAKES_MS));
    const journal: Journal = {
      ...fast,
      query: (name, args) => aWhile().then(() => fast.query(name, args)),
      transact: (name, args) => aWhile().then(() => fast.transact(name, args)),
    };
    const second = board(limitsOf(), { journal, clock });
    let answer: unknown;
    void second.desk.afterStream({ callSid: CALL_SID, over: undefined, epoch: 1 }).then((step) => {
      answer = step;
    });
    await clock.run(2 * TAKES_MS);
    expect(answer).toEqual({ kind: 'stream', token: 'CA1 1', epoch: 1 });
  });

  test('is given a stream, and nothing else, when an older one of its streams is asked about', async () => {
    const second = await killed({}, async ({ journal, clock }) => {
      for (const epoch of [1, 2])
        await journal.transact('consumeToken', {
          nonce: String(epoch),
          callSid: CALL_SID,
          epoch,
          at: clock.now(),
        });
    });
    const asked = (epoch: number) => second.desk.afterStream({ callSid: CALL_SID, over: undefined, epoch });
    expect(await asked(1)).toEqual({ kind: 'stream', token: 'CA1 3', epoch: 3 });
    const told = async () => (await rowsOf(second)).filter(({ event }) => event === 'phone.left').length;
    expect(await told()).toBe(0);
    expect(await asked(2)).toEqual({ kind: 'stream', token: 'CA1 3', epoch: 3 });
    expect(await told()).toBe(1);
  });

  test('ends as lost when nobody asked for a minute and a half', async () => {
    const second = await killed({ gapMs: 90_001 });
    expect(await asks(second)).toEqual({ kind: 'hangup' });
    expect(await recordOf(second)).toMatchObject({ state: 'ended', endReason: 'lost' });
    expect(second.orders.size).toBe(0);
  });

  test('ends as it was about to, when that was decided', async () => {
    const second = await killed({}, ({ tells }) => {
      tells(CALL_SID, { type: 'hangup.requested' });
    });
    expect(await asks(second)).toEqual({ kind: 'hangup' });
    expect(await recordOf(second)).toMatchObject({ state: 'ended', endReason: 'operator' });
    expect(second.orders.size).toBe(0);
  });

  test('is ended by the carrier’s word, before it is back and while it is coming back', async () => {
    const gone = await killed();
    await gone.desk.status({ of: 'call', callSid: CALL_SID, status: 'completed', over: 'completed' });
    expect(await recordOf(gone)).toMatchObject({ endReason: 'completed' });
    expect(await asks(gone)).toEqual({ kind: 'hangup' });

    const coming = await killed();
    const asked = asks(coming);
    await coming.desk.status({ of: 'call', callSid: CALL_SID, status: 'completed', over: 'completed' });
    await asked;
    await coming.clock.run(2000);
    expect(coming.registry.size).toBe(0);
    expect((await recordOf(coming))?.state).toBe('ended');
  });

  test('can be asked for again when the disk refused', async () => {
    const { journal } = storeJournal();
    let isRefusing = false;
    const query: typeof journal.query = (name, args) =>
      isRefusing ? Promise.reject(new Error('the disk refuses')) : journal.query(name, args);
    const first = board(limitsOf(), { journal });
    await first.rings(CALLER, { callSid: CALL_SID });
    const second = board(limitsOf(), { journal: { ...journal, query } });
    isRefusing = true;
    await expect(asks(second)).rejects.toThrow('the disk refuses');
    isRefusing = false;
    expect(await asks(second)).toMatchObject({ kind: 'stream' });
  });

  test('is waited for on when the disk refused, and ends as lost when nobody asks again', async () => {
    const { journal } = storeJournal();
    let isRefusing = false;
    const query: typeof journal.query = (name, args) =>
      isRefusing ? Promise.reject(new Error('the disk refuses')) : journal.query(name, args);
    const first = board(limitsOf(), { journal });
    await first.rings(CALLER, { callSid: CALL_SID });
    const second = board(limitsOf(), { journal: { ...journal, query } });
    await second.awaited.open();
    isRefusing = true;
    await expect(asks(second)).rejects.toThrow('the disk refuses');
    isRefusing = false;
    await second.clock.run(90_000);
    expect(await recordOf(second)).toMatchObject({ endReason: 'lost' });
  });
});

describe('a call whose process has ended during a transfer', () => {
  const handsOver = async ({ tells, journal, clock }: Board) => {
    tells(
      CALL_SID,
      { type: 'transfer.requested' },
      started('transfer'),
      audible,
      finished('transfer'),
      heardAll,
    );
    await journal.transact('decideNext', { callSid: CALL_SID, next: 'dial', at: clock.now() });
    tells(CALL_SID, STREAM_LOST);
  };

  test('is connected with the person when the carrier asks', async () => {
    const second = await killed({ agent: withPerson }, handsOver);
    expect(await asks(second)).toEqual({ kind: 'dial', to: PERSON, callerId: '+12025550100' });
    expect(stateOf(second)).toBe('transferring.dialing');
  });

  test('comes back to the agent when nobody answered', async () => {
    const second = await killed({ agent: withPerson, gapMs: 25_000 }, handsOver);
    const step = await second.desk.dialResult({ callSid: CALL_SID, over: undefined, result: 'noAnswer' });
    expect(step).toMatchObject({ kind: 'stream' });
    expect(stateOf(second)).toBe('transferring.returning');
  });

  test('has ended as transferred when the two have talked, an hour later too', async () => {
    for (const over of ['completed', undefined] as const) {
      const second = await killed({ agent: withPerson, gapMs: 3_600_000 }, handsOver);
      const step = await second.desk.dialResult({ callSid: CALL_SID, over, result: 'reached' });
      expect(step).toEqual({ kind: 'hangup' });
      await second.clock.run(2000);
      expect(await recordOf(second)).toMatchObject({ endReason: 'transferred' });
    }
  });

  /** An operator names the person, and the agent parts. */
  const hasNamed = (to?: string) => async (first: Board) => {
    await first.desk.command(CALL_SID, { type: 'transfer', to: PERSON });
    first.tells(CALL_SID, started('transfer'), audible, finished('transfer'), heardAll);
    const { journal, clock } = first;
    await journal.transact('decideNext', { callSid: CALL_SID, next: 'dial', to, at: clock.now() });
  };

  test('is connected with whom an operator had named', async () => {
    const second = await killed({}, hasNamed(PERSON));
    expect(await asks(second)).toMatchObject({ kind: 'dial', to: PERSON });
  });

  test('comes back to the agent when nothing says whom an operator had named', async () => {
    const second = await killed({}, hasNamed());
    expect(await asks(second)).toMatchObject({ kind: 'stream' });
    expect(stateOf(second)).toBe('transferring.returning');
  });

  test('is not connected again when that had ended before its process did', async () => {
    const second = await killed({ agent: withPerson, gapMs: 25_000 }, async (first) => {
      await handsOver(first);
      await first.desk.dialResult({ callSid: CALL_SID, over: undefined, result: 'noAnswer' });
    });
    expect(await asks(second)).toMatchObject({ kind: 'stream' });
  });
});

describe('a stream that is over', () => {
  async function streaming(): Promise<Board> {
    const desk = board();
    await desk.rings(CALLER, { callSid: CALL_SID });
    const taken = { nonce: 'n', callSid: CALL_SID, epoch: 1, at: desk.clock.now() };
    await desk.journal.transact('consumeToken', taken);
    desk.isGreeted(CALL_SID);
    return desk;
  }

  test('is let go when the carrier asks what comes after it, and another one is given', async () => {
    const desk = await streaming();
    const step = await desk.desk.afterStream({ callSid: CALL_SID, over: undefined, epoch: 1 });
    expect(step).toEqual({ kind: 'stream', token: 'CA1 2', epoch: 2 });
    expect(desk.orders.get(CALL_SID)).toContainEqual({ type: 'dropStream' });
  });

  test('does not end the one that has followed it, when it is asked about again', async () => {
    const desk = await streaming();
    const taken = { nonce: 'm', callSid: CALL_SID, epoch: 2, at: desk.clock.now() };
    await desk.journal.transact('consumeToken', taken);
    const step = await desk.desk.afterStream({ callSid: CALL_SID, over: undefined, epoch: 1 });
    expect(step).toMatchObject({ kind: 'stream', epoch: 3 });
    expect(desk.orders.get(CALL_SID)).not.toContainEqual({ type: 'dropStream' });
  });

  test('that never came is followed by another, while the call waits for it', async () => {
    const desk = board();
    await desk.rings(CALLER, { callSid: CALL_SID });
    expect(await asks(desk)).toEqual({ kind: 'stream', token: 'CA1 1', epoch: 1 });
  });

  test('is followed by none where the call was ending', async () => {
    const desk = await streaming();
    desk.tells(CALL_SID, { type: 'hangup.requested' });
    expect(await asks(desk)).toEqual({ kind: 'hangup' });
  });
});

describe('a call that comes back too often', () => {
  /** Its process ends again and again, each time so long after it was brought back, in ms. */
  async function often(times: number, everyMs: number, agent = profile): Promise<Board> {
    let last = await killed({ agent });
    for (let n = 0; n < times; n++) {
      expect(await asks(last)).toMatchObject({ kind: 'stream' });
      last.tells(CALL_SID, { type: 'model.configured' }, { type: 'phone.attached', streamSid: 'MZ' });
      last = await next(last, agent, everyMs);
    }
    return last;
  }

  test('hears that it does not work, the fourth time in all', async () => {
    const last = await often(3, 31_000);
    const message = "I'm having technical trouble. Please call again later.";
    expect(await asks(last)).toEqual({ kind: 'apology', message, language: 'en' });
    expect(await recordOf(last)).toMatchObject({ state: 'ended', endReason: 'failed' });
  });

  test('hears that it does not work, the third time within half a minute', async () => {
    const last = await often(2, 14_000);
    expect(await asks(last)).toMatchObject({ kind: 'apology' });
  });

  test('is given to a person, where there is one', async () => {
    const last = await often(2, 14_000, withPerson);
    expect(await asks(last)).toEqual({ kind: 'dial', to: PERSON, callerId: '+12025550100' });
    expect(await recordOf(last)).toMatchObject({ endReason: 'failed' });
  });

  test('counts the streams that one process has lost as well', async () => {
    const loses = async (desk: Board) => {
      desk.tells(CALL_SID, STREAM_LOST);
      const step = await asks(desk);
      desk.tells(CALL_SID, { type: 'phone.attached', streamSid: 'MZ' });
      return step;
    };
    const { journal } = storeJournal();
    const desk = board(limitsOf(), { journal });
    await desk.rings(CALLER, { callSid: CALL_SID });
    desk.isGreeted(CALL_SID);
    expect(await loses(desk)).toMatchObject({ kind: 'stream' });
    expect(await loses(desk)).toMatchObject({ kind: 'stream' });
    expect(await loses(desk)).toMatchObject({ kind: 'apology' });
    await desk.clock.run(2000);
    expect(await recordOf(desk)).toMatchObject({ endReason: 'lost' });
  });
});
