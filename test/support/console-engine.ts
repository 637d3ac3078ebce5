import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { callMachine } from '../../src/machines/call/call.machine.ts';
import type { CallPage, FullRow } from '../../src/protocol/console-calls.ts';
import { type RunningEngine, startEngine } from '../../src/server.ts';
import { brokenWays } from './proof/taken-law.ts';

/**
 * An engine with the embedded simulator, a database and agents of its own: what a test saves is gone
 * after it. It is closed only if the rows of each of its calls tell a way through the chart without a gap.
 */
export async function consoleEngine(): Promise<RunningEngine & { agentsDir: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'callchart-engine-'));
  const agentsDir = join(folder, 'agents');
  cpSync('agents', agentsDir, { recursive: true });
  const engine = await startEngine(
    readConfig({
      PORT: '0',
      DATABASE_URL: `file:${join(folder, 'calls.sqlite')}`,
      AGENTS_DIR: agentsDir,
      LOG_LEVEL: 'fatal',
      DRAIN_MS: '0',
    }),
  );
  return {
    ...engine,
    agentsDir,
    close: async () => {
      const broken = await brokenWaysOf(engine);
      await engine.close();
      rmSync(folder, { recursive: true });
      if (broken.length > 0) throw new Error(broken.join('\n'));
    },
  };
}

/** What the API of an engine answers. */
export async function askEngine<Body>(engine: { url: string }, path: string): Promise<Body> {
  const response = await fetch(`${engine.url}${path}`);
  if (!response.ok) throw new Error(`${path} answered ${String(response.status)}`);
  return (await response.json()) as Body;
}

async function brokenWaysOf(engine: { url: string }): Promise<string[]> {
  const { items } = await askEngine<CallPage>(engine, '/api/calls?limit=200');
  const broken = await Promise.all(
    items.map(async ({ callSid }) => {
      const rows = await askEngine<FullRow[]>(engine, `/api/calls/${callSid}/events?bodies=redacted`);
      return brokenWays(
        callMachine,
        rows.map(({ from, event, path, taken }) => ({ from, event, state: path, taken })),
      );
    }),
  );
  return broken.flat();
}
