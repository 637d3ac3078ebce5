import { existsSync, readFileSync } from 'node:fs';
import { loadEnvironment, readConfig } from '../config.ts';
import { noteOf } from '../errors.ts';
import { type CallFile, readCallFile } from '../protocol/call-file.ts';
import { readApi } from './engine-api.ts';
import { replayCall } from './replayed-call.ts';
import { EXIT, type Terminal, UsageError } from './terminal.ts';

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
  if (difference === undefined) {
    terminal.print(`${file.call.callSid}: today's chart does the same, in ${String(rows)} rows`);
    return EXIT.ok;
  }
  terminal.print(
    `${file.call.callSid}: today's chart parts from the record at row ${String(difference.seq)}`,
  );
  terminal.print(`  recorded: ${difference.recorded}`);
  terminal.print(`  today:    ${difference.today}`);
  return EXIT.failed;
}

function openFile(path: string): CallFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new UsageError(`${path}: cannot be read (${(thrown as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  try {
    return readCallFile(text);
  } catch (thrown) {
    throw new UsageError(`${path}: ${noteOf(thrown, 'REQUEST_INVALID').message}`);
  }
}

async function fetchFile(callSid: string, { url }: ReplayFlags): Promise<CallFile> {
  const { port, adminToken } = readConfig(loadEnvironment());
  const engine = { url: url ?? `http://127.0.0.1:${String(port)}`, adminToken };
  return readCallFile(await readApi(engine, `/api/calls/${encodeURIComponent(callSid)}/export?words=full`));
}
