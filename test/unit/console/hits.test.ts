import { describe, expect, test } from 'vitest';
import { hitsIn } from '../../../console/calls/hits.ts';
import type { TranscriptLine } from '../../../src/protocol/console-calls.ts';

const line = (role: TranscriptLine['role'], text: string, second: number): TranscriptLine => ({
  ...{ role, text, itemId: `i${String(second)}`, interrupted: false },
  at: `2026-11-25T10:00:0${String(second)}.000Z`,
});
const lines = [
  line('agent', 'Hi, how can I help you?', 1),
  line('caller', 'An appointment in the café tomorrow, an early appointment.', 4),
  line('tool', 'book_appointment: ok', 5),
  line('agent', 'Your appointment is booked.', 6),
];
const marked = (q: string, areShown = true) =>
  hitsIn(lines, q, areShown)
    ?.pieces.map(({ text, isHit }) => (isHit ? `[${text}]` : text))
    .join('');

describe('what a call was found by', () => {
  test('what a call was found by is counted in all that was said, and shown where it was said first', () => {
    expect(hitsIn(lines, 'appointment ', true)).toMatchObject({
      count: 3,
      role: 'caller',
      at: '2026-11-25T10:00:04.000Z',
    });
    expect(marked('appointment ')).toBe('An [appointment] in the café tomorrow, an early [appointment].');
  });

  test('what a call was found by is found as the engine finds it: no accents, any case, a last word by its start', () => {
    expect(marked('CAFE tomor')).toBe('An appointment in the [café] [tomorrow], an early appointment.');
    expect(marked('to')).toBeUndefined();
    expect(marked('tomor ')).toBeUndefined();
  });

  test('what a call was found by shows what was looked for, and no other word, where words are hidden', () => {
    expect(marked('tomorrow', false)).toBe('•• ••••••••••• •• ••• •••• [tomorrow], •• ••••• •••••••••••.');
  });

  test('what a call was found by is a piece of a long speech', () => {
    const long = `${'one two three '.repeat(20)}needle ${'four five six '.repeat(20)}`;
    const text = hitsIn([line('caller', long, 1)], 'needle', true)
      ?.pieces.map((piece) => piece.text)
      .join('');
    expect(text).toMatch(/^… (?:\w+ ){3,9}needle four .* …$/);
    expect(text?.length).toBeLessThan(150);
  });
});
