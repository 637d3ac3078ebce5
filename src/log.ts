/**
 * The part of pino that the engine uses: fields first, then a fixed sentence.
 * Never put speech, digits, phone numbers, tool arguments or secrets in either.
 */
export interface Log {
  debug(fields: object, sentence: string): void;
  info(fields: object, sentence: string): void;
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
}

const ignore = () => undefined;
/** A log that drops every line, for programs that report faults themselves. */
export const SILENT_LOG: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A log whose every line says which call it is of. */
export function logOfCall(log: Log, callSid: string): Log {
  return {
    debug: (fields, sentence) => {
      log.debug({ callSid, ...fields }, sentence);
    },
    info: (fields, sentence) => {
      log.info({ callSid, ...fields }, sentence);
    },
    warn: (fields, sentence) => {
      log.warn({ callSid, ...fields }, sentence);
    },
    error: (fields, sentence) => {
      log.error({ callSid, ...fields }, sentence);
    },
  };
}
