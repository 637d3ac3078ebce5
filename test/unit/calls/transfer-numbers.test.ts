import { expect, test } from 'vitest';
import { board } from '../../support/admission.ts';

/** A greeted call that an operator sends to a number; what the carrier is told then. */
async function transferred(to: string, called = '+12025550100') {
  const desk = board();
  const { callSid } = await desk.rings('sip:front-desk@example.com', { to: called });
  desk.isGreeted(callSid);
  await desk.desk.command(callSid, { type: 'transfer', to });
  await desk.journal.transact('decideNext', { callSid, next: 'dial', at: desk.clock.now() });
  return desk.desk.afterStream({ callSid, over: undefined });
}

test('a transfer goes to the number that an operator names', async () => {
  expect(await transferred('+12025550177')).toEqual({
    ...{ kind: 'dial', to: '+12025550177', callerId: '+12025550100' },
  });
});

test.each([
  ['sip:x@evil', 'syntax'],
  ['+12025550111\r\nBcc: x', 'syntax'],
  ['+1202555０１１１', 'syntax'],
  ['+12025550111;ext=9', 'syntax'],
  ['911', 'syntax'],
  ['+442079460123', 'country'],
  ['+881612345678', 'country'],
  ['+19005551234', 'type'],
])('a transfer to %j is refused by the rule of %s', async (to, rule) => {
  await expect(transferred(to)).rejects.toMatchObject({
    code: 'NUMBER_REFUSED',
    message: expect.stringContaining(`rule "${rule}"`) as unknown,
  });
});

test.each([
  '+12025550155',
  'sip:front-desk@example.com',
  'client:anna',
  '',
  'anonymous',
  '+266696687',
  '12025550155',
  '+1202555０１５５',
])('the number shown is the one that was called, or the own one where %j is none', async (called) => {
  const callerId = called === '+12025550155' ? called : '+12025550100';
  expect(await transferred('+12025550177', called)).toMatchObject({ callerId });
});
