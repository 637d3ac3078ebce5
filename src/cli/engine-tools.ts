import { systemClock, type Clock } from '../clock.ts';
import { type Config, secretsOf } from '../config.ts';
import type { Log } from '../log.ts';
import { Outbox } from '../services/outbox/outbox.ts';
import { sendersOf } from '../services/twilio/rest/carrier-account.ts';
import { IN_MEMORY } from '../database-url.ts';
import { openJournal } from '../services/storage/client/sqlite-journal.ts';
import { createLogger } from '../services/telemetry/logger.ts';
import type { Tool } from '../services/tools/define-tool.ts';
import { createHouseTools } from '../services/tools/house/house-tools.ts';
import { createProfileTools, type ProfileTools } from '../services/tools/outward/profile-tools.ts';
import { loadToolFiles } from '../services/tools/files/tool-files.ts';
import { ToolSecrets } from '../services/tools/outward/tool-secrets.ts';

/** The tools that the settings give an engine, without the engine. */
export interface EngineTools {
  /** Those that come with the engine, then those of `TOOLS_DIR`. */
  readonly tools: readonly Tool[];
  /** The names of those that come with it. */
  readonly houseNames: readonly string[];
  /** What profiles bring along. */
  readonly profileTools: ProfileTools;
  readonly journal: Awaited<ReturnType<typeof openJournal>>;
  readonly clock: Clock;
  readonly log: Log;
  close(): Promise<void>;
}

/**
 * Opens what tools need, as the engine does, but for the database, which is an
 * empty one in memory, and the carrier, which is none: what is tried must not
 * be booked, texted or counted.
 *
 * @throws {EngineError} `TOOL_FILE_INVALID`, as the engine's start does.
 */
export async function openEngineTools(config: Config): Promise<EngineTools> {
  const clock = systemClock;
  // To stderr: stdout is for the result.
  const out = process.stderr;
  const log = createLogger({ level: 'error', isTerminal: false, secrets: secretsOf(config), out });
  const journal = await openJournal({ file: IN_MEMORY, clock, log });
  const outbox = new Outbox({ journal, clock, log, chance: Math.random });
  const profileTools = createProfileTools({
    allowHosts: config.toolsAllowHosts,
    secrets: new ToolSecrets(config.toolSecrets, config.toolSecretHosts),
    clock,
    log,
  });
  const close = async () => {
    await profileTools.close();
    await outbox.close();
    await journal.close();
  };
  try {
    outbox.start(sendersOf(undefined, 'http://localhost'));
    const house = createHouseTools({ journal, texts: outbox, requestRecording: () => undefined });
    const houseNames = house.map(({ name }) => name);
    const { toolsDir } = config;
    const own = toolsDir === undefined ? [] : await loadToolFiles(toolsDir, { taken: houseNames, clock });
    return { tools: [...house, ...own], houseNames, profileTools, journal, clock, log, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
