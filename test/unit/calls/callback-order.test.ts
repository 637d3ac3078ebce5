import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endReasonOf } from '../../../src/services/twilio/webhooks/call-status.ts';
import { board, TEN } from '../../support/admission.ts';
import { holds } from '../../support/properties.ts';

const SID = `CA${'1'.repeat(32)}`;
const OWN = '+12025550100';
const CALLEE = '+12025550123';
const RECORDING = { recordingSid: `RE${'2'.repeat(32)}`, status: 'completed', durationS: 7 };

/** How a placed call that nobody answers can end, by the carrier's word, and what is then on record. */
const ENDS = [
  ['completed', 'completed'],
  ['busy', 'busy'],
  ['no-answer', 'no_answer'],
  ['canceled', 'no_answer'],
  ['failed', 'failed'],
] as const;

type Board = ReturnType<typeof board>;

const told = ({ desk }: Board, status: string, outgoing?: string) =>
  desk.status({ of: 'call', callSid: SID, status, over: endReasonOf(status) }, outgoing);

const recordOf = ({ journal }: Board) => journal.query('call', { callSid: SID });
const endsOf = async ({ journal }: Board) =>
  (await journal.query('events', { callSid: SID })).filter(({ event }) => event === 'call.ended');

/** A call on its way to the carrier, whose answer has not come. */
async function placing(desk: Board): Promise<string> {
  const { errand } = await desk.journal.transact('requestCall', {
    ...{ key: 'k', from: OWN, to: CALLEE, agentId: 'default', at: TEN },
  });
  await desk.journal.transact('claimOutbox', { id: errand.id, at: TEN, until: TEN + 8000 });
  return errand.id;
}

/** Any order of the things, each once or twice. */
const anyOrder = <Thing>(things: readonly Thing[]) =>
  fc
    .tuple(...things.map((thing) => fc.constantFrom([thing], [thing, thing])))
    .chain((chosen) => fc.shuffledSubarray(chosen.flat(), { minLength: chosen.flat().length }));

describe('callbacks of a call', () => {
  test('callbacks of a call make the same of a placed call that nobody answers, in any order and twice', async () => {
    const orders = anyOrder(['answer', 'initiated', 'ringing', 'end', 'recording'] as const);
    await holds(
      fc.asyncProperty(orders, fc.constantFrom(...ENDS), async (order, [end, endReason]) => {
        const desk = board();
        const outgoing = await placing(desk);
        for (const step of order) {
          if (step === 'answer') {
            const candidates = [{ providerSid: SID, status: 'queued' }];
            await desk.journal.transact('settleOutbox', { id: outgoing, candidates, at: TEN });
          } else if (step === 'recording') await desk.desk.recording({ callSid: SID, ...RECORDING });
          else await told(desk, step === 'end' ? end : step, outgoing);
        }
        expect(await recordOf(desk)).toMatchObject({
          ...{ direction: 'outbound', from: OWN, to: CALLEE, agentId: 'default' },
          ...{ state: 'ended', endReason },
        });
        expect(await endsOf(desk)).toHaveLength(1);
        const events = await desk.journal.query('events', { callSid: SID });
        expect(events.filter(({ event }) => event === 'recording.reported')).toHaveLength(1);
        expect(desk.registry.size).toBe(0);
      }),
    );
  });

  test('callbacks end an inbound call and its sessions, in any order, twice, and while it is being answered', async () => {
    const orders = anyOrder(['voice', 'ringing', 'end', 'afterStream', 'recording'] as const);
    await holds(
      fc.asyncProperty(orders, fc.boolean(), async (order, isAtOnce) => {
        const desk = board();
        const running: Promise<unknown>[] = [];
        for (const step of order) {
          const work = {
            voice: () => desk.rings('+12025550123', { callSid: SID }),
            ringing: () => told(desk, 'ringing'),
            end: () => told(desk, 'completed'),
            afterStream: () => desk.desk.afterStream({ callSid: SID, over: 'completed' }),
            recording: () => desk.desk.recording({ callSid: SID, ...RECORDING }),
          }[step]();
          running.push(work);
          if (!isAtOnce) await work;
        }
        await Promise.all(running);
        // Nothing but the carrier's word ends it: no delay of the chart has run out.
        await desk.clock.run(1500);
        expect(desk.registry.size).toBe(0);
        expect((await recordOf(desk))?.state).toBe('ended');
        expect(await endsOf(desk)).toHaveLength(1);
        expect(await desk.journal.query('openCalls', { limit: 1 })).toEqual([]);
      }),
    );
  });

  test('callbacks of a call before their call make it a hang-up at once, with no chart and no model session', async () => {
    const desk = board();
    await told(desk, 'completed');
    expect(await desk.rings('+12025550123', { callSid: SID })).toMatchObject({ kind: 'hangup' });
    expect(desk.orders.size).toBe(0);
    expect(await recordOf(desk)).toMatchObject({ state: 'ended', endReason: 'completed' });
  });

  test('callbacks put a placed call that was found again, over by then, on record as ended', async () => {
    const desk = board();
    const id = await placing(desk);
    const candidates = [{ providerSid: SID, status: 'no-answer', over: 'no_answer' as const }];
    await desk.journal.transact('settleOutbox', { id, candidates, at: TEN + 60_000 });
    expect(await recordOf(desk)).toMatchObject({ state: 'ended', endReason: 'no_answer', to: CALLEE });
  });

  test('callbacks of calls that never come are forgotten after a day, and none of an erased call is kept', async () => {
    const desk = board();
    await told(desk, 'completed');
    await desk.clock.run(86_400_001);
    await desk.desk.status({ of: 'call', callSid: 'CA2', status: 'completed', over: 'completed' });
    expect(await desk.rings('+12025550123', { callSid: SID })).toMatchObject({ kind: 'stream' });

    await desk.rings('+12025550124', { callSid: 'CA2' });
    await desk.journal.transact('eraseCall', { callSid: 'CA2', rows: 1000, keepsRecords: false });
    await desk.desk.status({ of: 'call', callSid: 'CA2', status: 'completed', over: 'completed' });
    expect(await desk.journal.query('storedOfCall', { callSid: 'CA2' })).toMatchObject({ isAny: false });
  });
});
