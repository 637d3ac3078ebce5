import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type AnyStateMachine, StateMachine } from 'xstate';

const ROOM = 'src/machines';

/** Whether a file makes a chart: the ending says so. */
export const isChartFile = (file: string): boolean =>
  file.includes(`/${ROOM}/`) && file.endsWith('.machine.ts');

export const isMachine = (thing: unknown): thing is AnyStateMachine => thing instanceof StateMachine;

/** Every chart of the product. */
export async function allCharts(root: string): Promise<AnyStateMachine[]> {
  const files = readdirSync(join(root, ROOM), { recursive: true, encoding: 'utf8' })
    .map((file) => join(root, ROOM, file))
    .filter(isChartFile)
    .toSorted();
  const modules = await Promise.all(
    files.map(async (file) => (await import(pathToFileURL(file).href)) as Record<string, unknown>),
  );
  return modules.flatMap((module) => Object.values(module).filter(isMachine));
}
