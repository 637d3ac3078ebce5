import { fieldsOf, nameWords } from './argument-kinds.ts';
import { listed } from './opening-hours.ts';
import { trimmedEnd } from './trimmed.ts';

/** More than this nobody listens to, and the rest is in the console. */
const MOST_PARTS = 6;
const MOST_ITEMS = 3;
const MOST_CHARACTERS = 500;

/** What a tool came to, as a sentence: its result as it stands, or that it was not done, and why. */
export function toldOutcome(tool: string, output: unknown): string {
  const { status, reason, problems, result, repeated } = fieldsOf(output);
  const name = nameWords(tool).join(' ');
  const why = typeof reason === 'string' ? reason : '';
  switch (status) {
    case 'refused':
      return `${name} was refused, nothing was done. ${why}`.trim();
    case 'failed':
    case 'timedOut': {
      const wrong = (Array.isArray(problems) ? problems.map(fieldsOf) : []).map(
        ({ path, problem }) => `${String(path)}: ${String(problem)}`,
      );
      return [`${name} failed.`, why, ...wrong].join(' ').trim();
    }
    case 'uncertain':
      return `It is not certain whether ${name} was done. ${why}`.trim();
    case 'cancelled':
      return `${name} was stopped.`;
    default: {
      const told = cut(textOf(status === 'ok' ? result : output));
      const again = repeated === true ? ' That was done before.' : '';
      return told === '' ? `${name} is done.${again}` : `${name} says: ${told}.${again}`;
    }
  }
}

const cut = (text: string) =>
  trimmedEnd(text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text, '. ');

/** A value as one reads it out: `status: shipped, carrier: Acme`. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) {
    const items = value.slice(0, MOST_ITEMS).map(textOf).filter(Boolean);
    const rest = value.length - MOST_ITEMS;
    return listed([...items, ...(rest > 0 ? [`${String(rest)} more`] : [])]);
  }
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'boolean') return value ? 'yes' : 'no';
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  }
  const fields = Object.entries(value);
  const [only] = fields;
  if (fields.length === 1 && only !== undefined && ['text', 'value', 'spoken', 'message'].includes(only[0])) {
    return textOf(only[1]);
  }
  return fields
    .map(([key, inner]) => [nameWords(key).join(' '), textOf(inner)])
    .filter(([, text]) => text !== '')
    .slice(0, MOST_PARTS)
    .map(([key = '', text = '']) => `${key}: ${text}`)
    .join(', ');
}
