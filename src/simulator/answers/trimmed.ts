/** A text without the characters of `unwanted` at its end, or at both ends. */
export function trimmedEnd(text: string, unwanted: string): string {
  let end = text.length;
  while (end > 0 && unwanted.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

export function trimmed(text: string, unwanted: string): string {
  let start = 0;
  while (start < text.length && unwanted.includes(text.charAt(start))) start++;
  return trimmedEnd(text.slice(start), unwanted);
}
