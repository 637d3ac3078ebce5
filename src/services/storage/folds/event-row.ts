import { EngineError } from '../../../errors.ts';
import { FEED_VERSION, type Regions, type StoredEntry } from '../../../protocol/call-feed.ts';
import { readFeedEvent } from '../../../protocol/feed-rows.ts';
import { cutText } from '../../../protocol/transcript-line.ts';
import { splitEnds } from './split-ends.ts';

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
  readonly sender: string;
  readonly receiver: string | null;
  readonly event: string;
  readonly state: string;
  /** JSON, or null. */
  readonly taken: string | null;
  /** JSON; null where no region changed, and in rows of version 1. */
  readonly regions: string | null;
  readonly body: string;
}

type Body = Readonly<Record<string, unknown>>;

/**
 * Reads a row of any version as an entry of today's feed.
 *
 * @throws {EngineError} `STORAGE_UNAVAILABLE` when the row is of a newer engine.
 */
export function storedEntryOf(row: EventRowOnDisk): StoredEntry {
  const { version, seq, at, event, state } = row;
  if (version > FEED_VERSION) {
    throw new EngineError(
      'STORAGE_UNAVAILABLE',
      `a row has schema ${String(version)}, which this engine cannot read`,
    );
  }
  const body = bodyOf(row.body);
  const { ends, rest } =
    version === 1
      ? splitEnds(row.sender, event, body)
      : {
          ends: {
            ...{ from: row.sender, to: row.receiver },
            ...{ taken: takenOf(row.taken), regions: regionsIn(row.regions) },
          },
          rest: body,
        };
  return { seq, at, state, ...ends, ...readFeedEvent(version, event, rest) };
}

/** A body that is not a JSON object reads as empty. */
export function bodyOf(json: string): Body {
  const value: unknown = JSON.parse(json);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

// Written by the log's append, and by nothing else.
const takenOf = (json: string | null) => (json === null ? null : (JSON.parse(json) as string[]));

const regionsIn = (json: string | null) => (json === null ? {} : (JSON.parse(json) as Regions));

/** The regions that a row changed, as they are stored: most rows change none. */
export const jsonOfRegions = (regions: Regions | null) =>
  regions === null || Object.keys(regions).length === 0 ? null : JSON.stringify(regions);

/** A body as it is stored. One that is too long has its texts cut, or keeps its short fields only, with `tooLarge`. */
export function jsonOfBody(body: Body): string {
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
