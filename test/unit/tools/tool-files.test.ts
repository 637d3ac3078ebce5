import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { callOf, profileOf, read, toolBench } from '../../support/tool-call.ts';
import { loadTools, toolFolder } from '../../support/tool-folder.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** The text of a tool's file. */
const tool = (name: string, body = '') => `
  import { defineTool, done, z } from 'callchart/tool';
  export default defineTool({
    name: '${name}',
    description: 'Doubles a number.',
    policy: { kind: 'reads' },
    args: z.strictObject({ n: z.int() }),
    run: ({ n }) => done({ twice: n * 2 }),
    ${body}
  });`;

/** The problem lines of a folder, each without the folder's path. */
async function problemsOf(folder: string): Promise<string[]> {
  try {
    await loadTools(folder);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof EngineError)) throw thrown;
    expect(thrown.code).toBe('TOOL_FILE_INVALID');
    return thrown.message
      .split('\n  ')
      .slice(1)
      .map((line) => line.replace(`${folder}/`, ''));
  }
}

describe('a folder of tools', () => {
  test('a folder of tools is loaded from JavaScript and TypeScript, wherever it is, and its tools run', async () => {
    const folder = toolFolder({
      'plain.js': tool('plain'),
      'module.mjs': tool('module'),
      'typed.ts': `
        import { done } from 'callchart/tool';
        import { type Price, priceOf } from './shared/prices.ts';
        import { defineTool, z, type ToolAnswer } from 'callchart/tool';
        const answer = (price: Price): ToolAnswer => done({ price });
        export default defineTool({
          name: 'typed',
          description: 'Tells a price.',
          policy: { kind: 'effect', once: 'call', outlivesCall: false, needsReadBack: false },
          args: z.strictObject({ item: z.string() }),
          run: ({ item }) => answer(priceOf(item)),
        });`,
      'typed-module.mts': tool('typed_module'),
      'shared/prices.ts': `export type Price = number; export const priceOf = (item: string): Price => item.length;`,
      'shared/broken.js': 'this is no module',
      'typed.d.ts': 'export {};',
      'notes.md': '# Not a tool',
      '.hidden.js': 'nor is this',
    });
    const tools = await loadTools(folder);
    expect(tools.map(({ name }) => name)).toEqual(['module', 'plain', 'typed_module', 'typed']);
    const call = callOf({ profile: profileOf({}, { tools: ['plain', 'typed'] }) });
    const bench = toolBench(tools);
    expect(read(await bench.ask(call, 'plain', { n: 21 })).result).toEqual({ twice: 42 });
    expect(read(await bench.ask(call, 'typed', { item: 'four' })).result).toEqual({ price: 4 });
    expect(read(await bench.ask(call, 'plain', { n: 'x' })).error).toBe('TOOL_ARGUMENTS');
  });

  test('a folder of tools is read with a mark of byte order and the line ends of Windows', async () => {
    const saved = (text: string) => `\ufeff${text.replaceAll('\n', '\r\n')}`;
    const folder = toolFolder({
      'a.js': saved(`import { greet } from './shared/greet.mjs';${tool('a')} greet();`),
      'b.ts': saved(tool('b')),
      'shared/greet.mjs': saved(`export const greet = () => 'Grüß Gott';`),
    });
    expect((await loadTools(folder)).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('a folder of tools refuses by name what is not UTF-8, whoever imports it', async () => {
    const text = `${tool('price')} // Bäckerei`;
    const latin = Buffer.from(text, 'latin1');
    const folder = toolFolder({
      'a-latin.js': latin,
      'b-latin.ts': latin,
      'c-utf16.mjs': Buffer.from(`\ufeff${text}`, 'utf16le'),
      'd-utf16-without-mark.js': Buffer.from(text, 'utf16le'),
      'e-imports.js': `import './shared/words.js';${tool('e')}`,
      'shared/words.js': Buffer.from(`export default 'Bäckerei';`, 'latin1'),
      'f-package.js': `import './node_modules/old/words.js';${tool('f')}`,
      'node_modules/old/words.js': Buffer.from(`export default 'Bäckerei';`, 'latin1'),
    });
    const hint = 'is not UTF-8: save it as UTF-8';
    expect(await problemsOf(folder)).toEqual([
      `a-latin.js: a-latin.js ${hint}`,
      `b-latin.ts: b-latin.ts ${hint}`,
      `c-utf16.mjs: c-utf16.mjs ${hint}`,
      `d-utf16-without-mark.js: d-utf16-without-mark.js ${hint}`,
      `e-imports.js: words.js ${hint}`,
    ]);
  });

  test('a folder of tools chooses carefully what a policy does not say', async () => {
    const [reads, effect] = await loadTools(
      toolFolder({
        'a.js': tool('a'),
        'b.js': tool('b', `policy: { kind: 'effect' },`),
      }),
    );
    expect(reads?.policy).toEqual({
      kind: 'reads',
      once: 'none',
      outlivesCall: false,
      needsReadBack: false,
      isWayOut: false,
    });
    expect(effect?.policy).toEqual({
      kind: 'effect',
      once: 'arguments',
      outlivesCall: true,
      needsReadBack: true,
      isWayOut: false,
    });
  });

  test('a folder of tools tells everything that is wrong with it at once, with path and reason', async () => {
    const folder = toolFolder({
      'a-good.js': tool('good'),
      'b-syntax.js': 'export default {',
      'c-syntax.ts': 'export default const x: = 1;',
      'd-throws.js': 'throw new Error("no licence");',
      'e-nothing.js': 'export const tool = 1;',
      'f-plain-object.js': 'export default { name: "plain" };',
      'g-null.js': 'export default null;',
      'h-name.js': tool('Bad-Name'),
      'i-again.js': tool('good'),
      'j-taken.js': tool('end_call'),
      'k-missing.js': 'import "a-package-that-is-not-there"; export default 1;',
      'l-wrong.js': tool('wrong', `policy: { kind: 'maybe', haste: 1 }, args: z.string(), run: 1, extra: 1,`),
      'm-date.js': tool('dated', `args: z.strictObject({ when: z.date() }),`),
      'n-throws-text.js': 'throw "just text";',
    });
    const problems = await problemsOf(folder);
    const of = (file: string) => problems.filter((line) => line.startsWith(file)).join();
    expect(problems.map((line) => line.split(':')[0])).toEqual([
      'b-syntax.js',
      'c-syntax.ts',
      'd-throws.js',
      'e-nothing.js',
      'f-plain-object.js',
      'g-null.js',
      'h-name.js',
      'i-again.js',
      'j-taken.js',
      'k-missing.js',
      'l-wrong.js',
      'm-date.js',
      'n-throws-text.js',
    ]);
    expect(of('d-')).toContain('no licence');
    expect(of('e-')).toContain('has no default export');
    expect(of('f-')).toContain('not what defineTool returns');
    expect(of('h-')).toContain('name: must be 1 to 64 of a-z and _');
    expect(of('i-')).toContain('a-good.js has a tool good already');
    expect(of('j-')).toContain('the engine has a tool end_call already');
    expect(of('k-')).toContain('a-package-that-is-not-there');
    for (const place of ['policy.kind', 'args', 'run', 'extra']) expect(of('l-')).toContain(place);
    expect(of('m-')).toContain('args: must be an object schema');
    expect(of('n-')).toContain('just text');
  });

  test('a folder of tools that is not there, or may not be read, is told by its path', async () => {
    expect(await problemsOf('/nowhere/tools')).toEqual(['/nowhere/tools: cannot be read (ENOENT)']);
    const folder = toolFolder({ 'a.js': tool('a') });
    if (process.getuid?.() === 0) return; // Nothing is hidden from root.
    chmodSync(folder, 0);
    expect(await problemsOf(folder)).toEqual([`${folder}: cannot be read (EACCES)`]);
    chmodSync(folder, 0o700);
  });

  test('a folder of tools does not hold up the start for ever', async () => {
    const clock = new VirtualClock();
    const folder = toolFolder({ 'slow.js': 'export default 1;' });
    const loading = loadTools(folder, {
      clock,
      importModule: () => {
        queueMicrotask(() => {
          clock.advance(10_000);
        });
        return new Promise(() => undefined);
      },
    });
    await expect(loading).rejects.toThrow(`${join(folder, 'slow.js')}: did not load within 10000 ms`);
  });
});

describe('a tool of the business', () => {
  test.each([
    ['answers nothing', 'run: () => undefined,'],
    ['answers what it found, without done()', 'run: ({ n }) => ({ n }),'],
    ['answers a status of its own', `run: () => ({ status: 'fine', result: {} }),`],
    ['throws', 'run: () => { throw new Error("secret"); },'],
    ['answers what throws when it is read', 'run: () => done({ get n() { throw new Error("secret"); } }),'],
  ])('a tool of the business that %s fails, and nobody is told why', async (_what, body) => {
    const tools = await loadTools(toolFolder({ 'a.js': tool('a', body) }));
    const call = callOf({ profile: profileOf({}, { tools: ['a'] }) });
    const outcome = await toolBench(tools).ask(call, 'a', { n: 1 });
    expect(read(outcome)).toEqual({ status: 'failed', error: 'TOOL_FAILED', reason: 'a tool failed' });
  });

  test('a tool of the business is told the call, a signal and a key', async () => {
    const body = `policy: { kind: 'effect', needsReadBack: false }, run: (_args, { call, signal, key }) =>
      done({ from: call.from, at: call.now(), isAborted: signal.aborted, key }),`;
    const tools = await loadTools(toolFolder({ 'a.js': tool('a', body) }));
    const call = callOf({ profile: profileOf({}, { tools: ['a'] }) });
    expect(read(await toolBench(tools).ask(call, 'a', { n: 1 })).result).toEqual({
      from: '+12025550123',
      at: call.now(),
      isAborted: false,
      key: expect.stringMatching(/^CA\d+:a:[0-9a-f]{64}$/) as unknown,
    });
  });
});
