/** What of a tool's JSON Schema can be looked for in a caller's words. */

export type ArgumentKind =
  'choice' | 'truth' | 'number' | 'date' | 'time' | 'email' | 'code' | 'name' | 'text';

export interface WantedArgument {
  readonly name: string;
  readonly kind: ArgumentKind;
  readonly description: string;
  readonly isRequired: boolean;
  /** Of a closed list. */
  readonly choices: readonly unknown[];
  /** What the value must match, where the schema says so. */
  readonly pattern: string | undefined;
  /** Whole numbers only. */
  readonly isWhole: boolean;
  /** The value goes into a list. */
  readonly isList: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** The arguments of a tool in the order of its schema; an object within an object is not among them. */
export function wantedArguments(parameters: Fields | undefined): WantedArgument[] {
  const required = Array.isArray(parameters?.['required']) ? (parameters['required'] as unknown[]) : [];
  return Object.entries(fieldsOf(parameters?.['properties'])).map(([name, schema]) =>
    wantedArgument(name, fieldsOf(schema), required.includes(name)),
  );
}

function wantedArgument(name: string, written: Fields, isRequired: boolean): WantedArgument {
  const outer = withoutNull(written);
  const isList = typeOf(outer) === 'array';
  const schema = isList ? withoutNull(fieldsOf(outer['items'])) : outer;
  const described = written['description'] ?? outer['description'];
  const description = typeof described === 'string' ? described : '';
  const { enum: listed, const: only, pattern } = schema;
  const choices = only === undefined ? (Array.isArray(listed) ? (listed as unknown[]) : []) : [only];
  return {
    name,
    kind: choices.length > 0 ? 'choice' : kindOf(name, description, schema),
    description,
    isRequired,
    choices: choices.filter((choice) => choice !== null),
    pattern: typeof pattern === 'string' ? pattern : undefined,
    isWhole: typeOf(schema) === 'integer',
    isList,
  };
}

function kindOf(name: string, description: string, schema: Fields): ArgumentKind {
  const type = typeOf(schema);
  if (type === 'boolean') return 'truth';
  if (type === 'number' || type === 'integer') return 'number';
  const { format, pattern } = schema;
  const words = nameWords(name);
  const has = (...any: string[]) => any.some((word) => words.includes(word));
  if (format === 'date' || description.includes('YYYY-MM-DD') || has('date', 'day')) return 'date';
  if (format === 'time' || description.includes('HH:MM') || has('time')) return 'time';
  if (format === 'email' || has('email', 'mail')) return 'email';
  if (typeof pattern === 'string' || has(...CODES)) return 'code';
  return has('name') ? 'name' : 'text';
}

const CODES = ['id', 'number', 'no', 'code', 'reference', 'ref', 'sku', 'order', 'invoice', 'ticket'];

/** `orderNumber`, `order_number` and `order-number` are two words. */
export const nameWords = (name: string): string[] =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);

/** Optional arguments are often written as "this, or null". */
function withoutNull(schema: Fields): Fields {
  const members = schema['anyOf'] ?? schema['oneOf'];
  if (!Array.isArray(members)) return schema;
  return members.map(fieldsOf).find((member) => typeOf(member) !== 'null') ?? schema;
}

function typeOf({ type }: Fields): unknown {
  return Array.isArray(type) ? (type as unknown[]).find((one) => one !== 'null') : type;
}

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
