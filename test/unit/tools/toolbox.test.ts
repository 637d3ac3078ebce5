import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { EngineError } from '../../../src/errors.ts';
import { defineTool, type RunContext, type ToolPolicy } from '../../../src/services/tools/define-tool.ts';
import { done, NOT_NOW, refuse, type ToolAnswer } from '../../../src/services/tools/tool-answer.ts';
import { settled, VirtualClock } from '../../support/virtual-clock.ts';
import { callOf, keptLog, profileOf, read, toolBench } from '../../support/tool-call.ts';

const READS: ToolPolicy = {
  kind: 'reads',
  once: 'none',
  outlivesCall: false,
  needsReadBack: false,
  isWayOut: false,
};
const EFFECT: ToolPolicy = { ...READS, kind: 'effect', once: 'arguments', outlivesCall: true };

type Run = (args: { n: number }, context: RunContext) => ToolAnswer | Promise<ToolAnswer>;

/** A tool that takes a number, and does what the test says. */
const numbered = (name: string, policy: ToolPolicy, run: Run) =>
  defineTool({
    name,
    description: 'Takes a number.',
    policy,
    args: () => z.strictObject({ n: z.int().min(0) }),
    run,
  });

const callWith = (...tools: string[]) => callOf({ profile: profileOf({}, { tools }) });

/** Runs that end when the test says so. */
function gates() {
  const open: (() => void)[] = [];
  const begun: number[] = [];
  const run: Run = ({ n }) => {
    begun.push(n);
    return new Promise((resolve) => {
      open.push(() => {
        resolve(done({ n }));
      });
    });
  };
  return { open, begun, run };
}

