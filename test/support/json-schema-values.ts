import fc from 'fast-check';

/** The part of JSON Schema that tools use. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/**
 * Any value that a tool's JSON Schema allows, as JSON Schema reads it: lengths
 * in code points, patterns anywhere in the text. Knows nothing of zod.
 */
export function valuesOf(schema: unknown): fc.Arbitrary<unknown> {
  const { type, enum: words, pattern, maxLength = 200, properties = {}, required = [] } = schema as Schema;
  if (words !== undefined) return fc.constantFrom(...words);
  switch (type) {
    case 'string': {
      const any = fc.oneof(
        fc.string({ unit: 'binary', maxLength }),
        fc.string({ unit: 'grapheme', maxLength: Math.floor(maxLength / 4) }),
        fc.string({ unit: fc.constant('👍'), minLength: maxLength, maxLength }),
      );
      if (pattern === undefined) return any;
      const matching = new RegExp(pattern, 'u');
      const texts = fc.oneof(fc.stringMatching(matching), any);
      return texts.filter((text) => matching.test(text) && Array.from(text).length <= maxLength);
    }
    case 'object': {
      const fields = Object.entries(properties).map(([name, field]) => [name, valuesOf(field)] as const);
      return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] });
    }
    case undefined:
    default:
      throw new Error(`a schema of type ${String(type)}: teach it to valuesOf`);
  }
}
