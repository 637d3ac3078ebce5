import { expect, test } from 'vitest';
import { openStartGarbage } from '../../../src/engine/start-garbage.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** An engine that has opened with so many calls. */
function opened(calls: number) {
  const clock = new VirtualClock();
  const registry = { size: calls };
  let times = 0;
  const { service } = openStartGarbage(registry, clock, () => times++);
  return { clock, registry, service, times: () => times };
}

test('memory that only the start needed is given back once, two seconds after it', () => {
  const { clock, times } = opened(0);
  clock.advance(1999);
  expect(times()).toBe(0);
  clock.advance(60_000);
  expect(times()).toBe(1);
});

test('an engine that has calls by then keeps its memory', () => {
  const { clock, registry, times } = opened(0);
  registry.size = 1;
  clock.advance(60_000);
  expect(times()).toBe(0);
});

test('an engine that has stopped gives nothing back', async () => {
  const { clock, service, times } = opened(0);
  await service.stop();
  clock.advance(60_000);
  expect(times()).toBe(0);
});
