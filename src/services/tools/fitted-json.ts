/**
 * Values of any kind as JSON of at most so many bytes. Each value is measured
 * no further than its share of the bytes, so the time goes with what is read
 * and not with how much is cut.
 */

import { cleanText, measureText } from './json-bytes.ts';

export interface FittedJson {
  /** Plain data that `JSON.stringify` writes in `bytes` bytes at most. */
  readonly value: unknown;
  readonly bytes: number;
  readonly isWhole: boolean;
}

/** Deeper, nothing can be said aloud; and a list within lists a thousand deep has no end for whoever walks through it. */
const MAX_DEPTH = 32;
/** Cut down to this and still too long: the text goes. */
const MIN_TEXT = 16;
const ELLIPSIS = '…';
const ELLIPSIS_BYTES = 3;
const BRACKETS = 2;
/** Among more fields than there is room for, the first ones have this much each, in bytes. */
const MIN_SHARE = 64;
/** `"":1,`, in bytes. */
const MIN_FIELD = 5;

/**
 * A value that fits: whole, or cut. Texts keep their beginning, lists their
 * first items; fields share the room, so that the largest are cut. Undefined
 * when nothing worth keeping is left.
 */
export function fitJson(raw: unknown, maxBytes: number, depth = MAX_DEPTH): FittedJson | undefined {
  const bytes = sizeOf(raw, maxBytes, depth);
  return bytes <= maxBytes ? wholeOf(raw, bytes) : cut(plainOf(raw), maxBytes, depth);
}

/** Fields that fit, and the names of those that were cut for it. */
export function fitFields(
  fields: object,
  maxBytes: number,
  depth = MAX_DEPTH,
): FittedJson & { readonly cut: string[] } {
  const names = Object.keys(fields);
  // Those behind could not be kept, however short they are.
  const measurable = Math.ceil(maxBytes / MIN_FIELD);
  const measured = names.slice(0, measurable).flatMap((name) => {
    const raw = (fields as Readonly<Record<string, unknown>>)[name];
    if (!hasJson(raw)) return [];
    const { bytes, isWhole } = measureText(name, maxBytes);
    const head = isWhole ? bytes + ':,'.length : Number.POSITIVE_INFINITY;
    return [{ name, raw, head, bytes: head + sizeOf(raw, maxBytes - head, depth - 1) }];
  });
  let room = maxBytes - BRACKETS;
  const share = Math.max(shareOf(room, measured), MIN_SHARE);
  const kept: [string, unknown][] = [];
  const shortened: string[] = [];
  for (const { name, raw, head, bytes } of measured) {
    const left = Math.min(share, room) - head;
    const fitted = bytes - head <= left ? wholeOf(raw, bytes - head) : cut(plainOf(raw), left, depth - 1);
    if (fitted !== undefined) {
      kept.push([cleanText(name), fitted.value]);
      room -= head + fitted.bytes;
    }
    if (fitted?.isWhole !== true) shortened.push(name);
  }
  const lost = shortened.concat(names.slice(measurable, 2 * measurable));
  const isWhole = lost.length === 0;
  return { value: Object.fromEntries(kept), bytes: maxBytes - room, isWhole, cut: lost };
}

const wholeOf = (raw: unknown, bytes: number): FittedJson => ({ value: copyOf(raw), bytes, isWhole: true });

/** What each may have at most, so that together they have no more than there is: the smaller ones stay whole. */
function shareOf(room: number, measured: readonly { readonly bytes: number }[]): number {
  let left = room;
  const sizes = measured.map(({ bytes }) => bytes).sort((one, other) => one - other);
  for (const [at, bytes] of sizes.entries()) {
    const share = left / (sizes.length - at);
    if (bytes > share) return share;
    left -= bytes;
  }
  return Number.POSITIVE_INFINITY;
}

