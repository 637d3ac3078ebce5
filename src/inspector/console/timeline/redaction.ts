/** Names of ours and ids: never what a caller said, keyed or is called from. */
const PLAIN =
  /(?:Id|Sid)$|^(?:clip|code|direction|kind|language|name|next|purpose|reason|result|role|slot|status|then|tool)$/;

/** The shape of a body: a dot for every letter and digit of what may be somebody's words or number. */
export function redacted(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return redact(body, '') as Readonly<Record<string, unknown>>;
}

function redact(value: unknown, key: string): unknown {
  if (typeof value === 'string')
    return PLAIN.test(key) ? value : value.replaceAll(/[\p{L}\p{N}\p{M}]/gu, '•');
  if (Array.isArray(value)) return value.map((item) => redact(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, redact(inner, name)]));
}
