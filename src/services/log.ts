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
