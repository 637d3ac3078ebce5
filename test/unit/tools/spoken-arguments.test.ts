import { expect, test } from 'vitest';
import { z } from 'zod';
import { TimeArg } from '../../../src/services/tools/diary/appointment.ts';
import { parseArguments } from '../../../src/services/tools/argument-reader.ts';

test.each([
  ['09:00', '09:00'],
  ['9:00', '09:00'],
  ['14.30', '14:30'],
  ['2:30 PM', '14:30'],
  ['2:30pm', '14:30'],
  ['12:15 a.m.', '00:15'],
  ['12 PM', '12:00'],
  ['0:05', '00:05'],
  ['23:59', '23:59'],
])('the spoken %j is the time %s', (said, time) => {
  expect(TimeArg.parse(said)).toBe(time);
});

test.each(['24:00', '9', '13:00 PM', '0:30 AM', '9:60', '9:00 sharp', '', '９:00'])(
  'the spoken %j is no time',
  (said) => {
    expect(TimeArg.safeParse(said).success).toBe(false);
  },
);

const schema = z.strictObject({
  name: z.string(),
  phone: z.string().optional(),
  cleared: z.string().nullable().optional(),
  address: z.strictObject({ city: z.string(), street: z.string().optional() }).optional(),
});

test('a null for an argument that may be left out is as if it were not there, however deep', () => {
  const args = { name: 'Ann', phone: null, cleared: null, address: { city: 'Bonn', street: null } };
  const parsed = parseArguments(schema, args);
  expect(parsed.data).toEqual({ name: 'Ann', cleared: null, address: { city: 'Bonn' } });
  expect(args.phone).toBeNull();
});

test.each([
  [{ name: null }],
  [{ name: 'Ann', phone: 7 }],
  [{ name: 'Ann', address: { city: null } }],
  [null],
])('the spoken argument %j is refused all the same', (args) => {
  expect(parseArguments(schema, args).success).toBe(false);
});
