import { loadEnvironment, readConfig } from '../config.ts';
import { readCallFile } from '../protocol/call-file.ts';
import { readApi } from './engine-api.ts';
import { engineAt } from './own-engine.ts';
import { EXIT, type Terminal } from './terminal.ts';
import { visibleJson } from './visible-text.ts';

export interface ExportFlags {
  /** With everything that was said, keyed and dialled. */
  readonly full: boolean;
  readonly url?: string;
}

/**
 * `callchart export CALLSID`: prints one call as one file, which any console opens.
 *
 * What a terminal would obey is written as JSON escapes: the file means the same.
 *
 * @throws {EngineError} when the engine does not answer, does not know the call, or answers something else.
 */
export async function exportCall(
  callSid: string,
  { full, url }: ExportFlags,
  terminal: Terminal,
): Promise<number> {
  const engine = engineAt(url, readConfig(loadEnvironment()));
  const words = full ? 'full' : 'masked';
  const text = await readApi(engine, `/api/calls/${encodeURIComponent(callSid)}/export?words=${words}`);
  terminal.print(visibleJson(readCallFile(text)));
  return EXIT.ok;
}
