import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { PipedSiblings } from '../../../src/services/workers/piped-siblings.ts';
import { Switchboard } from '../../../src/services/workers/switchboard.ts';
import { pipePair } from '../../support/pipe-pair.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const lost = expect.objectContaining({ code: 'SIBLING_LOST' }) as Error;

/** What has been said through a pipe, and what is said back, has arrived. */
const arrived = async () => {
  for (let turn = 0; turn < 4; turn++) await nextTurn();
};

test('a worker that does not answer within 5 s counts as lost, and its answer after that as none', async () => {
  const clock = new VirtualClock();
  const switchboard = new Switchboard();
  const [one, two] = [1, 2].map((own) => {
    const [near, far] = pipePair(clock);
    switchboard.connect(own, near);
    return new PipedSiblings(own, far);
  });
  let answer: (words: string) => void = () => undefined;
  two?.onAsked('ponder', () => new Promise((resolve) => (answer = resolve)));
  let end: unknown;
  one?.ask(2, 'ponder', null).catch((thrown: unknown) => (end = thrown));
  await arrived();
  clock.advance(4999);
  await arrived();
  expect(end).toBeUndefined();
  clock.advance(1);
  await arrived();
  expect(end).toEqual(lost);
  answer('late');
  await arrived();
  two?.onAsked('count', () => Promise.resolve(2));
  expect(await one?.ask(2, 'count', null)).toBe(2);
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
