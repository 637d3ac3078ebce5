import { expect, test } from 'vitest';
import { watchNpmShell } from '../../../src/cli/npm-shell.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

function watched(environment: Record<string, string>) {
  const clock = new VirtualClock();
  let parent = 4711;
  let told = 0;
  const end = watchNpmShell({ environment, clock, parent: () => parent, then: () => told++ });
  return {
    end,
    endShell: () => (parent = 1),
    toldAfter: (ms: number) => {
      clock.advance(ms);
      return told;
    },
  };
}

test('the end of the shell that npx started this process in is told once, within half a second', () => {
  const { endShell, toldAfter } = watched({ npm_lifecycle_event: 'npx' });
  expect(toldAfter(60_000)).toBe(0);
  endShell();
  expect(toldAfter(500)).toBe(1);
  expect(toldAfter(60_000)).toBe(1);
});

test('a process that npm did not start outlives whoever started it', () => {
  const { endShell, toldAfter } = watched({});
  endShell();
  expect(toldAfter(60_000)).toBe(0);
});

test('nothing is told after the watch has ended', () => {
  const { end, endShell, toldAfter } = watched({ npm_lifecycle_event: 'start' });
  end();
  endShell();
  expect(toldAfter(60_000)).toBe(0);
});
