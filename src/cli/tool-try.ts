import { loadEnvironment, readConfig } from '../config.ts';
import type { ToolOutcome } from '../machines/call/call.events.ts';
import { jsonFaultAt } from './json-place.ts';
import { openTrialTools, type TrialTools } from './trial-tools.ts';
import { EXIT, type Terminal, UsageError } from './terminal.ts';
import { visible } from './visible-text.ts';

export interface ToolTryFlags {
  readonly agent: string;
  /** The caller's number, E.164. */
  readonly from: string;
}

/**
 * `callchart tool try`: runs one tool of an agent as a call would, and prints
 * what the model would be given. The time it took, and what was not real, go to
 * stderr, so that stdout is that JSON alone.
 *
 * @throws {UsageError} for arguments that are no JSON, an agent or a tool that is not there.
 */
export async function tryTool(
  name: string,
  written: string,
  flags: ToolTryFlags,
  terminal: Terminal,
): Promise<number> {
  checkJson(written);
  const tools = await openTrialTools(readConfig(loadEnvironment()), flags);
  try {
    if (!tools.names.includes(name)) throw new UsageError(unknownTool(name, flags.agent, tools));
    const startedAt = performance.now();
    const outcome = await tools.run(name, written);
    const ms = Math.round(performance.now() - startedAt);
    terminal.print(visible(outcome.output));
    terminal.complain(`${outcome.status}, after ${String(ms)} ms`);
    for (const note of notesOf(name, tools, outcome)) terminal.complain(note);
    if (outcome.status === 'ok') return EXIT.ok;
    terminal.complain(`callchart: ${failureOf(name, outcome)}`);
    return EXIT.failed;
  } finally {
    await tools.close();
  }
}

/** No argument at all means none; models send it so. */
function checkJson(written: string): void {
  const at = written.trim() === '' ? undefined : jsonFaultAt(written);
  if (at === undefined) return;
  const place = `character ${String(at + 1)}`;
  const found = at < written.length ? `found ${written.slice(at, at + 12)}` : 'the text ends';
  throw new UsageError(`the arguments are not JSON at ${place}: ${found}`);
}

function unknownTool(name: string, agent: string, { names }: TrialTools): string {
  return `the agent ${agent} has no tool ${name}; it has ${names.length === 0 ? 'none' : names.join(', ')}`;
}

function notesOf(name: string, { houseNames }: TrialTools, { then }: ToolOutcome): string[] {
  if (!houseNames.includes(name)) return [];
  const notes = [
    'no call, no carrier and an empty database: nothing that the engine’s own tools do here is kept or sent',
  ];
  if (then === 'endCall') notes.push('in a call, the call would end now');
  if (then === 'transfer') notes.push('in a call, the caller would be handed to a person now');
  return notes;
}

function failureOf(name: string, { output, status }: ToolOutcome): string {
  const { error, reason, problems = [] } = JSON.parse(output) as Told;
  const where = problems.map(({ path, problem }) => `${path === '' ? 'arguments' : path}: ${problem}`);
  const parts = [name, error ?? status, ...(where.length > 0 ? where : [reason])];
  return visible(parts.filter((part) => part !== undefined).join(': '));
}

/** What an output may tell of a failure. */
interface Told {
  readonly error?: string;
  readonly reason?: string;
  readonly problems?: readonly { readonly path: string; readonly problem: string }[];
}
