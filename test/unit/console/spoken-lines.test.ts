import { expect, test } from 'vitest';
import { NOTHING_SPOKEN, spokenOn } from '../../../console/timeline/spoken-lines.ts';
import type { SpokenWords } from '../../../src/protocol/console-live.ts';

const line = (itemId: string, text: string): SpokenWords => ({ role: 'agent', itemId, text, ahead: '' });

test('a line that is spoken grows, and keeps its place after its end until the next one begins', () => {
  const begun = spokenOn(NOTHING_SPOKEN, [line('a', 'We')]);
  const grown = spokenOn(begun, [line('a', 'We are open')]);
  expect(grown.get('a')?.text).toBe('We are open');
  const ended = spokenOn(grown, []);
  expect(ended.get('a')?.text).toBe('We are open');
  const next = spokenOn(ended, [line('b', 'Until')]);
  expect([...next.keys()]).toEqual(['b']);
});
