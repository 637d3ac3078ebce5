import { describe, expect, test } from 'vitest';
import { callMachine } from '../../src/machines/call/call.machine.ts';
import { transitionKeys } from '../../src/testing/coverage.ts';
import { inputOf, namesOfWalks, readWalk } from '../support/walks/walk-files.ts';
import { textOf, treeOf, type WalkNode } from '../support/walks/walk-tree.ts';
import { type WalkedStep, Walker } from '../support/walks/walker.ts';

/** So many are told: what lies behind is mostly the same once more. */
const TOLD = 3;
/** Of a call that goes on in another process: call.streams.stories.test.ts has them, one by one. */
const BEFORE_THE_FIRST_STEP = '|call.restored|';
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

describe('the known walks', () => {
  test.each(trees)('the chart of a call does what the walks of $name tell', ({ tree }) => {
    expect(partingsOf(tree).join('\n\n'), HINT).toBe('');
  });

  test('the known walks leave out no transition of the chart', () => {
    expect(
      transitionKeys(callMachine).filter((key) => !taken.has(key) && !key.includes(BEFORE_THE_FIRST_STEP)),
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

  test('a walk is read as it was written', () => {
    expect(treeOf(textOf(tree))).toEqual(tree);
  });

  test('a walk is told up to where the chart parts from it, and no further', () => {
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

  test('a chart that does the same in another order parts from the walk', () => {
    expect(partingsOf(changed(tree, (does) => does.toReversed()))[0]).toContain('in another order: ');
  });

  test('a walk with a step that belongs to no other is refused, with the line', () => {
    expect(() => treeOf('call\n    model.opened\n')).toThrow('line 2 belongs to no step');
  });
});
