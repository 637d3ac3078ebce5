import { expect, test } from 'vitest';
import { overridesOf } from '../../../../src/simulator/carrier/webhook-overrides.ts';

const limitsOf = (fragment: string) => {
  const { retries, connectMs, readMs, totalMs } = overridesOf(`https://engine.example/a?b=c${fragment}`);
  return [retries, connectMs, readMs, totalMs];
};

test.each<[string, number[]]>([
  ['', [1, 5000, 15_000, 15_000]],
  ['#rc=4&rp=ct,rt,5xx&ct=1500&rt=4000&tt=14000', [4, 1500, 4000, 14_000]],
  ['#rc=9&ct=1&rt=99999&tt=99999', [5, 100, 15_000, 15_000]],
  ['#rc=0', [0, 5000, 15_000, 15_000]],
  ['#rc=-1&ct=&rt=soon&tt=1e3', [1, 5000, 15_000, 15_000]],
])('the overrides %s are read as Twilio has them', (fragment, limits) => {
  expect(limitsOf(fragment)).toEqual(limits);
});

test.each<[string, string[]]>([
  ['', ['ct']],
  ['#rp=5xx', ['5xx']],
  ['#rp=rt,4xx', ['rt', '4xx']],
  ['#rp=all', ['ct', 'rt', '4xx', '5xx']],
])('the overrides %s ask again for %j', (fragment, failures) => {
  const { retriesFor } = overridesOf(`https://engine.example/a${fragment}`);
  expect((['ct', 'rt', '4xx', '5xx'] as const).filter(retriesFor)).toEqual(failures);
});
