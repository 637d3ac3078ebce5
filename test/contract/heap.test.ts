import { execFileSync } from 'node:child_process';
import { getHeapSpaceStatistics } from 'node:v8';
import { expect, test, vi } from 'vitest';
import { giveMemoryBack, letHeapGrow } from '../../src/heap.ts';

/** V8 says nothing to a program of an option that it does not know; it only writes a line to the terminal. */
test('this Node knows the option by which the heap may grow', () => {
  const options = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  expect(options).toMatch(/^\s+--heap-growing-percent /m);
  expect(letHeapGrow).not.toThrow();
});

const roomForNewObjects = () =>
  getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;

test('memory that is given back is the room for new objects, too, and the program goes on', async () => {
  // What lives for a while makes the room grow.
  const kept: object[] = [];
  for (let n = 0; n < 1_000_000; n++) kept.push({ n });
  const before = roomForNewObjects();
  kept.length = 0;
  giveMemoryBack();
  await vi.waitFor(() => {
    expect(roomForNewObjects()).toBeLessThan(before / 2);
  });
});
