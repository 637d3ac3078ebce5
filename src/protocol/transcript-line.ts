/** The longest line of a transcript, in characters: nine minutes of speech without a breath. */
export const MAX_LINE_CHARS = 8_192;

/** A text that is no longer than it may be; what is cut off is marked by an ellipsis. */
export function cutText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const end = maxChars - 1;
  const last = text.charCodeAt(end - 1);
  const isHalfPair = last >= 0xd800 && last <= 0xdbff;
  return `${text.slice(0, isHalfPair ? end - 1 : end)}…`;
}
