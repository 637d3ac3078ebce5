import { spawn } from 'node:child_process';
import { loadEnvironment, readConfig } from '../config.ts';
import { readApi } from './engine-api.ts';
import { engineAt } from './own-engine.ts';
import { EXIT, type Terminal } from './terminal.ts';

export interface InspectFlags {
  readonly url?: string;
}

/** Opens an address for whoever sits in front of this machine. */
export type OpenBrowser = (address: string) => void;

/**
 * `callchart inspect CALLSID`: opens the console at one call, and prints where that is.
 *
 * @throws {EngineError} when the engine does not answer, or does not know the call.
 */
export async function inspect(
  callSid: string,
  { url }: InspectFlags,
  terminal: Terminal,
  openBrowser: OpenBrowser = openHere,
): Promise<number> {
  const engine = engineAt(url, readConfig(loadEnvironment()));
  await readApi(engine, `/api/calls/${encodeURIComponent(callSid)}`);
  const address = `${engine.url}/calls/${encodeURIComponent(callSid)}`;
  terminal.print(address);
  openBrowser(address);
  return EXIT.ok;
}

/** What opens an address, by the system. Elsewhere the printed address has to do. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  linux: ['xdg-open'],
};

function openHere(address: string): void {
  const [command, ...args] = OPENERS[process.platform] ?? [];
  if (command === undefined) return;
  const opener = spawn(command, [...args, address], { stdio: 'ignore', detached: true });
  opener.on('error', () => undefined); // There is no browser here: the address was printed.
  opener.unref();
}
