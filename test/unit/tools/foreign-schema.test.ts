import { describe, expect, test } from 'vitest';
import { readForeignSchema } from '../../../src/services/tools/outward/foreign-schema.ts';

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });
const text = (more: object) => object({ text: { type: 'string', ...more } });
const takes = (schema: object, value: unknown) => readForeignSchema({ ...schema }).safeParse(value).success;
const problemOf = (schema: object): string => {
  try {
    readForeignSchema({ ...schema });
    return '';
  } catch (thrown) {
    return (thrown as Error).message;
  }
};
/** As long as arguments can be. */
const LONG = 16_000;

/** Milliseconds of this thread, the least of three. */
function costOf(run: () => unknown): number {
  const costs = [0, 0, 0].map(() => {
    const before = performance.now();
    run();
    return performance.now() - before;
  });
  return Math.min(...costs);
}

describe('a pattern', () => {
  test.each([
    ['^[0-9]{4}$', '1234', '12345'],
    ['b', 'abc', 'ac'],
    ['^\\+?[1-9]\\d{1,14}$', '+12025550123', '0'],
    ['^\\p{L}+$', 'Zoë', 'Zoë1'],
    ['^\\u00e9\\/(?<rest>.*)$', 'é/x', 'e/x'],
    ['^(?:a|b)+?c\\b', 'abc', 'abcd'],
  ])('the pattern %s takes %j and not %j', (pattern, right, wrong) => {
    expect(takes(text({ pattern }), { text: right })).toBe(true);
    expect(takes(text({ pattern }), { text: wrong })).toBe(false);
  });

  test.each([
    ['beside other limits', { type: 'string', pattern: '^a', minLength: 2, description: 'x' }],
    ['with a default', { type: 'string', pattern: '^a', minLength: 2, default: 'ab' }],
    ['of a text or null', { type: ['string', 'null'], pattern: '^a', minLength: 2 }],
    [
      'within all of',
      {
        allOf: [
          { type: 'string', pattern: '^a' },
          { type: 'string', minLength: 2 },
        ],
      },
    ],
    ['within any of', { anyOf: [{ type: 'string', pattern: '^a', minLength: 2 }, { type: 'number' }] }],
    [
      'of a text that is also more',
      { type: 'string', pattern: '^a', allOf: [{ type: 'string', minLength: 2 }] },
    ],
    ['behind a reference', { $ref: '#/$defs/name' }],
    ['behind a reference, with a word', { $ref: '#/$defs/name', description: 'x', type: 'string' }],
  ])('a pattern is checked %s', (_where, schema) => {
    const whole = object(
      { text: schema },
      { $defs: { name: { type: 'string', pattern: '^a', minLength: 2 } } },
    );
    expect(takes(whole, { text: 'ab' })).toBe(true);
    for (const wrong of ['a', 'ba']) expect(takes(whole, { text: wrong }), wrong).toBe(false);
  });

  test('a pattern is checked of names, and of items', () => {
    const names = object({}, { propertyNames: { pattern: '^x_' } });
    expect([takes(names, { x_a: 1 }), takes(names, { a: 1 })]).toEqual([true, false]);
    const items = object({ list: { type: 'array', items: { type: 'string', pattern: '^x' } } });
    expect([takes(items, { list: ['x'] }), takes(items, { list: ['x', 'y'] })]).toEqual([true, false]);
  });

  test.each([
    '^(a+)+$',
    '^(a|aa)+$',
    '^(a|a?)+$',
    '(x+x+)+y',
    '^.*.*.*.*=.*$',
    '(a?){150}a{150}',
    '^([a-z]+[0-9]?)*$',
  ])('the pattern %s takes a long text without keeping the thread', (pattern) => {
    const schema = readForeignSchema(text({ pattern }));
    for (const letter of ['a', 'x', '=']) {
      const value = { text: `${letter.repeat(LONG)}!` };
      expect(costOf(() => schema.safeParse(value))).toBeLessThan(100);
    }
  });

  test.each([
    ['(?=a)', /linear time/],
    ['(?<!a)b', /linear time/],
    ['(a)\\1', /linear time/],
    ['(', /linear time/],
    ['(?:a{1,1000}){1,1000}', /linear time/],
    ['a'.repeat(1001), /more than 1000 characters/],
    ['(?:a{1,100}){1,10}', /repeat too much/],
  ])('the pattern %s cannot be checked', (pattern, problem) => {
    expect(problemOf(text({ pattern }))).toMatch(problem);
  });

  test.each([
    ['without a type', { pattern: '^a' }],
    ['beside an enum', { type: 'string', pattern: '^a', enum: ['a', 'b'] }],
    ['that is no text', { type: 'string', pattern: 7 }],
    ['of names of properties', { type: 'object', patternProperties: { '^(a+)+$': {} } }],
  ])('a pattern %s is not passed over in silence', (_what, schema) => {
    expect(problemOf(object({ text: schema }))).not.toBe('');
  });
});

