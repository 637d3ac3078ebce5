import { expect, test } from 'vitest';
import type { CallNews } from '../../../src/cli/call-news.ts';
import { NewsOrder } from '../../../src/cli/news-order.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

function ordered() {
  const clock = new VirtualClock();
  const told: string[] = [];
  const print = (news: CallNews) => {
    if (news.type === 'note') told.push(`${String(news.atMs)} ${news.text}`);
  };
  const order = new NewsOrder({ clock, now: () => clock.now(), print });
  const take = (atMs: number, text: string) => {
    order.take({ type: 'note', atMs, text });
  };
  return { clock, told, order, take };
}

test('what happened before is told before, though it is known later', () => {
  const { clock, told, take } = ordered();
  clock.advance(1000);
  take(1000, 'heard on the line');
  clock.advance(250);
  take(900, 'a state that was looked up');
  take(900, 'another of the same moment');
  expect(told).toEqual([]);
  clock.advance(350);
  expect(told).toEqual([
    '900 a state that was looked up',
    '900 another of the same moment',
    '1000 heard on the line',
  ]);
  expect(clock.pending).toBe(0);
});

test('what is known much later is told then, and no time goes back', () => {
  const { clock, told, take } = ordered();
  clock.advance(5000);
  take(5000, 'the agent is silent');
  clock.advance(600);
  take(1000, 'what the agent said');
  expect(told).toEqual(['5000 the agent is silent', '5000 what the agent said']);
});

test('at the end of the call everything is told at once, in order', () => {
  const { clock, told, order, take } = ordered();
  take(30, 'last');
  take(20, 'first');
  order.flush();
  expect(told).toEqual(['20 first', '30 last']);
  expect(clock.pending).toBe(0);
});
