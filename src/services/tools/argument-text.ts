import { z } from 'zod';

/** Something is said: not only spaces. */
export const SOMETHING = /\S/;

/**
 * Text of a tool's argument, at most `maxLength` characters as JSON Schema
 * counts them: code points, where zod's own limit counts UTF-16 units and would
 * refuse what the schema that the model was shown allows.
 */
export function spokenText(maxLength: number, description: string, pattern?: RegExp) {
  const text = pattern === undefined ? z.string() : z.string().regex(pattern);
  return text
    .refine((said) => Array.from(said).length <= maxLength, `at most ${String(maxLength)} characters`)
    .meta({ maxLength, description });
}

/** A person's name, on one line. */
export const nameArg = () =>
  spokenText(120, "The person's name.", SOMETHING).transform((said) => tidy(said) ?? said);

/** One line that may be left out; an empty one is left out too. */
export const lineArg = (maxLength: number, description: string, pattern?: RegExp) =>
  spokenText(maxLength, description, pattern).transform(tidy).optional();

/** A number to note down. Data and nothing else: nobody is called or texted because of it. */
export const notedNumberArg = () =>
  lineArg(40, 'Only when another number than that of this call is to be noted.');

/** One line, single spaces; undefined when nothing is left. Control characters and changes of writing direction are dropped. */
export function tidy(text: string): string | undefined {
  const line = text
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, '')
    .trim();
  return line === '' ? undefined : line;
}
