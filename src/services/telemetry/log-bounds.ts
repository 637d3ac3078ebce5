/**
 * How long a log line can get. What a peer says can end up in one as a reason
 * or a code; a line is for people, who read the beginning of it.
 */

/** Characters of one text. */
const MAX_TEXT = 400;
/** Characters of the names and values of a line, all together. */
const MAX_CHARACTERS = 4000;
/** Objects within objects. */
const MAX_DEPTH = 4;
const MAX_NAME = 60;
/** What a name or a value costs beside its characters: quotes, a comma, a colon. */
const PUNCTUATION = 4;

/** Half a character: JSON would write it six times as long. */
const HALF = /\p{Surrogate}/gu;
const CUT = '…';

/**
 * Makes the function that brings the fields of a line within bounds: 16 KB of JSON at most. What is beyond is left out.
 *
 * @param clean - takes secrets out of a text. Called before one is cut: half a secret would not be found any more.
 */
export function fieldBounds(clean: (text: string) => string): (fields: object) => Record<string, unknown> {
  return (fields) => new BoundedFields(clean).of(fields);
}

class BoundedFields {
  readonly #clean: (text: string) => string;
  #left = MAX_CHARACTERS;

  constructor(clean: (text: string) => string) {
    this.#clean = clean;
  }

  of(fields: object): Record<string, unknown> {
    return this.#object(fields, 0);
  }

  #value(value: unknown, depth: number): unknown {
    this.#left -= PUNCTUATION;
    switch (typeof value) {
      case 'string':
        return this.#text(value, MAX_TEXT);
      case 'number':
        this.#left -= String(value).length;
        return value;
      case 'bigint':
        return this.#text(value.toString(), MAX_TEXT);
      case 'object':
        return value === null ? null : this.#thing(value, depth);
      case 'boolean':
        return value;
      case 'undefined':
      case 'function':
      case 'symbol':
        return undefined;
    }
  }

  #thing(value: object, depth: number): unknown {
    if (value instanceof Date) return this.#text(String(value), MAX_TEXT);
    if (ArrayBuffer.isView(value)) return `${String(value.byteLength)} bytes`;
    if (depth >= MAX_DEPTH) return CUT;
    if (Array.isArray(value)) return this.#list(value, depth + 1);
    if (!(value instanceof Error)) return this.#object(value, depth + 1);
    return this.#object(Object.assign({ type: value.name, message: value.message }, value), depth + 1);
  }

  #list(values: readonly unknown[], depth: number): unknown[] {
    const shown: unknown[] = [];
    for (const value of values) {
      if (this.#left <= 0) return [...shown, CUT];
      shown.push(this.#value(value, depth));
    }
    return shown;
  }

  #object(values: object, depth: number): Record<string, unknown> {
    const shown: [string, unknown][] = [];
    for (const [name, value] of Object.entries(values)) {
      if (this.#left <= 0) break;
      this.#left -= PUNCTUATION;
      shown.push([this.#text(name, MAX_NAME), this.#value(value, depth)]);
    }
    return Object.fromEntries(shown);
  }

  #text(text: string, most: number): string {
    const room = Math.max(0, Math.min(most, this.#left));
    // A text can be megabytes, of which only the beginning is looked at.
    const isCut = text.length > room;
    const shown = (isCut ? this.#clean(text.slice(0, 10 * MAX_TEXT)).slice(0, room) : text).replace(HALF, '');
    this.#left -= shown.length;
    return isCut ? shown + CUT : shown;
  }
}
