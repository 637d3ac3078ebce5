import type { AnyMachineSnapshot } from 'xstate';
import { expect, test } from 'vitest';
import type { CallContext } from '../../src/machines/call/call.context.ts';
import { callMachine } from '../../src/machines/call/call.machine.ts';
import { explore } from '../../src/testing/explore.ts';
import { plainCall } from '../support/call-chart.ts';
import { happenings, pairsIn, situationOf } from '../support/call-happenings.ts';

const PATIENCE_MS = 120_000;
/** More than there are, with each pair of states once. */
const SITUATIONS = 20_000;
/** On average, counters set aside. More: something is remembered that is a condition, and has no state. */
const SITUATIONS_A_CONFIGURATION = 1.5;

const configurationOf = ({ value, status }: AnyMachineSnapshot) => JSON.stringify([value, status]);

/** What is remembered beside the states and is no count: what the agent was asked to say, which turn may be a noise. */
function withoutCounters(snapshot: AnyMachineSnapshot): string {
  const { asked, doubted } = snapshot.context as CallContext;
  return JSON.stringify([configurationOf(snapshot), asked?.purpose, doubted]);
}

test(
  'a plain call has at most 1.5 situations in a configuration: what it remembers is in its states',
  { timeout: PATIENCE_MS },
  () => {
    const { situations } = explore(callMachine, {
      input: plainCall,
      events: happenings,
      key: situationOf,
      features: pairsIn,
      limit: SITUATIONS,
    });
    const snapshots = [...situations.values()].map(({ snapshot }) => snapshot);
    const configurations = new Set(snapshots.map(configurationOf)).size;
    const told = new Set(snapshots.map(withoutCounters)).size;
    const ratio = told / configurations;
    process.stdout.write(
      `a plain call: ${String(configurations)} configurations, ${String(situations.size)} situations, ` +
        `${String(told)} with counters set aside, ${ratio.toFixed(2)} a configuration\n`,
    );
    expect(ratio).toBeLessThanOrEqual(SITUATIONS_A_CONFIGURATION);
  },
);
