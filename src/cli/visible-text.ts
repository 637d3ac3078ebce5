/**
 * Everything that a terminal obeys instead of showing: control characters (C0, C1, DEL), line separators, what turns
 * the direction of writing, what has no width, and half characters. Source: Unicode 16, general categories Cc, Cf, Zl,
 * Zp and Cs. Joiners stay, with which Persian is written, and people of two emoji.
 */
const OBEYED = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** The same, but for the ends of lines. */
const OBEYED_IN_LINES = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A text of somebody else, longer than this, is cut: nobody reads on. */
const MAX_SHOWN = 2000;

/** A text of somebody else for one line of a terminal: what would be obeyed is written as in JSON, `\u001b`. */
export function visible(text: string): string {
  const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)} …` : text;
  return shown.replaceAll(OBEYED, escaped);
}

/** The same for a message of several lines. */
export function visibleLines(text: string): string {
  const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)} …` : text;
  return shown.replaceAll(OBEYED_IN_LINES, escaped);
}

/** JSON that means the same, on one line, and shows itself in a terminal. */
export function visibleJson(value: unknown): string {
  // Outside of its texts it has none of them.
  return JSON.stringify(value).replaceAll(OBEYED, escaped);
}

/** By code unit: two for a character beyond the first plane, as JSON has it. */
function escaped(character: string): string {
  let text = '';
  for (let at = 0; at < character.length; at++) {
    text += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return text;
}
