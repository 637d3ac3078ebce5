import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { createLogger } from '../services/telemetry/logger.ts';
import { LogSampler } from '../services/telemetry/log-sampler.ts';

/**
 * The engine's log, to standard output. `allLines` leaves none out; `log` holds back lines like one that was written.
 *
 * @param secrets - what no line may hold.
 * @param worker - which one of several writes; its lines say so. What is to be said of the settings the one process says
 *   that watches over them.
 */
export function openLog(config: Config, secrets: readonly string[], clock: Clock, worker?: number) {
  const { stdout } = process;
  const allLines = createLogger({
    level: config.logLevel,
    isTerminal: stdout.isTTY,
    ...{ worker, secrets },
    out: stdout,
  });
  const log = new LogSampler(allLines, clock);
  const warnings = worker === undefined ? config.warnings : [];
  for (const warning of warnings) log.warn({ setting: warning.split(':')[0] }, warning);
  const service = {
    name: 'log',
    stop: () => {
      log.flush();
      return Promise.resolve();
    },
  };
  return { log, allLines, service };
}
