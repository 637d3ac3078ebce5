/**
 * Writes down what the chart of a call does on its known ways (`test/machines/walks`), and adds ways for what none of them
 * has: `npm run walks:write`. Read the difference: it is what a change of the chart changes.
 */
import { callMachine } from '../src/machines/call/call.machine.ts';
import { explore, type Step } from '../src/testing/explore.ts';
import { PureMachine } from '../src/testing/pure-machine.ts';
import { happenings, pairsIn, situationOf } from '../test/support/call-happenings.ts';
import { chosenWays, grown } from '../test/support/walks/chosen-ways.ts';
import { inputOf, namesOfWalks, readWalk, writeWalk } from '../test/support/walks/walk-files.ts';
import { traitsOf } from '../test/support/walks/traits.ts';
import { type WalkedStep, Walker } from '../test/support/walks/walker.ts';

/** More than there are. */
const SITUATIONS = 20_000;

const known = new Set<string>();
for (const name of namesOfWalks()) {
  const tree = readWalk(name);
  const input = inputOf(tree);
  const watch = (step: WalkedStep) => {
    for (const trait of traitsOf(callMachine, step)) known.add(trait);
  };
  const pure = new PureMachine(callMachine, input);
  new Walker(callMachine, input, watch).walked(tree);
  const exploration = explore(callMachine, {
    ...{ input, events: happenings, key: situationOf, features: pairsIn, limit: SITUATIONS },
  });
  const traits = ({ from, event }: Step) => {
    const before = exploration.situations.get(from)?.snapshot;
    return before === undefined ? [] : traitsOf(callMachine, { ...pure.next(before, event), before, event });
  };
  const ways = chosenWays(exploration, traits, known);
  const walker = new Walker(callMachine, input, watch);
  writeWalk(name, walker.walked(grown(tree, ways)));
  process.stdout.write(`${name}: ${String(ways.length)} ways more\n`);
}
