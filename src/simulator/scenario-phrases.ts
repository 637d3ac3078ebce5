import { EngineError } from '../errors.ts';

/**
 * The phrase language of a scenario, a small part of JSGF (W3C note, 2000):
 * words, `(a | b)`, `[optional]`, `<slot>`, and `+` for once or more.
 *
 * One phrase is read once and used twice: as a rule of the recogniser's
 * grammar, and as the pattern that the recognised or typed words must match.
 */
export type Phrase =
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'slot'; readonly name: string }
  | { readonly kind: 'sequence'; readonly parts: readonly Phrase[] }
  | { readonly kind: 'choice'; readonly parts: readonly Phrase[] }
  | { readonly kind: 'optional'; readonly part: Phrase }
  | { readonly kind: 'repeat'; readonly part: Phrase };

const TOKEN = /\s*([()[\]|+]|<[a-z][a-zA-Z]*>|[a-z][a-z']*)/y;

/** @throws {EngineError} CONFIG_INVALID when the text is no phrase; names the place. */
export function readPhrase(text: string): Phrase {
  const tokens = tokensOf(text);
  let at = 0;
  const fail = (problem: string) => new EngineError('CONFIG_INVALID', `phrase "${text}": ${problem}`);
  const close = (bracket: string) => {
    if (tokens[at++] !== bracket) throw fail(`a "${bracket}" is missing`);
  };

  const choice = (): Phrase => {
    const parts = [sequence()];
    while (tokens[at] === '|') {
      at++;
      parts.push(sequence());
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: 'choice', parts };
  };
  const sequence = (): Phrase => {
    const parts: Phrase[] = [];
    for (let token = tokens[at]; token !== undefined && !')]|'.includes(token); token = tokens[at]) {
      parts.push(repeated());
    }
    if (parts.length === 0) throw fail('something is missing between brackets or bars');
    return { kind: 'sequence', parts };
  };
  const repeated = (): Phrase => {
    const part = single();
    if (tokens[at] !== '+') return part;
    at++;
    return { kind: 'repeat', part };
  };
  const single = (): Phrase => {
    const token = tokens[at++] ?? '';
    if (token === '+') throw fail('a "+" follows nothing');
    if (token === '(' || token === '[') {
      const part = choice();
      close(token === '(' ? ')' : ']');
      return token === '(' ? part : { kind: 'optional', part };
    }
    return token.startsWith('<') ? { kind: 'slot', name: token.slice(1, -1) } : { kind: 'word', word: token };
  };

  const phrase = choice();
  if (at < tokens.length) throw fail(`"${tokens[at] ?? ''}" stands alone`);
  return phrase;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  const body = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < body.length) {
    const from = TOKEN.lastIndex;
    const token = TOKEN.exec(body)?.[1];
    if (token === undefined) {
      throw new EngineError(
        'CONFIG_INVALID',
        `phrase "${text}" cannot be read from character ${String(from)} on`,
      );
    }
    tokens.push(token);
  }
  return tokens;
}

/** The phrase as the right-hand side of a JSGF rule. */
export function toJsgf(phrase: Phrase): string {
  switch (phrase.kind) {
    case 'word':
      return phrase.word;
    case 'slot':
      return `<${phrase.name}>`;
    case 'sequence':
      return phrase.parts.map(toJsgf).join(' ');
    case 'choice':
      return `(${phrase.parts.map(toJsgf).join(' | ')})`;
    case 'optional':
      return `[${toJsgf(phrase.part)}]`;
    case 'repeat':
      return `(${toJsgf(phrase.part)})+`;
  }
}

/**
 * The phrase as the source of a regular expression over words, each followed by one space.
 * @param slot - the source that stands for a slot.
 */
export function toPattern(phrase: Phrase, slot: (name: string) => string): string {
  switch (phrase.kind) {
    case 'word':
      return `${phrase.word} `;
    case 'slot':
      return slot(phrase.name);
    case 'sequence':
      return phrase.parts.map((part) => toPattern(part, slot)).join('');
    case 'choice':
      return `(?:${phrase.parts.map((part) => toPattern(part, slot)).join('|')})`;
    case 'optional':
      return `(?:${toPattern(phrase.part, slot)})?`;
    case 'repeat':
      return `(?:${toPattern(phrase.part, slot)})+`;
  }
}

/** Every word of a phrase, and every slot it names. */
export function partsOf(phrase: Phrase): { words: string[]; slots: string[] } {
  switch (phrase.kind) {
    case 'word':
      return { words: [phrase.word], slots: [] };
    case 'slot':
      return { words: [], slots: [phrase.name] };
    case 'sequence':
    case 'choice': {
      const inner = phrase.parts.map(partsOf);
      return { words: inner.flatMap(({ words }) => words), slots: inner.flatMap(({ slots }) => slots) };
    }
    case 'optional':
    case 'repeat':
      return partsOf(phrase.part);
  }
}
