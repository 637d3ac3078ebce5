/**
 * What of a call is hidden until somebody asks for it: the one rule for rows, exports, the live feed and the page.
 *
 * Hidden is what a caller, an agent or an operator said, what was keyed, numbers of people, and the values of a tool's
 * arguments and results. Always shown are names of ours, ids, lengths and counts, and the names of arguments and of
 * fields of results: they are written by whoever wrote the tool. Free of libraries: the console bundles it.
 */

/** Fields that hold names of ours and ids, never what a caller said, keyed or is called from. */
const PLAIN: ReadonlySet<string> = new Set([
  'agentId',
  'bargeIn',
  'bookingId',
  'by',
  'callSid',
  'clip',
  'code',
  'consequence',
  'direction',
  'filler',
  'greetingMode',
  'itemId',
  'kind',
  'language',
  'keptTools',
  'leadId',
  'messageId',
  'newBookingId',
  'next',
  'owed',
  'pausedBy',
  'purpose',
  'reason',
  'recordingSid',
  'responseId',
  'result',
  'role',
  'slot',
  'standing',
  'status',
  'streamSid',
  'then',
  'tool',
  'toolCallId',
  'turns',
]);

/** Fields that hold JSON as text: what a tool is asked, and what it answers. */
const JSON_TEXTS: ReadonlySet<string> = new Set(['argumentsJson', 'output']);

/** The shape of a text: a dot for each letter and digit. */
export const dotted = (text: string): string => text.replaceAll(/[\p{L}\p{N}\p{M}]/gu, '•');

/** The body of a row with its shape kept and every word hidden. What is hidden already stays as it is. */
export function maskedBody(event: string, body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  // The name in these is the tool's.
  const isOfTool = event.startsWith('tool.');
  const mask = (value: unknown, key: string, around: string): unknown => {
    if (typeof value === 'string') {
      if (JSON_TEXTS.has(key)) return maskedJson(value);
      const isPlain =
        PLAIN.has(key) || (key === 'name' && isOfTool) || (key === 'message' && around === 'error');
      return isPlain ? value : dotted(value);
    }
    if (Array.isArray(value)) return value.map((item) => mask(item, key, around));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mask(inner, name, key)]));
  };
  return mask(body, '', '') as Record<string, unknown>;
}

/** JSON text with its names kept and every value hidden; what is no JSON is hidden whole. */
export function maskedJson(text: string): string {
  try {
    return JSON.stringify(maskedValue(JSON.parse(text)));
  } catch {
    return dotted(text);
  }
}

/** Yes, no and nothing are no words. A number may be one that was keyed or dialled. */
function maskedValue(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'number') return dotted(String(value));
  if (Array.isArray(value)) return value.map(maskedValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskedValue(inner)]));
}
