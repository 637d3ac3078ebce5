import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logScrubber } from '../../../src/services/telemetry/log-scrubber.ts';
import { createLogger } from '../../../src/services/telemetry/logger.ts';
import { holds } from '../../support/properties.ts';

function logOf({ isTerminal = false, level = 'debug', secrets = [] as string[] } = {}) {
  const lines: string[] = [];
  const log = createLogger({ level, isTerminal, secrets, out: { write: (text) => lines.push(text) } });
  return { log, lines };
}

/** The one line that was written, read back. */
const read = (lines: string[]) => {
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
};

describe('a log line', () => {
  test('a log line is one line of JSON with level, time, fields and sentence', () => {
    const { log, lines } = logOf();
    log.info({ url: 'http://localhost:3000', calls: 2 }, 'listening');
    expect(read(lines)).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*\.\d{3}Z$/) as string,
      url: 'http://localhost:3000',
      calls: 2,
      msg: 'listening',
    });
    expect(lines[0]?.endsWith('\n')).toBe(true);
  });

  test('a log line is left out below the level', () => {
    const { log, lines } = logOf({ level: 'warn' });
    log.debug({}, 'one');
    log.info({}, 'two');
    log.warn({}, 'three');
    log.error({}, 'four');
    expect(lines).toHaveLength(2);
  });

  test('a log line hides private fields, near the top', () => {
    const { log, lines } = logOf();
    log.info(
      { from: 'Ada', call: { phone: '0123', deep: { token: 't0k3n' } }, code: 'CALL_FAILED' },
      'ended',
    );
    const line = lines.join('');
    for (const canary of ['Ada', '0123', 't0k3n']) expect(line).not.toContain(canary);
    expect(line).toContain('CALL_FAILED');
  });

  test('a log line hides secrets and numbers wherever they turn up', () => {
    const secrets = ['pa"ss\\word=1', 'sk-test-abcdef'];
    const { log, lines } = logOf({ secrets });
    log.error(
      {
        error: { message: `refused pa"ss\\word=1 for +12025550123, twice +4915112345678` },
        url: `https://x/?key=${encodeURIComponent('pa"ss\\word=1')}`,
      },
      'key sk-test-abcdef was refused',
    );
    const line = lines.join('');
    for (const canary of ['ss\\\\word', 'sk-test', '2025550', '49151', 'word%3D1']) {
      expect(line).not.toContain(canary);
    }
    expect(read(lines)).toMatchObject({
      error: { message: 'refused [secret] for +***0123, twice +***5678' },
      msg: 'key [secret] was refused',
    });
  });

  test('a log line cannot be forged, nor move the cursor of a terminal', () => {
    const { log, lines } = logOf({ isTerminal: true });
    log.warn({ code: 'X\u001b[2J\u009b1A\u0007\r' }, 'one\u001b[31m two');
    const line = lines.join('');
    // The pretty printer's own colours are the only control characters, beside the ends of lines.
    const ownColour = new RegExp(String.raw`${String.fromCharCode(27)}\[\d+m`, 'g');
    expect(line.replace(ownColour, '')).not.toMatch(/[^\P{Cc}\n]/u);
    expect(line).not.toContain('\u001b[2J');
    expect(line).toContain('one[31m two');
  });

  test('a log line stays JSON with the same meaning, whatever it holds', () => {
    const scrub = logScrubber([]);
    const plain = fc.string({ unit: 'grapheme' }).filter((text) => !/[\p{Cc}+]/u.test(text));
    holds(
      fc.property(plain, fc.string({ unit: 'binary' }), (quiet, wild) => {
        const written = JSON.parse(scrub(JSON.stringify({ quiet, wild }))) as Record<string, string>;
        expect(written['quiet']).toBe(quiet);
        expect(written['wild']).not.toMatch(/[^\P{Cc}\n\t]/u);
      }),
      { runs: 1000 },
    );
  });
});
