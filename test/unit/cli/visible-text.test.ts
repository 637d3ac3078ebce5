import { describe, expect, test } from 'vitest';
import { visible, visibleJson, visibleLines } from '../../../src/cli/visible-text.ts';

describe('what a terminal would obey', () => {
  test.each([
    ['a colour', '\u001b[31mred', '\\u001b[31mred'],
    ['a title, ended by a bell', '\u001b]0;gotcha\u0007', '\\u001b]0;gotcha\\u0007'],
    ['a link', '\u001b]8;;http://evil.test\u001b\\here', '\\u001b]8;;http://evil.test\\u001b\\here'],
    ['the clipboard', '\u001b]52;c;cm0gLXJm\u0007', '\\u001b]52;c;cm0gLXJm\\u0007'],
    ['an escape of eight bits', '\u009b2J', '\\u009b2J'],
    ['a line that is written over', 'yes\rno', 'yes\\u000dno'],
    ['a line of its own', 'a\ncallchart: all is well', 'a\\u000acallchart: all is well'],
    ['letters that are rubbed out', 'no\b\byes\u007f', 'no\\u0008\\u0008yes\\u007f'],
    ['writing the other way', 'a\u202egnp.exe\u2066', 'a\\u202egnp.exe\\u2066'],
    ['nothing that is seen', 'a\u200bb\ufeff\u00ad\u{e0041}', 'a\\u200bb\\ufeff\\u00ad\\udb40\\udc41'],
    ['half a character', 'a\ud800', 'a\\ud800'],
    ['a separator of lines', 'a\u2028b', 'a\\u2028b'],
  ])('what a terminal would obey is shown as text: %s', (_what, text, shown) => {
    expect(visible(text)).toBe(shown);
    expect(visibleLines(text)).toBe(shown.replaceAll('\\u000a', '\n'));
    expect(JSON.parse(visibleJson({ text }))).toEqual({ text });
    expect(visibleJson({ text })).not.toMatch(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  });

  test.each(['Grüß Gott, 你好, שלום, مرحبا', 'می‌خواهم', '👩‍💻 👍🏽', 'a “quote” – and 50 €'])(
    'a text that no terminal obeys is left as it is: %s',
    (text) => {
      expect(visible(text)).toBe(text);
    },
  );

  test('a text that nobody would read is cut', () => {
    expect(visible('x'.repeat(1_000_000)).length).toBeLessThan(2010);
  });
});
