/**
 * The last look at a log line before it leaves the process. What is logged
 * holds no secret and no number by rule; this holds when a rule was broken.
 */

const E164 = /\+[1-9]\d{3,10}(\d{4})(?!\d)/g;

/** Long enough not to be a word that lines hold anyway. */
const MIN_SECRET_LENGTH = 6;

/**
 * Control characters, raw or as JSON escapes, but for `\n` and `\t`: stack traces are read in lines.
 * The others can move a terminal's cursor. An escaped backslash is matched so that what follows it is read as text.
 */
const CONTROL = /\\\\|\\u00(?:0[0-8bcef]|1[0-9a-f]|7f|[89][0-9a-f])|\\[bfr]|[^\P{Cc}\n]/gu;

/** Makes the function that cleans one line of JSON. The line stays valid JSON. */
export function logScrubber(secrets: readonly string[]): (line: string) => string {
  const hidden = secrets
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  return (line) => {
    let clean = line;
    for (const secret of hidden) clean = clean.replaceAll(secret, '[secret]');
    return clean.replace(CONTROL, (found) => (found === '\\\\' ? found : '')).replace(E164, '+***$1');
  };
}
