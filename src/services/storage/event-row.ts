import { EngineError } from '../../errors.ts';
import type { StoredEvent } from './journal.port.ts';

/** The schema that rows are written in now. A change of meaning takes the next number and a case in `storedEventOf`. */
export const EVENT_ROW_VERSION = 1;

/** A row of table `events`, as it lies on disk. */
export interface EventRowOnDisk {
  readonly version: number;
  readonly seq: number;
  readonly at: number;
  readonly actor: string;
  readonly event: string;
  readonly state: string;
  readonly body: string;
}

/**
 * Reads a row of any schema that ever was as a row of today's.
 *
 * @throws {EngineError} `STORAGE_UNAVAILABLE` when the row is of a newer engine.
 */
export function storedEventOf({ version, seq, at, actor, event, state, body }: EventRowOnDisk): StoredEvent {
  if (version !== EVENT_ROW_VERSION) {
    throw new EngineError(
      'STORAGE_UNAVAILABLE',
      `a row has schema ${String(version)}, which this engine cannot read`,
    );
  }
  return { seq, at, actor, event, state, body: bodyOf(body) };
}

/** A body that is not a JSON object reads as empty. */
export function bodyOf(json: string): StoredEvent['body'] {
  const value: unknown = JSON.parse(json);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
