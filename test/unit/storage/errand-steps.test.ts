import { describe, expect, test } from 'vitest';
import { claimOf, endOf, isOwnedBy } from '../../../src/services/storage/rules/errand-steps.ts';

describe('an errand', () => {
  test.each([
    ['waiting', { task: 'send', state: 'sending', sends: 1 }],
    ['sending', { task: 'find', state: 'lost', sends: 0 }],
    ['doubted', { task: 'find', state: 'doubted', sends: 0 }],
    ['lost', { task: 'find', state: 'lost', sends: 0 }],
    ['done', undefined],
  ] as const)('an errand that is %s and due is taken up as %j', (state, claim) => {
    expect(claimOf({ state, due: 10 }, 10)).toEqual(claim);
    expect(claimOf({ state, due: 11 }, 10)).toBeUndefined();
  });

  test('an errand is owned by its last claim until it is done', () => {
    expect(isOwnedBy({ state: 'sending', claim: 2 }, 2)).toBe(true);
    expect(isOwnedBy({ state: 'sending', claim: 2 }, 1)).toBe(false);
    expect(isOwnedBy({ state: 'done', claim: 2 }, 2)).toBe(false);
  });

  const open = { state: 'sending', status: 'pending', providerSid: null } as const;
  const found = { providerSid: 'SM1', status: 'sent' };

  test('an errand ends by what is found before what is told, and stays as it is by neither', () => {
    expect(endOf(open, { found, status: 'failed' })).toEqual({ status: 'sent', providerSid: 'SM1' });
    expect(endOf(open, { found: undefined, status: 'failed' })).toEqual({
      status: 'failed',
      providerSid: null,
    });
    expect(endOf(open, { found: undefined, status: undefined })).toBeUndefined();
  });

  test('an errand ends once, and is proved after it was given up as unknown', () => {
    const done = { ...open, state: 'done' } as const;
    expect(endOf({ ...done, status: 'failed' }, { found, status: undefined })).toBeUndefined();
    expect(endOf({ ...done, status: 'unknown' }, { found, status: undefined })).toEqual({
      ...{ status: 'sent', providerSid: 'SM1' },
    });
    expect(endOf({ ...done, status: 'unknown' }, { found: undefined, status: 'sent' })).toBeUndefined();
    expect(
      endOf({ ...done, status: 'unknown', providerSid: 'SM0' }, { found, status: undefined }),
    ).toBeUndefined();
  });
});
