import { expect, onTestFinished, test } from 'vitest';
import type { Booking } from '../../src/protocol/stored-items.ts';
import { createHouseTools } from '../../src/services/tools/house/house-tools.ts';
import { outboxOver } from '../support/outbox.ts';
import { type Answer, journalInMemory, NOW } from '../support/tool-call.ts';
import { wholeCall } from '../support/whole-call.ts';

const CALLS = 200;
/** Half hours from 09:00 of one day. */
const SLOTS = Array.from(
  { length: 10 },
  (_, i) => `${String(9 + Math.floor(i / 2)).padStart(2, '0')}:${i % 2 === 0 ? '00' : '30'}`,
);
const DAY = '2026-03-12';

const profile = {
  business: {
    name: 'The Shop',
    timezone: 'America/New_York',
    hours: [{ days: ['thu'], from: '09:00', to: '17:00' }],
    services: ['Advice'],
  },
  tools: ['book_appointment'],
};

/** What the model is told of a function that it calls, as soon as it is. */
function toldOf({ model, says }: ReturnType<typeof wholeCall>, args: object): Promise<Answer> {
  const told = new Promise<Answer>((resolve) => {
    model.on('sent', (text: string) => {
      const { item } = JSON.parse(text) as { item?: { type: string; output: string } };
      if (item?.type === 'function_call_output') resolve(JSON.parse(item.output) as Answer);
    });
  });
  says({ type: 'response.created', response: { id: 'r1', status: 'in_progress' } });
  says({
    type: 'response.output_item.done',
    response_id: 'r1',
    item: {
      id: 'f1',
      type: 'function_call',
      call_id: 'book',
      status: 'completed',
      name: 'book_appointment',
      arguments: JSON.stringify(args),
    },
  });
  says({ type: 'response.done', response: { id: 'r1', status: 'completed', output: [] } });
  return told;
}

test('two hundred calls race for ten slots: ten are booked, and the others hear that theirs was just taken', async () => {
  const journal = await journalInMemory();
  onTestFinished(() => journal.close());
  const tools = createHouseTools({ journal, texts: outboxOver(journal), requestRecording: () => undefined });
  const calls = Array.from({ length: CALLS }, (_, i) => {
    const number = String(i).padStart(3, '0');
    const facts = { callSid: `CA${number}`, from: `+12025550${number}`, now: () => NOW };
    return {
      call: wholeCall({ profile, tools, facts }),
      time: SLOTS[i % SLOTS.length] ?? '',
      name: `Caller ${number}`,
    };
  });

  const told = await Promise.all(
    calls.map(({ call, name, time }) => toldOf(call, { name, service: 'Advice', date: DAY, time })),
  );

  const booked = told.filter(({ status }) => status === 'ok');
  const refused = told.filter(({ status }) => status === 'refused');
  const bookings: readonly Booking[] = (await journal.query('bookings', { limit: 200 })).items;
  process.stdout.write(
    `${String(CALLS)} calls for ${String(SLOTS.length)} slots: ${String(bookings.length)} booked, ${String(refused.length)} told that it was taken\n`,
  );
  expect(bookings).toHaveLength(SLOTS.length);
  expect(new Set(bookings.map(({ startsAt }) => startsAt)).size).toBe(SLOTS.length);
  expect(booked).toHaveLength(SLOTS.length);
  expect(refused).toHaveLength(CALLS - SLOTS.length);
  for (const { reason } of refused) expect(reason).toBe('That time was just taken.');
  // The afternoon is free: everybody hears of a time that is left.
  expect(refused.every(({ result }) => Array.isArray(result?.['free']))).toBe(true);
}, 30_000);
