import { describe, expect, test } from 'vitest';
import { callMachine } from '../../src/machines/call/call.machine.ts';
import { transitionKeys } from '../../src/testing/coverage.ts';
import { inputOf, namesOfWalks, readWalk } from '../support/walks/walk-files.ts';
import { textOf, treeOf, type WalkNode } from '../support/walks/walk-tree.ts';
import { type WalkedStep, Walker } from '../support/walks/walker.ts';

/** So many are told: what lies behind is mostly the same once more. */
const TOLD = 3;
const HINT = 'meant to be so? `npm run walks:write` writes down what the chart does now';

const trees = namesOfWalks().map((name) => ({ name, tree: readWalk(name) }));
const taken = new Set<string>();

function partingsOf(tree: WalkNode): string[] {
  const watch = (step: WalkedStep) => {
    for (const key of step.taken) taken.add(key);
  };
  const told: string[] = [];
  for (const parting of new Walker(callMachine, inputOf(tree), watch).partings(tree)) {
    told.push(parting);
    if (told.length === TOLD) break;
  }
  return told;
}

describe('the chart of a call does what it is known to do', () => {
  test.each(trees)('in $name', ({ tree }) => {
    expect(partingsOf(tree).join('\n\n'), HINT).toBe('');
  });

  test('and no transition of it is left out', () => {
    expect(
      transitionKeys(callMachine).filter((key) => !taken.has(key)),
      HINT,
    ).toEqual([]);
  });
});

describe('a walk', () => {
  const [{ tree } = {}] = trees;
  if (tree === undefined) throw new Error('no walks are known');
  /** The same ways, and on each of them another thing is expected. */
  const changed = (
    { event, does, then }: WalkNode,
    change: (does: readonly string[]) => string[],
  ): WalkNode => ({
    event,
    does: change(does),
    then: then.map((next) => changed(next, change)),
  });

  test('is read as it was written', () => {
    expect(treeOf(textOf(tree))).toEqual(tree);
  });

  test('is told up to where the chart parts from it, and no further', () => {
    const from = (name: string) => (does: readonly string[]) =>
      does.map((line) => line.replace(name, 'never'));
    const [first = ''] = partingsOf(changed(tree, from('configureWithin')));
    expect(first.split('\n')).toEqual([
      'call {"isRecorded":true}',
      'phone.attached {"streamSid":"MZ1"}',
      'model.opened',
      '- timer never 5000',
      '+ timer configureWithin 5000',
    ]);
    expect(partingsOf(changed(tree, from('connectWithin')))).toHaveLength(1);
  });

  test('is parted from by a chart that does the same in another order', () => {
    expect(partingsOf(changed(tree, (does) => does.toReversed()))[0]).toContain('in another order: ');
  });

  test('holds no step that belongs to none', () => {
    expect(() => treeOf('call\n    model.opened\n')).toThrow('line 2 belongs to no step');
  });
});