describe('what is refused before any tool runs', () => {
  const run = vi.fn<Run>(({ n }) => done({ n }));
  const tool = numbered('count', READS, run);

  test.each([
    ['a tool that does not exist', 'fly', { n: 1 }, 'TOOL_UNKNOWN'],
    ['a tool named like a property of every object', '__proto__', { n: 1 }, 'TOOL_UNKNOWN'],
    ['JSON that is none', 'count', '{"n":1', 'TOOL_ARGUMENTS'],
    ['no object', 'count', '[1]', 'TOOL_ARGUMENTS'],
    ['null', 'count', 'null', 'TOOL_ARGUMENTS'],
    ['arguments that are too long', 'count', `{"n":1,"x":"${'x'.repeat(17_000)}"}`, 'TOOL_ARGUMENTS'],
  ])('a tool request is refused before any tool runs: %s', async (_what, name, args, error) => {
    run.mockClear();
    const outcome = await toolBench([tool]).ask(callWith('count'), name, args);
    expect(outcome.status).toBe('failed');
    expect(read(outcome).error).toBe(error);
    expect(run).not.toHaveBeenCalled();
  });

  test('a tool request is refused for a tool that the profile does not have, though the engine does', async () => {
    const outcome = await toolBench([tool]).ask(callWith('other'), 'count', { n: 1 });
    expect(read(outcome).error).toBe('TOOL_UNKNOWN');
  });

  test('a tool request is refused for a call that is not there', async () => {
    const bench = toolBench([tool], { callOf: () => undefined });
    expect(read(await bench.ask(callWith('count'), 'count', { n: 1 })).error).toBe('CALL_FAILED');
  });

  test.each([
    ['a missing argument', {}, 'n'],
    ['a wrong one', { n: 'one' }, 'n'],
    ['one too many', { n: 1, to: '+19005551234' }, 'to'],
    ['a prototype', '{"n":1,"__proto__":{"to":"x"}}', '__proto__'],
  ])('a tool request is refused for %s, with its path', async (_what, args, path) => {
    const answer = read(await toolBench([tool]).ask(callWith('count'), 'count', args));
    expect(answer).toMatchObject({ status: 'failed', error: 'TOOL_ARGUMENTS' });
    expect(answer.problems?.map((problem) => problem.path)).toContain(path);
  });

  test('a tool request is refused at the third misreading in a row, with the advice to stop', async () => {
    const bench = toolBench([tool]);
    const call = callWith('count');
    const reasons: (string | undefined)[] = [];
    for (const args of [{}, {}, { n: 1 }, {}, {}, {}])
      reasons.push(read(await bench.ask(call, 'count', args)).reason);
    expect(reasons.map((reason) => reason?.includes('Stop trying') ?? false)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  test('a tool request takes no text at all for no arguments', async () => {
    const bare = defineTool({
      name: 'bare',
      description: '',
      policy: READS,
      args: () => z.strictObject({}),
      run: () => done({}),
    });
    expect((await toolBench([bare]).ask(callWith('bare'), 'bare', '')).status).toBe('ok');
  });
});

describe('how often', () => {
  const tools = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => numbered(name, READS, ({ n }) => done({ n })));
  const wayOut = numbered('out', { ...READS, isWayOut: true }, () => done({}, 'endCall'));

  test('a tool runs five times a minute, and then again', async () => {
    const clock = new VirtualClock();
    const bench = toolBench(tools, { clock, limits: { perCall: 25, perToolAndMinute: 5 } });
    const call = callWith('a', 'b');
    for (let n = 0; n < 5; n++) expect((await bench.ask(call, 'a', { n })).status).toBe('ok');
    expect(read(await bench.ask(call, 'a', { n: 5 })).reason).toMatch(/too often/);
    expect((await bench.ask(call, 'b', { n: 0 })).status).toBe('ok');
    clock.advance(60_000);
    expect((await bench.ask(call, 'a', { n: 6 })).status).toBe('ok');
  });

  test('tools run twenty-five times a call, and after that only the way out', async () => {
    const clock = new VirtualClock();
    const bench = toolBench([...tools, wayOut], { clock, limits: { perCall: 25, perToolAndMinute: 5 } });
    const call = callWith('a', 'b', 'c', 'd', 'e', 'f', 'out');
    const ask = (n: number) => bench.ask(call, 'abcde'[n % 5] ?? 'a', { n });
    for (let n = 0; n < 25; n++) expect((await ask(n)).status).toBe('ok');
    clock.advance(60_000);
    expect(read(await bench.ask(call, 'f', { n: 0 })).reason).toMatch(/No more tools/);
    expect(await bench.ask(call, 'out', { n: 0 })).toMatchObject({ status: 'ok', then: 'endCall' });
    expect((await bench.ask(callWith('a'), 'a', { n: 0 })).status).toBe('ok');
  });

  test('tools are counted anew for a call that was forgotten', async () => {
    const bench = toolBench(tools, { limits: { perCall: 1, perToolAndMinute: 5 } });
    const call = callWith('a');
    await bench.ask(call, 'a', { n: 0 });
    expect((await bench.ask(call, 'a', { n: 1 })).status).toBe('refused');
    bench.toolbox.forget(call.callSid);
    expect((await bench.ask(call, 'a', { n: 2 })).status).toBe('ok');
  });
});

describe('once', () => {
  test('the same function call is answered from memory, reads too', async () => {
    const run = vi.fn<Run>(({ n }) => done({ n }));
    const bench = toolBench([numbered('count', READS, run)]);
    const call = callWith('count');
    const [first, again] = [
      await bench.ask(call, 'count', { n: 1 }, { id: 'call_same' }),
      await bench.ask(call, 'count', { n: 1 }, { id: 'call_same' }),
    ];
    expect(again).toEqual(first);
    expect(run).toHaveBeenCalledTimes(1);
  });

  test('a request of the same meaning gets the stored result, however it is written', async () => {
    const run = vi.fn<Run>(({ n }) => done({ n }));
    const bench = toolBench([numbered('count', EFFECT, run)]);
    const call = callWith('count');
    const first = read(await bench.ask(call, 'count', '{"n":1}'));
    expect(read(await bench.ask(call, 'count', ' { "n" : 1.0 } '))).toEqual({ ...first, repeated: true });
    await bench.ask(call, 'count', { n: 2 });
    await bench.ask(callWith('count'), 'count', { n: 1 });
    expect(run).toHaveBeenCalledTimes(3);
  });

  test('keys of requests are equal for equal ones of a call, differ otherwise, and hold no argument', async () => {
    const keys: string[] = [];
    const tool = numbered('count', EFFECT, ({ n }, { key }) => {
      keys.push(key);
      return refuse(String(n));
    });
    const bench = toolBench([tool]);
    const call = callWith('count');
    for (const n of [12345, 12345, 2]) await bench.ask(call, 'count', { n });
    await bench.ask(callWith('count'), 'count', { n: 12345 });
    expect(keys[0]).toBe(keys[1]);
    expect(new Set(keys).size).toBe(3);
    expect(keys[0]).toMatch(new RegExp(`^${call.callSid}:count:[0-9a-f]{64}$`));
    expect(keys[0]?.split(':')[2]).not.toContain('12345');
  });

  test('a policy of once a call gives all requests one result', async () => {
    const run = vi.fn<Run>(({ n }) => done({ n }));
    const bench = toolBench([numbered('count', { ...EFFECT, once: 'call' }, run)]);
    const call = callWith('count');
    await bench.ask(call, 'count', { n: 1 });
    expect(read(await bench.ask(call, 'count', { n: 2 })).result).toEqual({ n: 1 });
  });

  test('what was refused or failed may be asked again; what may have happened may not', async () => {
    const answers: (ToolAnswer | Error)[] = [
      refuse('taken'),
      new EngineError('STORAGE_UNAVAILABLE'),
      { status: 'uncertain', reason: 'who knows' },
      done({}),
    ];
    const run = vi.fn<Run>(() => {
      const next = answers.shift() ?? done({});
      if (next instanceof Error) throw next;
      return next;
    });
    const bench = toolBench([numbered('count', EFFECT, run)]);
    const call = callWith('count');
    const seen: string[] = [];
    for (let n = 0; n < 5; n++) seen.push(read(await bench.ask(call, 'count', { n: 1 })).status);
    expect(seen).toEqual(['refused', 'failed', 'uncertain', 'uncertain', 'uncertain']);
    expect(run).toHaveBeenCalledTimes(3);
  });

  test('an effect that throws may have happened, and is not done again; a read is', async () => {
    const run = vi.fn<Run>(() => {
      throw new TypeError('the answer cannot be read');
    });
    const bench = toolBench([numbered('count', EFFECT, run), numbered('look', READS, run)]);
    const call = callWith('count', 'look');
    const asked = async (name: string) => read(await bench.ask(call, name, { n: 1 }));
    expect(await asked('count')).toMatchObject({ status: 'uncertain', error: 'TOOL_FAILED' });
    expect(await asked('count')).toMatchObject({ status: 'uncertain', repeated: true });
    expect(run).toHaveBeenCalledTimes(1);
    expect(await asked('look')).toMatchObject({ status: 'failed', error: 'TOOL_FAILED' });
    expect(await asked('look')).toMatchObject({ status: 'failed', error: 'TOOL_FAILED' });
    expect(run).toHaveBeenCalledTimes(3);
  });

  test('an effect is done once whatever it answers: circles, depths, what throws when it is read', async () => {
    const circle: Record<string, unknown> = {};
    circle['itself'] = circle;
    const thrower = {
      toJSON: () => {
        throw new Error('secret');
      },
    };
    const deep = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) as unknown;
    for (const [value, status] of [
      [circle, 'ok'],
      [deep, 'ok'],
      [thrower, 'uncertain'],
    ] as const) {
      const run = vi.fn<Run>(() => done({ value }));
      const bench = toolBench([numbered('count', EFFECT, run)]);
      const call = callWith('count');
      expect(read(await bench.ask(call, 'count', { n: 1 })).status).toBe(status);
      expect(read(await bench.ask(call, 'count', { n: 1 }))).toMatchObject({ status, repeated: true });
      expect(run).toHaveBeenCalledTimes(1);
    }
  });
});

describe('side by side', () => {
  test('effects of a call run one after another, in order; those of two calls do not wait', async () => {
    const { open, begun, run } = gates();
    const bench = toolBench([numbered('count', EFFECT, run)]);
    const [one, other] = [callWith('count'), callWith('count')];
    const outcomes = [
      bench.ask(one, 'count', { n: 1 }),
      bench.ask(one, 'count', { n: 2 }),
      bench.ask(other, 'count', { n: 3 }),
    ];
    await settled();
    expect(begun).toEqual([1, 3]);
    open[0]?.();
    await settled();
    expect(begun).toEqual([1, 3, 2]);
    open[1]?.();
    open[2]?.();
    expect((await Promise.all(outcomes)).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
  });

  test('reads run at the same time, also while an effect runs', async () => {
    const { open, begun, run } = gates();
    const bench = toolBench([numbered('read', READS, run), numbered('act', EFFECT, run)]);
    const call = callWith('read', 'act');
    const outcomes = [
      bench.ask(call, 'act', { n: 1 }),
      bench.ask(call, 'read', { n: 2 }),
      bench.ask(call, 'read', { n: 3 }),
    ];
    await settled();
    expect([...begun].sort()).toEqual([1, 2, 3]);
    for (const finish of open) finish();
    await Promise.all(outcomes);
  });

  test('an effect that failed does not hold up the next', async () => {
    const bench = toolBench([
      numbered('count', EFFECT, ({ n }) => (n === 1 ? Promise.reject(new Error('no')) : done({ n }))),
    ]);
    const call = callWith('count');
    const outcomes = await Promise.all([
      bench.ask(call, 'count', { n: 1 }),
      bench.ask(call, 'count', { n: 2 }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['failed', 'ok']);
  });
});

describe('giving up', () => {
  test('giving up a tool settles at once, and a read is told', async () => {
    let signal: AbortSignal | undefined;
    const tool = numbered('count', READS, (_args, context) => {
      signal = context.signal;
      return new Promise(() => undefined);
    });
    const abort = new AbortController();
    const outcome = toolBench([tool]).ask(callWith('count'), 'count', { n: 1 }, { signal: abort.signal });
    await settled();
    abort.abort();
    expect((await outcome).status).toBe('cancelled');
    expect(signal?.aborted).toBe(true);
  });

  test('giving up a tool does not start what has not begun', async () => {
    const run = vi.fn<Run>(() => done({}));
    const bench = toolBench([numbered('count', EFFECT, run)]);
    const outcome = await bench.ask(callWith('count'), 'count', { n: 1 }, { signal: AbortSignal.abort() });
    expect(outcome.status).toBe('cancelled');
    expect(run).not.toHaveBeenCalled();
  });

  test('giving up a tool lets an effect go on, tells its late outcome, and answers the next request with it', async () => {
    const { open, run } = gates();
    const onLateOutcome = vi.fn();
    const asked = vi.fn(run);
    const bench = toolBench([numbered('count', EFFECT, asked)], { onLateOutcome });
    const call = callWith('count');
    const abort = new AbortController();
    const first = bench.ask(call, 'count', { n: 1 }, { signal: abort.signal });
    await settled();
    abort.abort();
    expect((await first).status).toBe('cancelled');
    expect(asked.mock.calls[0]?.[1].signal.aborted).toBe(false);
    open[0]?.();
    await settled();
    expect(onLateOutcome).toHaveBeenCalledWith(
      expect.objectContaining({ callSid: call.callSid }),
      expect.objectContaining({ status: 'ok' }),
    );
    expect(read(await bench.ask(call, 'count', { n: 1 }))).toMatchObject({ status: 'ok', repeated: true });
    expect(asked).toHaveBeenCalledTimes(1);
  });

  test('giving up a tool lets the next effect run when the one before it is given up and hangs', async () => {
    const { run, open } = gates();
    const bench = toolBench([numbered('count', EFFECT, run)]);
    const call = callWith('count');
    const abort = new AbortController();
    void bench.ask(call, 'count', { n: 1 }, { signal: abort.signal });
    const next = bench.ask(call, 'count', { n: 2 });
    await settled();
    abort.abort();
    await settled();
    open[1]?.();
    expect((await next).status).toBe('ok');
  });

  test('giving up a tool skips an effect that was given up while it waited', async () => {
    const { open, begun, run } = gates();
    const bench = toolBench([numbered('count', EFFECT, run)]);
    const call = callWith('count');
    const abort = new AbortController();
    const first = bench.ask(call, 'count', { n: 1 });
    const waiting = bench.ask(call, 'count', { n: 2 }, { signal: abort.signal });
    await settled();
    abort.abort();
    expect((await waiting).status).toBe('cancelled');
    open[0]?.();
    await first;
    await settled();
    expect(begun).toEqual([1]);
  });
});

describe('what the model and the log are told', () => {
  const canary = 'Ann Lee, +12025550123';

  test('of a failure the model and the log are told the code and a fixed sentence, never what was thrown', async () => {
    const log = keptLog();
    const tool = numbered('count', READS, ({ n }) => {
      if (n === 1) throw new Error(canary);
      throw new EngineError('STORAGE_UNAVAILABLE', canary);
    });
    const bench = toolBench([tool], { log });
    const call = callWith('count');
    const outcomes = [await bench.ask(call, 'count', { n: 1 }), await bench.ask(call, 'count', { n: 2 })];
    expect(outcomes.map((outcome) => read(outcome))).toEqual([
      { status: 'failed', error: 'TOOL_FAILED', reason: 'a tool failed' },
      { status: 'failed', error: 'STORAGE_UNAVAILABLE', reason: NOT_NOW },
    ]);
    expect(log.lines).toHaveLength(2);
    expect(log.lines[0]).toContain('toolbox.test.ts');
    for (const text of [...log.lines, ...outcomes.map(({ output }) => output)])
      expect(text).not.toContain('Ann');
  });

  test('the log is told nothing of arguments that are wrong', async () => {
    const log = keptLog();
    const bench = toolBench([numbered('count', READS, () => done({}))], { log });
    await bench.ask(callWith('count'), 'count', { n: canary, [canary]: 1 });
    await bench.ask(callWith('count'), canary, {});
    expect(log.lines).toHaveLength(2);
    for (const line of log.lines) expect(line).not.toContain('Ann');
  });

  test('of a result beyond 8 KB the model is told what fits, and which fields were cut', async () => {
    const tool = numbered('count', READS, () =>
      done({ id: 'a1', text: 'word '.repeat(4000), list: [1, 2, 3] }),
    );
    const outcome = await toolBench([tool]).ask(callWith('count'), 'count', { n: 1 });
    const answer = read(outcome);
    expect(Buffer.byteLength(outcome.output)).toBeLessThan(8400);
    expect(answer).toMatchObject({ shortened: ['text'], result: { id: 'a1', list: [1, 2, 3] } });
  });

  test('the model is told no control characters', async () => {
    const tool = numbered('count', READS, () => done({ text: 'a\u001b[31mb\u0000c\nd\u009b' }));
    const answer = read(await toolBench([tool]).ask(callWith('count'), 'count', { n: 1 }));
    expect(answer.result?.['text']).toBe('a[31mbc\nd');
  });
});

test('a session is told the tools of the profile, in its order, as JSON Schema', () => {
  const tools = [
    numbered('a', READS, () => done({})),
    numbered('b', { ...EFFECT, needsReadBack: true }, () => done({})),
    numbered('c', READS, () => done({})),
  ];
  const { toolbox } = toolBench(tools);
  const specs = toolbox.specsFor(profileOf({}, { tools: ['b', 'gone', 'a'] }));
  expect(toolbox.names).toEqual(['a', 'b', 'c']);
  expect(specs.map(({ name }) => name)).toEqual(['b', 'a']);
  expect(specs[0]?.description).toMatch(/Read the details back/);
  expect(specs[1]).toEqual({
    name: 'a',
    description: 'Takes a number.',
    parameters: {
      type: 'object',
      properties: { n: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } },
      required: ['n'],
      additionalProperties: false,
    },
  });
});
