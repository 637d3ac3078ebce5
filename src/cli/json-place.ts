/** Where a text ceases to be JSON: the index of the first character that cannot stand there; undefined when all of it can. */
export function jsonFaultAt(text: string): number | undefined {
  if (isParsed(text)) return undefined;
  let [good, bad] = [0, text.length + 1];
  // What no text can follow is not mended by more of it: so the place is found by halving.
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (middle <= text.length && mayGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function isParsed(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether a beginning is JSON, or could become it. */
function mayGoOn(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : '';
    return (
      /end of JSON input|Unterminated/.test(message) ||
      message.includes(`position ${String(beginning.length)}`)
    );
  }
}
