import { expect, test } from 'vitest';
import { PipedSiblings } from '../../../src/services/workers/piped-siblings.ts';
import { Switchboard } from '../../../src/services/workers/switchboard.ts';
import { pipePair } from '../../support/pipe-pair.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { pass, settled } from '../../support/worker-processes.ts';

function twoWorkers() {
  const clock = new VirtualClock();
  const switchboard = new Switchboard();
  const [one, two] = [1, 2].map((number) => {
    const [near, far] = pipePair(clock);
    switchboard.connect(number, near);
    return { near, siblings: new PipedSiblings(number, far) };
  });
  if (one === undefined || two === undefined) throw new Error('there are two');
  /** As the one who watches over it does when the worker is given up. */
  const giveUp = (number: number) => {
    (number === 1 ? one : two).near.cut();
    switchboard.disconnect(number);
  };
  return { clock, one: one.siblings, two: two.siblings, giveUp };
}

test('a worker that is silent is not taken for gone: it may stand still with a call in its hands', async () => {
  const { clock, one, two, giveUp } = twoWorkers();
  two.onAsked('who', () => new Promise(() => undefined));
  const answers: unknown[] = [];
  one.ask(2, 'who', {}).then(
    (answer) => answers.push(answer),
    (thrown: unknown) => answers.push(thrown),
  );
  await pass(clock, 60_000);
  expect(answers).toEqual([]);
  giveUp(2);
  await settled();
  expect(answers).toEqual([expect.objectContaining({ code: 'SIBLING_LOST' })]);
});

test('a worker that was silent for long is heard when it answers', async () => {
  const { clock, one, two } = twoWorkers();
  let answer: ((value: unknown) => void) | undefined;
  two.onAsked('who', () => new Promise((resolve) => (answer = resolve)));
  const asked = one.ask(2, 'who', {});
  await pass(clock, 5400);
  answer?.('me');
  expect(await asked).toBe('me');
});
