import { describe, expect, test } from 'vitest';
import { stateName, floorOf } from '../../../src/protocol/state-path.ts';

describe('the path of a state', () => {
  test.each([
    ['ended', 'ended'],
    [{ conversing: { listening: 'quiet' } }, 'conversing.listening.quiet'],
    [{ ending: { farewell: 'hearing' } }, 'ending.farewell.hearing'],
    [{ connecting: { phone: 'awaited', model: 'opening' } }, 'connecting'],
  ])('the path of the state %j is %s', (value, path) => {
    expect(floorOf(value)).toBe(path);
  });
});

describe('the fixed name of a state', () => {
  test.each([
    ['conversing.listening.quiet', 'conversing.listening'],
    ['conversing.responding', 'conversing.responding'],
    ['ending.farewell.hearing', 'ending'],
    ['ended', 'ended'],
    ['', ''],
  ])('the fixed name of the state %s is %s', (path, name) => {
    expect(stateName(path)).toBe(name);
  });
});
