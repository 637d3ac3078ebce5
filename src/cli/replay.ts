import { existsSync, readFileSync, statSync } from 'node:fs';
import { loadEnvironment, readConfig } from '../config.ts';
import { noteOf } from '../errors.ts';
import { type CallFile, MAX_CALL_FILE, readCallFile } from '../protocol/call-file.ts';
import { readApi } from './engine-api.ts';
import { engineAt } from './own-engine.ts';
import { replayCall } from './replayed-call.ts';
import { EXIT, type Terminal, UsageError } from './terminal.ts';
import { userText } from './user-text.ts';
import { visible } from './visible-text.ts';

export interface ReplayFlags {
  readonly url?: string;
}

/**
 * `callchart replay CALLSID|FILE`: walks today's chart through a recorded call
 * and prints the first difference, with exit code 1 when there is one.
 *
 * @throws {UsageError} when the file cannot be read; {EngineError} when it holds no call, or the engine does not know it.
 */
export async function replay(which: string, flags: ReplayFlags, terminal: Terminal): Promise<number> {
  const file = existsSync(which) ? openFile(which) : await fetchFile(which, flags);
  const { rows, difference } = await replayCall(file.rows);
  const callSid = visible(file.call.callSid);
  if (difference === undefined) {
    terminal.print(`${callSid}: today's chart does the same, in ${String(rows)} rows`);
    return EXIT.ok;
  }
  terminal.print(`${callSid}: today's chart differs from the record at row ${String(difference.seq)}`);
  terminal.print(`  recorded: ${visible(difference.recorded)}`);
  terminal.print(`  today:    ${visible(difference.today)}`);
  return EXIT.failed;
}

function openFile(path: string): CallFile {
  let text: string;
  try {
    text = readBounded(path);
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown;
    throw new UsageError(`${path}: cannot be read (${(thrown as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  try {
    return readCallFile(text);
  } catch (thrown) {
    throw new UsageError(`${path}: ${noteOf(thrown, 'REQUEST_INVALID').message}`);
  }
}

/** A pipe or a device has no end, and a file that is large has too much of one. */
function readBounded(path: string): string {
  const stat = statSync(path);
  if (!stat.isFile()) throw new UsageError(`${path}: is not a file`);
  if (stat.size > MAX_CALL_FILE) throw new UsageError(`${path}: is too large to be a call (64 MB)`);
  return userText(path, readFileSync(path));
}

async function fetchFile(callSid: string, { url }: ReplayFlags): Promise<CallFile> {
  const engine = engineAt(url, readConfig(loadEnvironment()));
  return readCallFile(await readApi(engine, `/api/calls/${encodeURIComponent(callSid)}/export?words=full`));
}
