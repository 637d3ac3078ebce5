import { expect, test } from 'vitest';
import { placeAmong, resourcesFrom } from '../../../src/services/storage/rules/booking-place.ts';

const wanted = { resources: ['ann', 'bob'], callSid: 'CA1' };
const booked = (id: string, resource: string, callSid = 'CA9') => ({ id, resource, callSid });

test('a booking gets the first resource that has nothing in the slot', () => {
  expect(placeAmong([], wanted)).toEqual({ resource: 'ann' });
  expect(placeAmong([booked('1', 'ann')], wanted)).toEqual({ resource: 'bob' });
  expect(placeAmong([booked('1', 'ann'), booked('2', 'bob')], wanted)).toBe('taken');
});

test('a booking does not get a second place for the call that has one at that time', () => {
  expect(placeAmong([booked('1', 'ann', 'CA1')], wanted)).toBe('heldByCall');
});

test('a booking gets no place while one of a resource that is not named any more is in the slot', () => {
  expect(placeAmong([booked('1', 'cid')], wanted)).toBe('taken');
});

test('a booking that is moved leaves its own place free, and tries it first', () => {
  expect(placeAmong([booked('1', 'ann', 'CA1')], wanted, '1')).toEqual({ resource: 'ann' });
  expect(resourcesFrom('bob', ['ann', 'bob', 'cid'])).toEqual(['bob', 'ann', 'cid']);
  expect(resourcesFrom('dan', ['ann', 'bob'])).toEqual(['ann', 'bob']);
});
