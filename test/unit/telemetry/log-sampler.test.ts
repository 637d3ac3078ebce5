import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logOfCall } from '../../../src/log.ts';
import { createLogger } from '../../../src/services/telemetry/logger.ts';
import { LogSampler } from '../../../src/services/telemetry/log-sampler.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { holds } from '../../support/properties.ts';

const MINUTE_MS = 60_000;

function sampled() {
  const clock = new VirtualClock(1_000_000);
  const kept = new KeptLog();
  return { clock, lines: kept.lines, log: new LogSampler(kept, clock) };
}

/** How many a line stands for. */
const told = (lines: readonly { fields: object }[]) =>
  lines.reduce((sum, { fields }) => sum + 1 + ('leftOut' in fields ? Number(fields.leftOut) : 0), 0);

describe('lines that say the same', () => {
  test('lines that say the same are written at once for the first, and once a minute with their number', () => {
    const { clock, lines, log } = sampled();
    for (let n = 1; n <= 10_000; n++) {
      log.warn({ door: 'api', reason: 'wrong_token', n }, 'client refused');
      if (n % 1000 === 0) clock.advance(15_000);
    }
    clock.advance(MINUTE_MS);
    expect(lines).toHaveLength(4);
    expect(lines[0]?.fields).toEqual({ door: 'api', reason: 'wrong_token', n: 1 });
    expect(told(lines)).toBe(10_000);
    clock.advance(10 * MINUTE_MS);
    expect(lines).toHaveLength(4);
  });

  test('lines that say the same are written at once again when a minute has been quiet', () => {
    const { clock, lines, log } = sampled();
    log.error({}, 'journal refuses writes');
    clock.advance(MINUTE_MS);
    log.error({}, 'journal refuses writes');
    expect(lines).toHaveLength(2);
  });

  test('lines that say the same lose nothing when they are two, and both are whole', () => {
    const { clock, lines, log } = sampled();
    log.warn({ callSid: 'CA1', error: { code: 'MODEL_LOST' } }, 'call is failing');
    log.warn({ callSid: 'CA2', error: { code: 'MODEL_LOST' } }, 'call is failing');
    clock.advance(MINUTE_MS);
    expect(lines.map(({ fields }) => fields)).toEqual([
      { callSid: 'CA1', error: { code: 'MODEL_LOST' } },
      { callSid: 'CA2', error: { code: 'MODEL_LOST' } },
    ]);
  });

  test('lines that say the same are told apart by code, tool, rule, server, door and place, not by call', () => {
    const { lines, log } = sampled();
    const kinds = [
      { code: 'MODEL_LOST' },
      { code: 'MODEL_REFUSED' },
      { error: { code: 'MODEL_REFUSED', message: 'x' } },
      { code: 'TOOL_FAILED', at: ['at a.ts:1'] },
      { code: 'TOOL_FAILED', at: ['at b.ts:1'] },
      { tool: 'send_sms', rule: 'budget' },
    ];
    for (const callSid of ['CA1', 'CA2', 'CA3']) {
      for (const fields of kinds) logOfCall(log, callSid).warn(fields, 'trouble');
    }
    expect(lines.map(({ fields }) => fields)).toEqual(kinds.map((fields) => ({ callSid: 'CA1', ...fields })));
  });

  test('lines that say the same are a handful when a peer makes up a code for each', () => {
    const { clock, lines, log } = sampled();
    for (let n = 0; n < 10_000; n++) log.warn({ code: `made_up_${String(n)}` }, 'model refused an event');
    clock.advance(MINUTE_MS);
    expect(lines.length).toBeLessThanOrEqual(10);
    expect(told(lines)).toBe(10_000);
  });

  test('lines that say the same are all written when the process is about to end', () => {
    const { clock, lines, log } = sampled();
    for (let n = 0; n < 5; n++) log.error({}, 'phone leg failed');
    log.flush();
    expect(told(lines)).toBe(5);
    log.error({}, 'phone leg failed');
    expect(told(lines)).toBe(6);
    clock.advance(10 * MINUTE_MS);
    expect(told(lines)).toBe(6);
  });

  test('lines that say the same are not held back when nothing is wrong', () => {
    const { lines, log } = sampled();
    for (let n = 0; n < 100; n++) log.info({ callSid: `CA${String(n)}` }, 'call began');
    for (let n = 0; n < 100; n++) log.debug({}, 'request answered');
    expect(lines).toHaveLength(200);
  });
});

describe('the length of a line', () => {
  const written = (fields: object, secrets: string[] = []) => {
    const lines: string[] = [];
    const out = { write: (text: string) => lines.push(text) };
    createLogger({ level: 'debug', isTerminal: false, secrets, out }).warn(fields, 'a peer said something');
    return lines.join('');
  };

  test('the length of a line is bounded, whatever a peer puts into a reason', () => {
    const reason = `${'\u0007\u001b[2J'.repeat(5)}no${'x'.repeat(4_000_000)}`;
    const line = written({ code: 'STREAM_LOST', reason, error: { message: reason } });
    expect(line.length).toBeLessThan(1200);
    expect(line).not.toMatch(/[^\P{Cc}\n]|\\u00/u);
    expect(JSON.parse(line)).toMatchObject({ code: 'STREAM_LOST' });
  });

  test('the length of a line is bounded for every thing that can be logged', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 5000 }), fc.string());
    const thing = fc.letrec((tie) => ({
      thing: fc.oneof(
        { maxDepth: 6 },
        text,
        fc.integer(),
        fc.bigInt(),
        fc.constant(null),
        text.map((message) => new Error(message)),
        fc.uint8Array({ maxLength: 100 }),
        fc.array(tie('thing'), { maxLength: 60 }),
        fc.dictionary(text, tie('thing'), { maxKeys: 60 }),
      ),
    })).thing;
    holds(
      fc.property(fc.dictionary(text, thing, { maxKeys: 60 }), (fields) => {
        const line = written(fields);
        expect(Buffer.byteLength(line)).toBeLessThan(16_384);
        JSON.parse(line);
      }),
      { runs: 300 },
    );
  });

  test('the length of a line is bounded for what has many names and nothing in them', () => {
    const deep = (depth: number): object =>
      Object.fromEntries(
        Array.from({ length: 30 }, (_, n) => [`name ${String(n)}`, depth === 0 ? n : deep(depth - 1)]),
      );
    expect(written(deep(3)).length).toBeLessThan(16_384);
  });

  test('the length of a line shows no half of a secret or of a number where a text is cut', () => {
    const secret = 'sk-live-0123456789abcdef';
    for (let before = 370; before <= 400; before++) {
      const line = written({ reason: `${'x'.repeat(before)}${secret} +12025550123 ${'y'.repeat(900)}` }, [
        secret,
      ]);
      for (const half of ['sk-', '12025']) expect(line).not.toContain(half);
    }
  });
});