describe('a format', () => {
  test.each([
    'email',
    'uri',
    'uri-reference',
    'uuid',
    'date-time',
    'date',
    'time',
    'duration',
    'hostname',
    'ipv4',
    'ipv6',
    'mac',
    'cidr',
    'cidr-v6',
    'base64',
    'base64url',
    'e164',
    'jwt',
    'emoji',
    'nanoid',
    'cuid',
    'cuid2',
    'ulid',
    'xid',
    'ksuid',
    'credit_card',
    'unknown',
  ])('the format %s takes a long text without keeping the thread', (format) => {
    const schema = readForeignSchema(text({ format }));
    for (const piece of ['a', '1', ':', 'a.', 'a-', '0:', '1.', 'P', '😀', 'a@', '=', ' ', '%20', '/']) {
      for (const end of ['', '!', '@']) {
        const value = { text: piece.repeat(LONG / piece.length) + end };
        expect(
          costOf(() => schema.safeParse(value)),
          piece,
        ).toBeLessThan(60);
      }
    }
  });
});

describe('a schema', () => {
  const chain = (length: number) => ({
    ...object({ text: { $ref: '#/$defs/d0' } }),
    $defs: Object.fromEntries(
      Array.from({ length }, (_, n) => {
        const next = { $ref: `#/$defs/d${String(n + 1)}` };
        return [`d${String(n)}`, n === length - 1 ? { type: 'string' } : { allOf: [next, next] }];
      }),
    ),
  });
  const nested = (depth: number): object => (depth === 0 ? {} : object({ inner: nested(depth - 1) }));

  test.each<[string, object, RegExp]>([
    ['that refers to itself', object({ child: { $ref: '#' } }), /itself/],
    [
      'of two that refer to each other',
      {
        ...object({ a: { $ref: '#/$defs/a' } }),
        $defs: { a: object({ b: { $ref: '#/$defs/b' } }), b: object({ a: { $ref: '#/$defs/a' } }) },
      },
      /itself/,
    ],
    ['that doubles with each reference', chain(18), /deep|400 schemas/],
    ['that is deep', nested(40), /deep/],
    [
      'without a bottom',
      { ...nested(1), x: JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) as unknown },
      /./,
    ],
    [
      'with a thousand properties',
      object(Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`p${String(n)}`, {}]))),
      /400 schemas/,
    ],
    [
      'with a thousand alternatives',
      object({ a: { enum: Array.from({ length: 1000 }, (_, n) => n) } }),
      /400 schemas/,
    ],
    ['that is long', object({ a: { type: 'string', description: 'x'.repeat(70_000) } }), /bytes/],
    ['that leads out', object({ a: { $ref: 'https://x.test/' } }), /External/],
    ['that leads nowhere', object({ a: { $ref: '#/$defs/none' } }), /not found/],
    ['that leads into what objects have', object({ a: { $ref: '#/constructor' } }), /not found/],
  ])('a schema %s cannot be checked, and nobody waits for it', (_what, schema, problem) => {
    expect(problemOf(schema)).toMatch(problem);
    expect(costOf(() => problemOf(schema))).toBeLessThan(100);
  });

  test('a schema as large as it may be is checked in time, whatever the arguments', () => {
    const anyOf = Array.from({ length: 380 }, (_, n) => ({ type: 'string', minLength: n + 1 }));
    const schema = readForeignSchema(
      object({ list: { type: 'array', uniqueItems: true, items: { anyOf } } }),
    );
    const value = { list: Array.from({ length: 990 }, () => ({})) };
    expect(costOf(() => schema.safeParse(value))).toBeLessThan(1000);
  });

  test('a schema leaves its own pattern alone when two are read', () => {
    const [one, other] = [
      readForeignSchema(text({ pattern: '^a$' })),
      readForeignSchema(text({ pattern: '^b$' })),
    ];
    expect([one, other].map((schema) => schema.safeParse({ text: 'a' }).success)).toEqual([true, false]);
  });

  test('a schema names the pattern that a text does not match', () => {
    const { error } = readForeignSchema(text({ pattern: '^[0-9]{4}$' })).safeParse({ text: 'x' });
    expect(error?.issues.map(({ message }) => message)).toEqual([
      'Invalid string: must match pattern /^[0-9]{4}$/',
    ]);
  });
});
