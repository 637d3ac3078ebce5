import { createRequire } from 'node:module';
import { type DestinationStream, pino } from 'pino';
import type pretty from 'pino-pretty';
import type { Log } from '../../log.ts';
import { fieldBounds } from './log-bounds.ts';
import { logScrubber } from './log-scrubber.ts';

export interface LoggerOptions {
  readonly level: string;
  /** People read a terminal: lines are coloured there, and JSON anywhere else. */
  readonly isTerminal: boolean;
  /** Which worker of the engine writes, where there are several. */
  readonly worker?: number | undefined;
  /** Values that must never be printed, whatever field they turn up in. */
  readonly secrets: readonly string[];
  /** Takes whole lines, in order. */
  readonly out: { write(text: string): unknown };
}

/** Fields that hold what nobody should read in a log, at the depths at which objects of ours hold them. */
const PRIVATE_FIELDS = [
  'apiKey',
  'argumentsJson',
  'authorization',
  'authToken',
  'adminToken',
  'body',
  'digit',
  'from',
  'name',
  'output',
  'password',
  'phone',
  'phoneNumber',
  'signature',
  'text',
  'to',
  'token',
].flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/** A log that can be silenced for good. */
export interface EngineLog extends Log {
  fatal(fields: object, sentence: string): void;
  /** From now on it says nothing. */
  fallSilent(): void;
}

/**
 * The engine's log: JSON lines of a bounded length, or readable ones on a terminal. Writing is synchronous: the last
 * line before an exit is there.
 */
export function createLogger({ level, isTerminal, worker, secrets, out }: LoggerOptions): EngineLog {
  const scrub = logScrubber(secrets);
  const shown = isTerminal ? forPeople() : asItIs;
  const destination: DestinationStream = {
    write(line) {
      out.write(shown(scrub(line)));
    },
  };
  const log = pino(
    {
      level,
      base: worker === undefined ? null : { worker },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: fieldBounds(scrub) },
      redact: { paths: PRIVATE_FIELDS, censor: '[private]' },
    },
    destination,
  );
  return Object.assign(log, {
    fallSilent: () => {
      log.level = 'silent';
    },
  });
}

const asItIs = (line: string) => line;

/** Lines that people read; JSON where the package that makes them, an optional one, is not installed. */
function forPeople(): (line: string) => string {
  try {
    const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof pretty;
    return prettyFactory({ colorize: true, translateTime: 'HH:MM:ss.l' });
  } catch {
    return asItIs;
  }
}
