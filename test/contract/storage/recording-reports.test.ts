import { expect, test } from 'vitest';
import { row } from '../../support/call-rows.ts';
import { testJournal } from '../../support/journal.ts';

const RECORDING = `RE${'b'.repeat(32)}`;
const report = { callSid: 'CA1', recordingSid: RECORDING, status: 'completed', durationS: 12, at: 5 };

test('what the carrier says of a recording is written down once for each status, and of a call that is not known yet once it is', async () => {
  const journal = await testJournal();
  journal.record('CA1', [row('a')]);
  expect(await journal.transact('noteRecording', report)).toBe(true);
  expect(await journal.transact('noteRecording', report)).toBe(false);
  expect(await journal.transact('noteRecording', { ...report, status: 'absent' })).toBe(true);
  expect(await journal.transact('noteRecording', { ...report, callSid: 'CA2' })).toBe(true);
  expect(await journal.transact('noteRecording', { ...report, callSid: 'CA2' })).toBe(false);
  expect(await journal.query('events', { callSid: 'CA2' })).toEqual([]);
  const events = await journal.query('events', { callSid: 'CA1' });
  expect(events.slice(1)).toMatchObject([
    {
      event: 'recording.reported',
      from: 'journal',
      to: null,
      body: { recordingSid: RECORDING, durationS: 12 },
    },
    { event: 'recording.reported', body: { status: 'absent' } },
  ]);
  await journal.close();
});
