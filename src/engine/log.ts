import type { Clock } from '../clock.ts';
import { type Config, secretsOf } from '../config.ts';
import { createLogger } from '../services/telemetry/logger.ts';
import { LogSampler } from '../services/telemetry/log-sampler.ts';

/** The engine's log, to standard output. `allLines` leaves none out; `log` writes like lines once a second. */
export function openLog(config: Config, clock: Clock) {
  const { stdout } = process;
  const allLines = createLogger({
    level: config.logLevel,
    isTerminal: stdout.isTTY,
    secrets: secretsOf(config),
    out: stdout,
  });
  const log = new LogSampler(allLines, clock);
  for (const warning of config.warnings) log.warn({ setting: warning.split(':')[0] }, warning);
  const service = {
    name: 'log',
    stop: () => {
      log.flush();
      return Promise.resolve();
    },
  };
  return { log, allLines, service };
}
