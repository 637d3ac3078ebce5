import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { type RunningEngine, startEngine } from '../../src/server.ts';

/** An engine with the embedded simulator, a database and agents of its own: what a test saves is gone after it. */
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
      await engine.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** What the API of an engine answers. */
export async function askEngine<Body>(engine: { url: string }, path: string): Promise<Body> {
  const response = await fetch(`${engine.url}${path}`);
  if (!response.ok) throw new Error(`${path} answered ${String(response.status)}`);
  return (await response.json()) as Body;
}
