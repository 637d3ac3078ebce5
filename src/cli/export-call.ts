import { loadEnvironment, readConfig } from '../config.ts';
import { readApi } from './engine-api.ts';
import { EXIT, type Terminal } from './terminal.ts';

export interface ExportFlags {
  /** With everything that was said, keyed and dialled. */
  readonly full: boolean;
  readonly url?: string;
}

/**
 * `callchart export CALLSID`: prints one call as one file, which any console opens.
 *
 * @throws {EngineError} when the engine does not answer, or does not know the call.
 */
export async function exportCall(
  callSid: string,
  { full, url }: ExportFlags,
  terminal: Terminal,
): Promise<number> {
  const { port, adminToken } = readConfig(loadEnvironment());
  const engine = { url: url ?? `http://127.0.0.1:${String(port)}`, adminToken };
  const words = full ? 'full' : 'masked';
  terminal.print(await readApi(engine, `/api/calls/${encodeURIComponent(callSid)}/export?words=${words}`));
  return EXIT.ok;
}
