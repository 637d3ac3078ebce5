/** What the caller does, one after the other. */
export type CallerLine =
  | { kind: 'speak'; text: string; audio: Uint8Array; bargeIn: boolean }
  | { kind: 'press'; digits: string }
  | { kind: 'wait'; ms: number }
  | { kind: 'hangUp' };

/** The same, before the words have a voice. */
export type ScriptLine =
  Exclude<CallerLine, { kind: 'speak' }> | { kind: 'say'; text: string; bargeIn: boolean };

/**
 * Reads a caller's script. Every line is a sentence to say, but for empty ones,
 * comments (`#`) and orders (`!`): `!press 12#`, `!wait 500` (ms),
 * `!barge-in TEXT` (says it over the agent), `!hang-up`.
 *
 * Answers what is wrong with it, in words, with the line's number.
 */
export function readCallerScript(text: string): { lines: ScriptLine[] } | { problem: string } {
  const lines: ScriptLine[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const written = raw.trim();
    if (written === '' || written.startsWith('#')) continue;
    const line = written.startsWith('!') ? readOrder(written) : sayLine(written);
    if (line === undefined) return { problem: `line ${String(index + 1)}: ${ORDERS}` };
    if (line.kind === 'say' && !holdsWords(line.text)) {
      return { problem: `line ${String(index + 1)}: no words` };
    }
    lines.push(line);
  }
  return lines.length === 0 ? { problem: 'the script has no line to say' } : { lines };
}

/** What no voice can say is no sentence: the caller would wait for the end of it. */
export const holdsWords = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

const ORDERS = 'an order is one of !press DIGITS, !wait MS, !barge-in TEXT, !hang-up';
const MAX_WAIT_MS = 3_600_000;

const sayLine = (text: string, bargeIn = false): ScriptLine => ({ kind: 'say', text, bargeIn });

function readOrder(written: string): ScriptLine | undefined {
  const [, order, rest = ''] = /^!([a-z-]+)(?:\s+(?:(?=\S)(.*))?)?$/.exec(written) ?? [];
  switch (order ?? '') {
    case 'press':
      return /^[0-9*#]+$/.test(rest) ? { kind: 'press', digits: rest } : undefined;
    case 'wait':
      return /^\d+$/.test(rest) && Number(rest) <= MAX_WAIT_MS
        ? { kind: 'wait', ms: Number(rest) }
        : undefined;
    case 'barge-in':
      return rest === '' ? undefined : sayLine(rest, true);
    case 'hang-up':
      return rest === '' ? { kind: 'hangUp' } : undefined;
    default:
      return undefined;
  }
}
