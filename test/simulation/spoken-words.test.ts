import { expect, test } from 'vitest';
import type { SpokenWords } from '../../src/protocol/console-live.ts';
import { CardWatch } from '../../src/services/cards/card-watch.ts';
import { spokenWords } from '../../src/services/calls/spoken-words.ts';
import { recordedCall } from '../support/recorded-call.ts';
import { MS_PER_LETTER } from '../support/scripted-model.ts';

const REPLY = 'We are open from nine to five, and on Saturdays until noon.';

async function answeringCall(reply = REPLY) {
  const call = recordedCall({ latencyMs: 300 });
  const { clock, model } = call;
  model.opens();
  call.dials();
  await clock.run(3000);
  model.script['reply'] = reply;
  model.callerSays('u1', 'When are you open?');
  await clock.run(300);
  const cards = new CardWatch();
  return { ...call, cards, now: (): SpokenWords[] => spokenWords({ ...call, cards }) };
}

test('the words of the agent are told as they are heard, the next ones apart, and none once all are said', async () => {
  const { clock, now, rows } = await answeringCall();
  let before = '';
  for (let letters = 0; letters < REPLY.length; letters += 5) {
    const [line, ...more] = now();
    expect(more).toEqual([]);
    expect(line).toMatchObject({ role: 'agent' });
    const { text = '', ahead = '' } = line ?? {};
    expect(text + ahead).toBe(REPLY);
    expect(text.startsWith(before)).toBe(true);
    expect(text.length).toBeLessThanOrEqual(letters + 1);
    before = text;
    await clock.run(5 * MS_PER_LETTER);
  }
  expect(before.length).toBeGreaterThan(REPLY.length / 2);
  await clock.run(1000);
  expect(now()).toEqual([]);
  expect(rows.findLast(({ event }) => event === 'agent.said')?.body).toMatchObject({ text: REPLY });
});

test('a barge-in leaves the words that were told as heard, and no others', async () => {
  const { clock, model, now, rows } = await answeringCall();
  await clock.run(30 * MS_PER_LETTER);
  const [line] = now();
  expect(line?.text).not.toBe('');
  model.speechStarts('u2');
  expect(now()).toEqual([]);
  await clock.run(0);
  const { body } = rows.findLast(({ event }) => event === 'agent.said') ?? {};
  expect(body).toMatchObject({ interrupted: true, text: line?.text, unheard: line?.ahead.trim() });
});

test('the words of the caller are told as they are transcribed, until the turn is told whole', async () => {
  const { model, now } = await answeringCall();
  const write = (delta: string) => {
    model.writes('u9', delta);
  };
  const ofCaller = () => now().filter(({ role }) => role === 'caller');
  write('A cleaning');
  write(', please.');
  expect(ofCaller()).toEqual([{ role: 'caller', itemId: 'u9', text: 'A cleaning, please.', ahead: '' }]);
  model.transcribes('u9', 'A cleaning, please.');
  write(' late');
  expect(ofCaller()).toEqual([]);
});

test('digits that may be a card’s are held back while they are spoken', async () => {
  const { cards, model, now } = await answeringCall('It is 4111 1111 1111 1111, then.');
  model.writes('u9', 'It is 4 1 1 1');
  expect(
    now()
      .map(({ text, ahead }) => text + ahead)
      .join(' | '),
  ).not.toMatch(/4 ?1/);
  expect(now()[0]).toMatchObject({ role: 'caller', text: '[digits]' });
  expect(cards.whileSpoken('agent', 'We open at 9 30.')).toBe('We open at 9 30.');
});
