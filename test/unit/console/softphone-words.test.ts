import { describe, expect, test } from 'vitest';
import { levelOf, nextLevel } from '../../../console/softphone/level.ts';
import { after, IDLE } from '../../../console/softphone/softphone-state.ts';
import { callTrouble, microphoneTrouble } from '../../../console/softphone/trouble.ts';

describe('a level meter', () => {
  test('a level meter stands at nothing for silence, at full for full scale, and in between by decibels', () => {
    expect(levelOf(0)).toBe(0);
    expect(levelOf(0.001)).toBe(0);
    expect(levelOf(1)).toBe(1);
    expect(levelOf(0.1) - levelOf(0.01)).toBeCloseTo(levelOf(1) - levelOf(0.1), 10);
  });

  test('a level meter rises at once and falls slowly, never below nothing', () => {
    expect(nextLevel(0, 1)).toBe(1);
    expect(nextLevel(1, 0)).toBeCloseTo(0.96, 10);
    expect(nextLevel(0.01, 0)).toBe(0);
  });
});

describe('trouble with the microphone', () => {
  test.each(['NotAllowedError', 'NotFoundError', 'NotReadableError', 'OverconstrainedError', 'TypeError'])(
    'trouble with the microphone, %s, has a title and advice, and a call without one is still possible',
    (name) => {
      const trouble = microphoneTrouble(name, true);
      expect(trouble.isOfMicrophone).toBe(true);
      expect(trouble.title).not.toBe('');
      expect(trouble.advice).toMatch(/\.$/);
    },
  );

  test('trouble with the microphone says that the page must come by another way before anything else', () => {
    expect(microphoneTrouble('TypeError', false).advice).toContain('https');
  });
});

describe('what the softphone shows', () => {
  test('what the softphone shows is not changed by news that come too late', () => {
    const ended = after(
      after(after(IDLE, { type: 'dialled' }), { type: 'streamOpened', callSid: 'CA1', at: 0 }),
      {
        type: 'closed',
        by: 'you',
        at: 10,
      },
    );
    expect(ended.phase).toBe('ended');
    for (const news of [
      { type: 'devicesOpened' },
      { type: 'callOpened' },
      { type: 'streamOpened', callSid: 'CA2', at: 20 },
      { type: 'failed', trouble: callTrouble('late') },
      { type: 'pressed', digit: '1' },
      { type: 'said', sentences: 'all' },
      { type: 'givenUp' },
      { type: 'closed', by: 'network', at: 30 },
    ] as const) {
      expect(after(ended, news)).toBe(ended);
    }
  });
});
