import { EngineError } from '../../errors.ts';
import { cutText } from '../transcript-line.ts';
import type { EventRow, StoredEvent } from './journal.port.ts';

/** The schema that rows are written in now. A change of meaning takes the next number and a case in `storedEventOf`. */
export const EVENT_ROW_VERSION = 1;

/** The longest body of a row, in characters of JSON: what the model may send in one message is sixty times as long. */
const MAX_BODY_CHARS = 65_536;
/** What is left of a text in a body that is longer. */
const MAX_TEXT_CHARS = 8_192;
/** What is left of it, where that is not enough: fields as short as this, so many of them. */
const MAX_FIELD_CHARS = 512;
const MAX_FIELDS = 64;

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

/** A body as it is stored. One that is too long has its texts cut, or keeps its short fields only, with `tooLarge`. */
export function jsonOfBody(body: EventRow['body']): string {
  const json = JSON.stringify(body);
  if (json.length <= MAX_BODY_CHARS) return json;
  const cut = JSON.stringify(body, (_, value: unknown) =>
    typeof value === 'string' ? cutText(value, MAX_TEXT_CHARS) : value,
  );
  if (cut.length <= MAX_BODY_CHARS) return cut;
  const isShort = (value: unknown) =>
    ((JSON.stringify(value) as string | undefined) ?? '').length <= MAX_FIELD_CHARS;
  const short = Object.entries(body).filter(([name, value]) => isShort(name) && isShort(value));
  return JSON.stringify({ ...Object.fromEntries(short.slice(0, MAX_FIELDS)), tooLarge: true });
}
