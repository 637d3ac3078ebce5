import { type Find, findCards } from './card-finder.ts';

/** The text that replaces removed digits. */
export const REMOVED: Readonly<Record<Find['kind'], string>> = {
  card: '[card number removed]',
  code: '[card code removed]',
};

/** A text without what was found in it. Without a find it is the text itself. */
export function withoutFinds(text: string, finds: readonly Find[]): string {
  let rest = text;
  for (const { start, end, kind } of [...finds].reverse())
    rest = rest.slice(0, start) + REMOVED[kind] + rest.slice(end);
  return rest;
}

/** Finds what to remove in a text that is not JSON. */
export type Finder = (text: string) => readonly Find[];

/** Fields whose value is a card's code, by their name. */
const CODE_FIELDS = /^(?:card[_-]?)?(?:cvc|cvv|cv2|csc|security[_-]?code)2?$/i;
const CODE = /^\d{3,4}$/;

/** A JSON text without card numbers: in strings, as numbers, in lists of groups. Without any it is the text itself. */
export function maskJson(json: string, finder: Finder = findCards): string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return withoutFinds(json, finder(json));
  }
  const masked = maskValue(value, finder);
  return masked === value ? json : JSON.stringify(masked);
}

/** A value without card numbers: the same one when there are none in it. */
export function maskValue(value: unknown, finder: Finder = findCards): unknown {
  if (typeof value === 'string') return withoutFinds(value, finder(value));
  if (typeof value === 'number')
    return Number.isInteger(value) && finder(String(value)).length > 0 ? REMOVED.card : value;
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? maskList(value, finder) : maskFields(value, finder);
}

function maskList(list: readonly unknown[], finder: Finder): unknown {
  // A number in groups, as in ["4111", "1111", …].
  const isGroups = list.every((item) =>
    /^[\d -]{1,19}$/.test(typeof item === 'number' ? String(item) : asText(item)),
  );
  if (isGroups && finder(list.map(String).join(' ')).length > 0) return [REMOVED.card];
  const masked = list.map((item) => maskValue(item, finder));
  return masked.every((item, i) => item === list[i]) ? list : masked;
}

const asText = (item: unknown): string => (typeof item === 'string' ? item : '');

function maskFields(fields: object, finder: Finder): unknown {
  const before: [string, unknown][] = Object.entries(fields);
  const entries = before.map(([name, value]) => {
    const isCode =
      CODE_FIELDS.test(name) && CODE.test(typeof value === 'number' ? String(value) : asText(value));
    return [withoutFinds(name, finder(name)), isCode ? REMOVED.code : maskValue(value, finder)] as const;
  });
  const isSame = before.every(([name, value], i) => entries[i]?.[0] === name && entries[i][1] === value);
  return isSame ? fields : Object.fromEntries(entries);
}