function cut(value: unknown, maxBytes: number, depth: number): FittedJson | undefined {
  if (typeof value === 'string') {
    const { bytes, end } = measureText(value, maxBytes, ELLIPSIS_BYTES);
    if (end < MIN_TEXT) return undefined;
    const text = cleanText(value.slice(0, end)) + ELLIPSIS;
    return { value: text, bytes: bytes + ELLIPSIS_BYTES, isWhole: false };
  }
  if (typeof value !== 'object' || value === null || depth === 0) return undefined;
  if (Array.isArray(value)) return cutList(value, maxBytes, depth);
  const fields = fitFields(value, maxBytes, depth);
  return Object.keys(fields.value as object).length === 0 ? undefined : fields;
}

/** The first items that fit whole; the very first one is cut when it does not. */
function cutList(list: readonly unknown[], maxBytes: number, depth: number): FittedJson | undefined {
  const kept: unknown[] = [];
  let bytes = BRACKETS;
  for (const item of list) {
    const comma = kept.length === 0 ? 0 : 1;
    const room = maxBytes - bytes - comma;
    const size = sizeOf(item ?? null, room, depth - 1);
    if (size <= room) {
      kept.push(copyOf(item) ?? null);
      bytes += comma + size;
      continue;
    }
    const first = kept.length === 0 ? cut(plainOf(item), room, depth - 1) : undefined;
    if (first !== undefined) {
      kept.push(first.value);
      bytes += first.bytes;
    }
    break;
  }
  return kept.length === 0 ? undefined : { value: kept, bytes, isWhole: false };
}

/** Bytes of a value; infinite as soon as they are more than `maxBytes`, or when it is too deep. */
function sizeOf(raw: unknown, maxBytes: number, depth: number): number {
  const value = plainOf(raw);
  if (typeof value === 'string') {
    const { bytes, isWhole } = measureText(value, maxBytes);
    return isWhole ? bytes : Number.POSITIVE_INFINITY;
  }
  // What has no JSON is written as null in a list.
  if (typeof value !== 'object' || value === null) return String(jsonScalar(value)).length;
  if (depth === 0) return Number.POSITIVE_INFINITY;
  let bytes = BRACKETS;
  const add = (more: number): boolean => (bytes += more) <= maxBytes;
  if (Array.isArray(value)) {
    for (const item of value) {
      const comma = bytes === BRACKETS ? 0 : 1;
      if (!add(comma + sizeOf(item, maxBytes - bytes, depth - 1))) return Number.POSITIVE_INFINITY;
    }
    return bytes;
  }
  for (const name of Object.keys(value)) {
    const item = (value as Readonly<Record<string, unknown>>)[name];
    if (!hasJson(item)) continue;
    const head = measureText(name, maxBytes);
    const comma = bytes === BRACKETS ? 0 : 1;
    if (!head.isWhole || !add(head.bytes + 1 + comma)) return Number.POSITIVE_INFINITY;
    if (!add(sizeOf(item, maxBytes - bytes, depth - 1))) return Number.POSITIVE_INFINITY;
  }
  return bytes <= maxBytes ? bytes : Number.POSITIVE_INFINITY;
}

/** A value that was measured, as plain data. */
function copyOf(raw: unknown): unknown {
  const value = plainOf(raw);
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => copyOf(item) ?? null);
  const entries = Object.entries(value).map(([name, item]) => [cleanText(name), copyOf(item)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

/** What JSON makes of a value before it is written: a date is its text. Undefined for what has no JSON. */
function plainOf(raw: unknown): unknown {
  if (typeof raw === 'object') {
    const { toJSON } = (raw ?? {}) as { readonly toJSON?: unknown };
    return typeof toJSON === 'function' ? (toJSON.call(raw) as unknown) : raw;
  }
  if (typeof raw === 'bigint') return String(raw);
  return hasJson(raw) ? raw : undefined;
}

const hasJson = (raw: unknown): boolean =>
  raw !== undefined && typeof raw !== 'function' && typeof raw !== 'symbol';

const jsonScalar = (value: unknown): unknown =>
  value === undefined || (typeof value === 'number' && !Number.isFinite(value)) ? null : value;
