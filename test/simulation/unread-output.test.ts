import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

test('a command whose output nobody reads ends without an error', { timeout: 120_000 }, async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', '--help'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let complained = '';
  child.stderr.on('data', (part: Buffer) => (complained += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, complained }).toEqual({ code: 0, complained: '' });
});
