import { describe, expect, test } from 'vitest';
import { readCallerScript } from '../../../src/cli/caller-lines.ts';

describe("a caller's script", () => {
  test("a caller's script is sentences, comments and orders", () => {
    const script = `# a caller who knows what she wants
      Hello there

      !press 12#
      !wait 500
      !barge-in Wait, one question
      !hang-up`;
    expect(readCallerScript(script)).toEqual({
      lines: [
        { kind: 'say', text: 'Hello there', bargeIn: false },
        { kind: 'press', digits: '12#' },
        { kind: 'wait', ms: 500 },
        { kind: 'say', text: 'Wait, one question', bargeIn: true },
        { kind: 'hangUp' },
      ],
    });
  });

  test.each([
    '!dance',
    '!press abc',
    '!press',
    '!wait soon',
    '!wait 99999999999',
    '!barge-in',
    '!hang-up now',
    '!',
  ])("a caller's script names the line of an order that is none: %s", (order) => {
    const read = readCallerScript(`Hello\n${order}\n`);
    expect(read).toEqual({ problem: expect.stringMatching(/^line 2: an order is one of/) as string });
  });

  test.each(['…', '!barge-in ?!'])(
    "a caller's script names the line of a sentence without words: %s",
    (line) => {
      expect(readCallerScript(`Hello\n${line}\n`)).toEqual({ problem: 'line 2: no words' });
    },
  );

  test("a caller's script says so when it says nothing", () => {
    expect(readCallerScript('# only\n\n')).toEqual({ problem: 'the script has no line to say' });
  });
});
