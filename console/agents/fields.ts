import { isObject, type JsonValue } from './json.ts';

/**
 * Makes the form of a profile from its JSON Schema: a new setting of the schema
 * is a new field. What no field can show is edited as JSON.
 */

type SchemaType = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'array' | 'object';

/** The part of a JSON Schema, as zod writes it, that the form reads. */
export interface Schema {
  readonly type?: SchemaType | undefined;
  readonly title?: string;
  readonly description?: string;
  readonly default?: JsonValue;
  readonly enum?: readonly JsonValue[];
  readonly const?: JsonValue;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface About {
  /** The default: the value when the profile has none. */
  readonly fallback: JsonValue | undefined;
  readonly hint: string;
  /** What kind of value it is, in words: `E.164 number`. */
  readonly title: string;
}

export type Field = About &
  (
    | { readonly kind: 'text'; readonly isLong: boolean; readonly isDate: boolean }
    | {
        readonly kind: 'number';
        readonly isMs: boolean;
        readonly isWhole: boolean;
        readonly min: number | undefined;
        readonly max: number | undefined;
      }
    | { readonly kind: 'switch' }
    | { readonly kind: 'choice'; readonly options: readonly string[] }
    | { readonly kind: 'constant'; readonly value: JsonValue }
    | { readonly kind: 'group'; readonly fields: readonly NamedField[] }
    /** Any number of these words. */
    | { readonly kind: 'words'; readonly options: readonly string[] }
    | { readonly kind: 'list'; readonly item: Field }
    | { readonly kind: 'either'; readonly variants: readonly Variant[] }
    | { readonly kind: 'json' }
  );

export interface NamedField {
  readonly key: string;
  /** The key in words: `Phone numbers`. */
  readonly name: string;
  readonly isRequired: boolean;
  readonly field: Field;
}

/** One of the shapes that a value may have. */
export interface Variant {
  readonly name: string;
  readonly field: Field;
  readonly fits: (value: JsonValue | undefined) => boolean;
}

/** A text that may be this long gets a field of several lines. */
const LONG_CHARACTERS = 500;

export function fieldOf(schema: Schema): Field {
  const about: About = {
    fallback: schema.default,
    hint: schema.description ?? '',
    title: schema.title ?? '',
  };
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) return { ...about, kind: 'either', variants: variants.map(variantOf) };
  if (schema.const !== undefined) return { ...about, kind: 'constant', value: schema.const };
  if (schema.enum !== undefined) return { ...about, kind: 'choice', options: schema.enum.map(String) };
  switch (schema.type) {
    case 'string':
      return {
        ...about,
        kind: 'text',
        isLong: (schema.maxLength ?? 0) >= LONG_CHARACTERS,
        isDate: schema.format === 'date',
      };
    case 'number':
    case 'integer':
      return {
        ...about,
        kind: 'number',
        isMs: schema.title === 'milliseconds',
        isWhole: schema.type === 'integer',
        min: schema.minimum,
        max: schema.maximum,
      };
    case 'boolean':
      return { ...about, kind: 'switch' };
    case 'null':
      return { ...about, kind: 'constant', value: null };
    case 'array':
      return listOf(about, schema.items);
    case 'object':
      return groupOf(about, schema);
    case undefined:
      return { ...about, kind: 'json' };
  }
}

function listOf(about: About, items: Schema | undefined): Field {
  if (items === undefined) return { ...about, kind: 'json' };
  if (items.enum !== undefined) return { ...about, kind: 'words', options: items.enum.map(String) };
  return { ...about, kind: 'list', item: fieldOf(items) };
}

function groupOf(about: About, schema: Schema): Field {
  // An object that takes any key has no form.
  if (schema.additionalProperties !== false) return { ...about, kind: 'json' };
  const fields = Object.entries(schema.properties ?? {}).map(([key, property]) => ({
    key,
    name: nameOf(key),
    isRequired: schema.required?.includes(key) === true,
    field: fieldOf(property),
  }));
  return { ...about, kind: 'group', fields };
}

function variantOf(schema: Schema): Variant {
  const field = fieldOf(schema);
  return { name: variantName(schema), field, fits: (value) => fits(schema, value) };
}

function fits(schema: Schema, value: JsonValue | undefined): boolean {
  if (schema.const !== undefined) return value === schema.const;
  switch (schema.type) {
    case 'array':
      return Array.isArray(value);
    case 'object': {
      if (!isObject(value)) return false;
      const fixed = Object.entries(schema.properties ?? {}).filter(([, inner]) => inner.const !== undefined);
      return fixed.every(([key, inner]) => value[key] === inner.const);
    }
    case 'null':
      return value === null;
    case 'integer':
    case 'number':
      return typeof value === 'number';
    case 'string':
    case 'boolean':
      return typeof value === schema.type;
    case undefined:
      return true;
  }
}

function variantName(schema: Schema): string {
  const fixed = Object.values(schema.properties ?? {}).find((inner) => inner.const !== undefined);
  if (typeof fixed?.const === 'string') return nameOf(fixed.const);
  switch (schema.type) {
    case 'string':
      return 'Text';
    case 'array':
      return 'Rows';
    case 'object':
      return 'Details';
    case 'null':
      return 'None';
    case 'boolean':
      return 'Yes or no';
    case 'number':
    case 'integer':
      return 'Number';
    case undefined:
      return 'Anything';
  }
}

const ACRONYMS: Readonly<Record<string, string>> = { id: 'ID', vad: 'VAD', url: 'URL', sms: 'SMS' };

/** A key in words: `maxCallMs` is "Max call". The unit at its end is left out: it is shown with the value. */
export function nameOf(key: string): string {
  const words = key
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
    .split(' ')
    .filter((word, index, all) => !(word === 'ms' && index === all.length - 1 && index > 0))
    .map((word) => ACRONYMS[word] ?? word)
    .join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The value of a new row, or of a variant that was just chosen: only the required fields. */
export function blankOf(field: Field): JsonValue {
  switch (field.kind) {
    case 'text':
      return '';
    case 'number':
      return field.fallback ?? field.min ?? 0;
    case 'switch':
      return false;
    case 'choice':
      return field.fallback ?? field.options[0] ?? '';
    case 'constant':
      return field.value;
    case 'words':
    case 'list':
      return [];
    case 'json':
      return field.fallback ?? {};
    case 'either':
      return field.variants[0] === undefined ? null : blankOf(field.variants[0].field);
    case 'group':
      return Object.fromEntries(
        field.fields.flatMap(({ key, isRequired, field: inner }) =>
          isRequired ? [[key, blankOf(inner)]] : [],
        ),
      );
  }
}
