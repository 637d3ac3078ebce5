import { loadEnvironment, readConfig } from '../config.ts';
import { CallRun, type CallRunFlags } from './call-run.ts';
import { type CallerFlags, planCaller } from './caller-plan.ts';
import { complaintOf } from './end-of-call.ts';
import { findEngine } from './found-engine.ts';
import { EXIT, type Terminal } from './terminal.ts';

export interface CallFlags extends CallerFlags, CallRunFlags {
  readonly url?: string;
}

/**
 * `callchart call`: places a call, speaks for the caller, and prints what
 * happens until the agent or the caller hangs up.
 *
 * @throws {UsageError} when a file cannot be used.
 */
export async function call(flags: CallFlags, terminal: Terminal): Promise<number> {
  const lines = await planCaller(flags);
  const config = readConfig(loadEnvironment());
  const engine = await findEngine(flags.url, config);
  try {
    const end = await new CallRun({ flags, lines, config, engine, terminal }).untilItsEnd();
    const complaint = complaintOf(end);
    if (complaint === undefined) return EXIT.ok;
    terminal.complain(`callchart: ${complaint}`);
    return EXIT.failed;
  } finally {
    await engine.close();
  }
}
