/**
 * JSON Schemas that somebody else has written, made fit to be checked on the
 * thread that calls are on: what a check costs has a bound before it begins.
 */

import { z } from 'zod';
import { LinearPattern } from './linear-pattern.ts';
import type { Fields } from '../tool-answer.ts';

const MAX_BYTES = 65_536;
/** Schemas within schemas, with what references lead to. */
const MAX_DEPTH = 20;
const MAX_SCHEMAS = 400;
/** Of all patterns together, in steps for each character; a pattern of `{1,500}` has some 1000. */
const MAX_STEPS = 2000;

/** Words whose value is a schema, a list of schemas, or schemas by names. Anything else is data. */
const ONE = new Set(['items', 'additionalItems', 'additionalProperties', 'contains', 'propertyNames']);
const MANY = new Set(['items', 'prefixItems', 'allOf', 'anyOf', 'oneOf']);
/** What references lead to is put in their place; what a text holds is not looked at. */
const DROPPED = new Set(['$defs', 'definitions', 'patternProperties', 'contentSchema', '$ref', 'pattern']);

/**
 * Makes a schema that checks arguments.
 *
 * @throws {Error} with what it is about the schema that cannot be checked.
 */
export function readForeignSchema(parameters: Fields): z.ZodType {
  if (Buffer.byteLength(JSON.stringify(parameters)) > MAX_BYTES)
    throw new Error(`it has more than ${String(MAX_BYTES)} bytes`);
  const bounded = new BoundedSchema(parameters);
  return z.fromJSONSchema(bounded.schema, { registry: new PatternDesk(bounded.patterns) });
}

/** Names the pattern of a schema, by its number, for the one who puts it in. */
const PATTERN_NUMBER = 'callchart-pattern';

/** A copy without references, patterns taken out and counted. */
class BoundedSchema {
  readonly schema: Record<string, unknown>;
  readonly patterns: LinearPattern[] = [];
  readonly #root: Fields;
  #schemas = 0;
  #steps = 0;

  constructor(root: Fields) {
    this.#root = root;
    this.schema = this.#object(root, []);
  }

  /** @param within - the references that led here, innermost last, and a mark for each schema around. */
  #any(schema: unknown, within: readonly string[]): unknown {
    return isFields(schema) ? this.#object(schema, within) : schema;
  }

  #object(schema: Fields, within: readonly string[]): Record<string, unknown> {
    const { enum: values } = schema;
    this.#schemas +=
      Array.isArray(values) && !values.every((value) => typeof value === 'string') ? values.length : 1;
    if (this.#schemas > MAX_SCHEMAS) throw new Error(`it has more than ${String(MAX_SCHEMAS)} schemas`);
    if (within.length > MAX_DEPTH) throw new Error(`it is more than ${String(MAX_DEPTH)} schemas deep`);
    if ('patternProperties' in schema) throw new Error('patternProperties is not supported');

    const inner = [...within, ''];
    const copied = Object.entries(schema).flatMap(([word, value]): [string, unknown][] => {
      if (DROPPED.has(word)) return [];
      if (MANY.has(word) && Array.isArray(value))
        return [[word, value.map((each) => this.#any(each, inner))]];
      if (ONE.has(word)) return [[word, this.#any(value, inner)]];
      if (word !== 'properties' || !isFields(value)) return [[word, value]];
      const properties = Object.entries(value).map(([name, each]) => [name, this.#any(each, inner)] as const);
      return [[word, Object.fromEntries(properties)]];
    });
    const copy: Record<string, unknown> = Object.fromEntries(copied);
    return this.#referred(schema, this.#patterned(schema, copy), within);
  }

  #patterned({ pattern }: Fields, copy: Record<string, unknown>): Record<string, unknown> {
    if (pattern === undefined) return copy;
    if (typeof pattern !== 'string') throw new Error('a pattern is not a string');
    const linear = new LinearPattern(pattern);
    this.#steps += linear.steps;
    if (this.#steps > MAX_STEPS) throw new Error('its patterns are too long, or repeat too much');
    return { ...copy, pattern: '^', [PATTERN_NUMBER]: this.patterns.push(linear) - 1 };
  }

  #referred(
    { $ref: reference }: Fields,
    copy: Record<string, unknown>,
    within: readonly string[],
  ): Record<string, unknown> {
    if (reference === undefined) return copy;
    if (typeof reference !== 'string' || !reference.startsWith('#'))
      throw new Error('External $ref is not supported, only local refs (#/...) are allowed');
    if (within.includes(reference)) throw new Error('it refers to itself');
    const target = this.#object(this.#targetOf(reference), [...within, reference]);
    if (Object.keys(copy).length === 0) return target;
    const { allOf } = copy;
    return { ...copy, allOf: [...(Array.isArray(allOf) ? (allOf as unknown[]) : []), target] };
  }

  #targetOf(reference: string): Fields {
    const steps = reference.slice(1).split('/').filter(Boolean);
    let target: unknown = this.#root;
    for (const step of steps) {
      const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
      target =
        typeof target === 'object' && target !== null && Object.hasOwn(target, name)
          ? (target as Fields)[name]
          : undefined;
    }
    if (steps.length === 0) throw new Error('it refers to itself');
    if (!isFields(target)) throw new Error(`Reference not found: ${reference}`);
    return target;
  }
}

/** Is told of each schema that bears a word of ours when it is made, and puts the pattern in. */
class PatternDesk extends z.core.$ZodRegistry<z.core.GlobalMeta> {
  readonly #patterns: readonly LinearPattern[];

  constructor(patterns: readonly LinearPattern[]) {
    super();
    this.#patterns = patterns;
  }

  override add(schema: z.core.$ZodType, meta?: z.core.GlobalMeta): this {
    const number = meta?.[PATTERN_NUMBER];
    if (typeof number !== 'number') return this;
    const place = placeIn(schema);
    const pattern = this.#patterns[number];
    if (place === undefined || pattern === undefined)
      throw new Error('a pattern needs "type": "string" beside it, and no enum and no const');
    place.pattern = pattern;
    return this;
  }
}

/** The check of a text within whatever zod has wrapped around it. */
function placeIn(schema: z.core.$ZodType): z.core.$ZodCheckRegexDef | undefined {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'string') {
    return def.checks
      ?.map((check) => check._zod.def)
      .find((check): check is z.core.$ZodCheckRegexDef => 'format' in check && check.format === 'regex');
  }
  if (def.type === 'default' || def.type === 'readonly') return placeIn(def.innerType);
  if (def.type === 'intersection') return placeIn(def.left);
  if (def.type === 'union') return def.options.map(placeIn).find((place) => place !== undefined);
  return undefined;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
