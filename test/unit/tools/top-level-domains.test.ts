import domains from 'tlds';
import { expect, test } from 'vitest';
import { isTopLevelDomain } from '../../../src/services/tools/house/top-level-domains.ts';

test('the list that ships with the engine is the one of the package that it is written from', () => {
  expect(domains.length).toBeGreaterThan(1000);
  expect(domains.filter((domain) => !isTopLevelDomain(domain))).toEqual([]);
});

test.each(['com', 'COM', 'рф', 'РФ', 'xn--p1ai', 'XN--P1AI', 'test', 'local'])(
  '%s is a top-level domain',
  (label) => {
    expect(isTopLevelDomain(label)).toBe(true);
  },
);

test.each(['see', 'Tuesday', 'a.m', '', '5', 'xn--', 'xn--zzzzzz99', 'com.', 'bitte'])(
  '%j is no top-level domain',
  (label) => {
    expect(isTopLevelDomain(label)).toBe(false);
  },
);
