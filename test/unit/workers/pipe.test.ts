import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { pipePair } from '../../support/pipe-pair.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const lost = expect.objectContaining({ code: 'SIBLING_LOST' }) as Error;

/** What has been said through a pipe, and what is said back, has arrived. */
const arrived = async () => {
  for (let turn = 0; turn < 4; turn++) await nextTurn();
};

test('what is not answered in the time that it was given fails, and its answer after that is none', async () => {
  const clock = new VirtualClock();
  const [near, far] = pipePair(clock);
  let answer: (words: string) => void = () => undefined;
  far.onAsked('ponder', () => new Promise((resolve) => (answer = resolve)));
  let end: unknown;
  near.ask('ponder', null, { withinMs: 5000 }).catch((thrown: unknown) => (end = thrown));
  await arrived();
  clock.advance(4999);
  await arrived();
  expect(end).toBeUndefined();
  clock.advance(1);
  await arrived();
  expect(end).toEqual(lost);
  answer('late');
  await arrived();
  far.onAsked('count', () => Promise.resolve(2));
  expect(await near.ask('count', null)).toBe(2);
});

test('a pipe that is cut takes nothing, sends nothing and fails what waits for an answer', async () => {
  const [near, far] = pipePair();
  const heard: unknown[] = [];
  near.onTold('news', (data) => heard.push(data));
  far.onTold('news', (data) => heard.push(data));
  const asked = expect(near.ask('anything', 1)).rejects.toEqual(lost);
  far.tell('news', 'under way');
  near.cut();
  await asked;
  near.tell('news', 'not sent');
  await expect(near.ask('anything', 2)).rejects.toEqual(lost);
  await arrived();
  expect(heard).toEqual([]);
});

test('a question that nobody answers fails at once', async () => {
  const [near] = pipePair();
  await expect(near.ask('anything', 1)).rejects.toEqual(lost);
});
