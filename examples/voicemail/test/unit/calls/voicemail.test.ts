import { describe, expect, test } from 'vitest';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { voicemailFor } from '../../../src/services/calls/after-hours.ts';
import { CardWatch } from '../../../src/services/cards/card-watch.ts';
import { noteKeeper } from '../../../src/services/calls/note-keeper.ts';
import type { CallFacts } from '../../../src/services/desk/call-facts.ts';
import { testJournal } from '../../support/journal.ts';

const HOURS = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' }];
const MESSAGE = 'We are closed. Please leave a message.';

/** A call to a shop in Berlin, at a time of its own. */
function callAt(time: string, written: object = {}, over: Partial<CallFacts> = {}): CallFacts {
  const profile = AgentProfile.parse({
    id: 'shop',
    business: { name: 'Shop', timezone: 'Europe/Berlin', hours: HOURS, holidays: ['2026-05-01'] },
    voicemail: MESSAGE,
    ...written,
  });
  const now = () => Date.parse(time);
  const ends = { from: '+4930123456', to: '+4930654321', direction: 'inbound' as const };
  return { callSid: 'CA1', agentId: 'shop', profile, ...ends, now, ...over };
}

describe('the voicemail', () => {
  test.each([
    ['on a working day', '2026-04-30T10:00:00Z', undefined],
    ['in the first minute of the day', '2026-04-30T07:00:00Z', undefined],
    ['a moment before it', '2026-04-30T06:59:59Z', MESSAGE],
    ['when it has closed', '2026-04-30T16:00:00Z', MESSAGE],
    ['on a holiday', '2026-05-01T10:00:00Z', MESSAGE],
    ['on a Saturday', '2026-05-02T10:00:00Z', MESSAGE],
  ])(
    'the voicemail answers outside the hours of the business, and nobody within them: %s',
    (_, time, heard) => {
      expect(voicemailFor(callAt(time))).toBe(heard);
    },
  );

  const SATURDAY = '2026-05-02T10:00:00Z';

  test('the voicemail answers nobody where the profile writes no message, and no call that was placed', () => {
    expect(voicemailFor(callAt(SATURDAY, { voicemail: undefined }))).toBeUndefined();
    expect(voicemailFor(callAt(SATURDAY, {}, { direction: 'outbound' }))).toBeUndefined();
  });

  test('the voicemail announces the recording first, where calls are recorded', () => {
    expect(voicemailFor(callAt(SATURDAY, { recording: true }))).toBe(`This call is recorded. ${MESSAGE}`);
  });

  test('the voicemail keeps a note as a lead, once, without card numbers', async () => {
    const journal = await testJournal();
    const keep = noteKeeper(journal, callAt(SATURDAY), new CardWatch());
    const ends = { direction: 'inbound' as const, from: '+4930123456', to: '+4930654321' };
    await journal.transact('acceptCall', { callSid: 'CA1', agentId: 'shop', ...ends, at: 0, isLive: false });
    await keep('I am Ann, my card is 4111 1111 1111 1111');
    await keep('I am Ann, my card is 4111 1111 1111 1111');
    const { items } = await journal.query('leads', { limit: 10 });
    expect(items).toMatchObject([
      { name: 'Voicemail', phone: '+4930123456', notes: 'I am Ann, my card is [card number removed]' },
    ]);
    expect(items).toHaveLength(1);
  });
});
