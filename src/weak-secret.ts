const MIN_LENGTH = 16;
/** Sixteen random characters have fewer than six different ones once in a hundred thousand times, if they are hex. */
const MIN_DIFFERENT = 6;
/** A pattern of so many characters that fills the whole text is a keyboard's, not a generator's. */
const MAX_PATTERN = 8;
/** Words that say of themselves that they stand in for a secret, and what the pages of this project once showed. */
const STAND_INS =
  /placeholder|at.?least.?sixteen|change.?this|replace.?me|change.?me|password|insecure|letmein|qwertz|qwerty|example|default|dummy|your/g;
/** Words that are around them. */
const BESIDE_THEM = /callchart|characters|twilio|secret|bearer|openai|admin|token|auth|test|here|key|my|is/g;
/** So many characters besides may have been thought of by somebody; fewer were not. */
const MIN_BESIDE_WORDS = 12;

/**
 * Why a secret is one that a stranger guesses, in words that complete "NAME: ..."; undefined for one that may be random.
 * Says nothing of the secret itself.
 */
export function weaknessOf(secret: string): string | undefined {
  if (secret.length < MIN_LENGTH) return `must have at least ${String(MIN_LENGTH)} characters`;
  if (new Set(secret).size < MIN_DIFFERENT) return 'has too few different characters';
  if (isPattern(secret)) return 'repeats one pattern';
  if (isCount(secret)) return 'counts up or down';
  if (isMadeOfWords(secret.toLowerCase())) return 'is made of words that everybody tries';
  return undefined;
}

function isMadeOfWords(text: string): boolean {
  const beside = text.replace(STAND_INS, '').length < text.length ? MIN_BESIDE_WORDS : 1;
  const rest = text
    .replace(STAND_INS, '')
    .replace(BESIDE_THEM, '')
    .replace(/[^a-z0-9]/g, '');
  return rest.length < beside;
}

function isPattern(text: string): boolean {
  for (let length = 1; length <= MAX_PATTERN; length++) {
    if (text.slice(length) === text.slice(0, -length)) return true;
  }
  return false;
}

/** `0123456789abcdef` and its like: most characters are the neighbours of those before them. */
function isCount(text: string): boolean {
  let neighbours = 0;
  for (let at = 1; at < text.length; at++) {
    if (Math.abs(text.charCodeAt(at) - text.charCodeAt(at - 1)) === 1) neighbours++;
  }
  return neighbours >= (text.length - 1) * 0.75;
}
