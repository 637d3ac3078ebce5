import { beforeEach, describe, expect, test } from 'vitest';
import type { ToolPolicy } from '../../../src/services/tools/define-tool.ts';
import { EffectPolicy } from '../../../src/services/tools/effect-policy.ts';
import { RecentWords } from '../../../src/services/tools/recent-words.ts';

const BOOKS: ToolPolicy = {
  kind: 'effect',
  once: 'arguments',
  outlivesCall: true,
  needsReadBack: true,
  isWayOut: false,
};
const EVE = { date: '2026-12-01', name: 'Eve Adams', service: 'Teeth whitening', time: '10:00' };
const READ_BACK = 'Teeth whitening for Eve Adams, on the first of December at ten. Shall I book it?';

let talk: RecentWords;
let policy: EffectPolicy;
let now: number;

beforeEach(() => {
  talk = new RecentWords();
  policy = new EffectPolicy(talk);
  now = 1_000_000;
});

/** Asks for an effect whose key is its arguments; the rule that is against it. */
function ask(args: object = EVE, mode: 'asked' | 'required' = 'required') {
  const meaning = JSON.stringify(args);
  return policy.judge({ policy: BOOKS, key: meaning, meaning, now }, mode)?.rule;
}

function agentSays(text: string) {
  talk.agentSaid(text, (now += 2000));
}

function callerSpeaks() {
  now += 1000;
  talk.callerSpoke();
}

describe('an effect that has to be read back', () => {
  beforeEach(() => {
    callerSpeaks();
    expect(ask()).toBe('readBack');
  });

  test('an effect that has to be read back is had when the caller heard its details and spoke', () => {
    agentSays(READ_BACK);
    callerSpeaks();
    expect(ask()).toBeUndefined();
  });

  test('an effect that has to be read back may be read back in pieces', () => {
    agentSays('Eve Adams, is that right?');
    callerSpeaks();
    agentSays('And it is the whitening.');
    callerSpeaks();
    expect(ask()).toBeUndefined();
  });

  test('an effect that has to be read back is refused while the caller has not spoken since', () => {
    agentSays(READ_BACK);
    expect(ask()).toBe('readBack');
  });

  test.each([
    ['nothing', undefined],
    ['something else', 'Hello, how can I help you?'],
    ['half of them', 'Eve Adams, one moment please.'],
  ])(
    'an effect that has to be read back is refused when the caller heard %s of its details',
    (_what, words) => {
      if (words !== undefined) agentSays(words);
      callerSpeaks();
      expect(ask()).toBe('readBack');
    },
  );

  test('an effect that was read back is refused with any other argument', () => {
    agentSays(READ_BACK);
    callerSpeaks();
    expect(ask({ ...EVE, time: '11:00' })).toBe('readBack');
  });

  test('an effect that has to be read back is refused when the agreement is two minutes old', () => {
    agentSays(READ_BACK);
    callerSpeaks();
    now += 120_001;
    expect(ask()).toBe('readBack');
  });

  test('an effect that has to be read back is refused when all was said before it was asked for', () => {
    agentSays(READ_BACK);
    callerSpeaks();
    const later = { ...EVE, date: '2026-12-02' };
    expect(ask(later)).toBe('readBack');
    callerSpeaks();
    expect(ask(later)).toBe('readBack');
  });
});

test('one effect is had for each turn of the caller', () => {
  callerSpeaks();
  ask();
  agentSays('Teeth whitening, Eve Adams.');
  callerSpeaks();
  expect(ask()).toBeUndefined();
  policy.acted(JSON.stringify(EVE));
  expect(ask({ name: 'Bob' })).toBe('turn');
  callerSpeaks();
  expect(ask({ name: 'Bob' })).toBe('readBack');
});

test('where it is only asked of the model, nothing has to be read back', () => {
  expect(ask(EVE, 'asked')).toBeUndefined();
});

test('two transfers are tried, and two at once are one', () => {
  expect(policy.judgeTransfer(0)).toBeUndefined();
  expect(policy.judgeTransfer(4999)).toBeUndefined();
  expect(policy.judgeTransfer(60_000)).toBeUndefined();
  expect(policy.judgeTransfer(120_000)?.rule).toBe('transfer');
});

test('two breaches take the tools away, and honest mistakes do not', () => {
  expect([policy.broken('readBack'), policy.broken('turn'), policy.broken('number')]).toEqual([
    false,
    false,
    false,
  ]);
  expect(policy.isWithdrawn).toBe(false);
  expect(policy.broken('link')).toBe(true);
  expect(ask(EVE, 'asked')).toBe('withdrawn');
});
