import { ESLint } from 'eslint';
import { beforeAll, describe, expect, test } from 'vitest';

/**
 * Our own rules, each with a text that breaks it. The texts are linted under the
 * name of a file that exists, because typed rules need one that the compiler knows.
 */
const PURE = 'src/media/heard.ts';
const OPEN = 'src/thread.ts';
const TEST = 'test/support/night.ts';

/** Put together, so that this file passes its own rule. */
const TO_DO = ['TO', 'DO'].join('');

const violations: readonly [what: string, rule: string, file: string, text: string][] = [
  ['reads the environment', 'no-restricted-properties', OPEN, 'export const port = process.env["PORT"];'],
  ['reads the real time', 'no-restricted-properties', OPEN, 'export const now = Date.now();'],
  ['reads it by its other name', 'no-restricted-syntax', OPEN, 'export const now = new Date();'],
  ['throws dice in a pure room', 'no-restricted-properties', PURE, 'export const die = Math.random();'],
  ['waits in a pure room', 'no-restricted-globals', PURE, 'setTimeout(() => undefined, 1);'],
  ['asks the network in a pure room', 'no-restricted-globals', PURE, "void fetch('http://localhost');"],
  [
    'takes an upgrade by hand',
    'no-restricted-syntax',
    OPEN,
    "export const take = (server: import('node:http').Server) => server.on('upgrade', () => undefined);",
  ],
  [
    'hands an upgrade to a socket server by hand',
    'no-restricted-syntax',
    OPEN,
    'export const take = (sockets: { handleUpgrade(): void }) => { sockets.handleUpgrade(); };',
  ],
  [
    'opens a socket server of its own',
    'no-restricted-syntax',
    OPEN,
    "import { WebSocketServer } from 'ws';\nexport const sockets = new WebSocketServer({ noServer: true });",
  ],
  [
    'writes a file its own way',
    'no-restricted-imports',
    OPEN,
    "import { writeFile } from 'node:fs/promises';\nvoid writeFile('a', 'b');",
  ],
  [
    'tries a property by hand',
    'no-restricted-syntax',
    TEST,
    "import fc from 'fast-check';\nfc.assert(fc.property(fc.nat(), (n) => n >= 0));",
  ],
  [
    'tries a property by hand, under a name of its own',
    'no-restricted-syntax',
    TEST,
    "import { assert as always, nat, property } from 'fast-check';\nalways(property(nat(), (n) => n >= 0));",
  ],
  ['passes another file on', 'no-restricted-syntax', OPEN, "export * from './clock.ts';"],
  ['prints', 'no-console', OPEN, "console.log('here');"],
  ['leaves a to-do', 'no-warning-comments', OPEN, `// ${TO_DO}: later\nexport const here = 1;`],
  ['gives up on types', '@typescript-eslint/no-explicit-any', OPEN, 'export const anything: any = 1;'],
  [
    'silences the compiler',
    '@typescript-eslint/ban-ts-comment',
    OPEN,
    '// @ts-ignore\nexport const here = 1;',
  ],
  [
    'forgets a member of a union',
    '@typescript-eslint/switch-exhaustiveness-check',
    OPEN,
    "export const say = (x: 'a' | 'b') => {\n  switch (x) {\n    case 'a':\n      return 1;\n    default:\n      return 2;\n  }\n};",
  ],
  [
    'goes back and forth in a text',
    'regexp/no-super-linear-backtracking',
    OPEN,
    'export const even = /^(?:a+)+$/;',
  ],
  ['begins anew at each character', 'regexp/no-super-linear-move', OPEN, 'export const end = /\\s+$/;'],
  ['grows past 300 lines', 'max-lines', OPEN, 'export {};\n'.repeat(301)],
];

describe('the linter', () => {
  const eslint = new ESLint();
  const rulesBroken = async (file: string, text: string) => {
    const [result] = await eslint.lintText(text, { filePath: file });
    return (result?.messages ?? []).map(({ ruleId }) => ruleId);
  };

  beforeAll(() => rulesBroken(OPEN, ''), 60_000); // The compiler reads the project once.

  test.each(violations)('the linter stops a file that %s', async (_what, rule, file, text) => {
    expect(await rulesBroken(file, text)).toContain(rule);
  });

  test('the linter cannot be switched off by a comment', async () => {
    const directive = ['eslint', 'disable'].join('-');
    expect(await rulesBroken(OPEN, `/* ${directive} */\nconsole.log('here');`)).toContain('no-console');
  });

  test('the linter lets a pure room read a time that it was given', async () => {
    expect(await rulesBroken(PURE, 'export const day = (ms: number) => new Date(ms).getUTCDay();')).toEqual(
      [],
    );
  });
});
