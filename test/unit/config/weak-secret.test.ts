import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { weaknessOf } from '../../../src/weak-secret.ts';

describe('a secret that a stranger guesses', () => {
  test.each([
    ['', 'at least 16'],
    ['kX9_vQ2-mR7', 'at least 16'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', 'too few'],
    ['00000000000000000000000000000001', 'too few'],
    ['abababababababababab', 'too few'],
    ['a1b2c3d4a1b2c3d4a1b2', 'pattern'],
    ['secret-secret-secret', 'pattern'],
    ['hunter2!hunter2!hunter2!', 'pattern'],
    ['0123456789abcdef', 'counts'],
    ['12345678901234567890123456789012', 'counts'],
    ['zyxwvutsrqponmlkjihg', 'counts'],
    ['at-least-sixteen-characters', 'words'],
    ['change-me-to-a-secret', 'words'],
    ['ChangeMe-ChangeMe-2026', 'words'],
    ['your-twilio-auth-token', 'words'],
    ['MyAdminPassword1234!', 'words'],
    ['callchart-admin-token', 'words'],
    ['placeholder-placeholder', 'words'],
  ])('a secret that a stranger guesses is %j', (secret, why) => {
    expect(weaknessOf(secret)).toContain(why);
  });
});

describe('a secret that a generator made', () => {
  test('a secret that a generator made is taken, however it is written', () => {
    for (let n = 0; n < 2000; n++) {
      expect(weaknessOf(randomBytes(16).toString('hex'))).toBeUndefined();
      expect(weaknessOf(randomBytes(16).toString('base64url'))).toBeUndefined();
    }
  });

  test.each([
    'correct horse battery staple',
    'Kf8$wq!zP0_test-key-2b',
    '4f1c0e9a-77d3-4b52-9c1e-0d6a8e2b5f31',
  ])('a secret that a generator made is %j', (secret) => {
    expect(weaknessOf(secret)).toBeUndefined();
  });
});
