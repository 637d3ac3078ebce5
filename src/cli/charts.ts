import { chartOf, statesOf } from '../charts/chart.ts';
import { configOf } from '../charts/chart-config.ts';
import { callMachine } from '../machines/call/call.machine.ts';
import { sessionMachine } from '../machines/session/session.machine.ts';
import { toolCallMachine } from '../machines/tool-call/tool-call.machine.ts';
import { EXIT, type Terminal, UsageError } from './terminal.ts';

const MACHINES = [callMachine, sessionMachine, toolCallMachine];

export interface ChartsFlags {
  readonly json: boolean;
}

/**
 * `callchart charts [NAME] [--json]`: names the charts; with `--json` prints one, or all by name, as configurations of
 * XState 5, which Stately's editor takes one at a time.
 *
 * @throws {UsageError} for a name that no chart has.
 */
export function charts(name: string | undefined, { json }: ChartsFlags, terminal: Terminal): number {
  const chosen = MACHINES.filter(({ id }) => name === undefined || id === name);
  if (chosen.length === 0) {
    const known = MACHINES.map(({ id }) => id).join(', ');
    throw new UsageError(`no chart is called ${JSON.stringify(name)}: ${known}`);
  }
  if (json) {
    const configs = chosen.map((machine) => configOf(machine));
    const printed =
      name === undefined ? Object.fromEntries(configs.map((config) => [config.id, config])) : configs[0];
    terminal.print(JSON.stringify(printed, null, 2));
    return EXIT.ok;
  }
  for (const chart of chosen.map((machine) => chartOf(machine))) {
    const transitions = new Set(chart.edges.map(({ key }) => key)).size;
    terminal.print(
      `${chart.id}: ${String(statesOf(chart).length)} states, ${String(transitions)} transitions`,
    );
  }
  return EXIT.ok;
}
