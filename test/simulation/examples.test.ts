import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Example, isAsShown } from '../support/example.ts';

/** A spoken call in real time, beside others. */
const PATIENCE_MS = 120_000;

/** Voicemail is a change of the chart: test/package/voicemail-example.test.ts has it. */
const examples = readdirSync('examples').filter((name) => name !== 'voicemail');

describe('the examples', () => {
  test.concurrent.each(examples)(
    '%s does what its README shows, tried by hand and in a call',
    async (name) => {
      const example = new Example(name);
      try {
        const typed = example.commands.map((command) => command.typed);
        expect(typed).toContainEqual(expect.stringMatching(/^npx callchart tool try /));
        expect(typed).toContainEqual(expect.stringMatching(/^npx callchart call /));
        for (const { typed, shown } of example.commands) {
          const isBeside = !typed.startsWith('npx callchart');
          const told = await (isBeside ? example.start(typed) : example.run(typed));
          expect(isAsShown(told, shown), `${typed}\n${told}`).toBe(true);
        }
      } finally {
        await example.close();
      }
    },
    PATIENCE_MS,
  );
});

test('what a README shows is taken at its word, but for times, ports and what it leaves out', () => {
  const shown = '{"a":1}\nok, after 7 ms\n…\n3.5 s  agent  There are … left.';
  const told = (times: string) =>
    `{"a":1}\nok, after ${times} ms\none\ntwo\n  4.0 s    agent  There are 3 left.\n`;
  expect(isAsShown(told('12'), shown)).toBe(true);
  expect(isAsShown(told('many'), shown)).toBe(false);
  expect(isAsShown(told('12').replace('1}', '2}'), shown)).toBe(false);
  expect(isAsShown(`${told('12')}more\n`, shown)).toBe(false);
});
