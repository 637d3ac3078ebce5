import type { z } from 'zod';
import { readFields } from '../../protocol/field-problem.ts';
import { PhoneParam } from '../../protocol/rest.ts';
import { RequestProblem } from './problems.ts';

/**
 * Reads a JSON body by its schema; no body reads as an empty object.
 * @throws {EngineError} `REQUEST_INVALID` with every problem and its path.
 */
export function readBody<Body>(schema: z.ZodType<Body>, body: unknown): Body {
  return read(schema, body ?? {});
}

/**
 * Reads a query by its schema. Parameters that the schema does not name are not looked at.
 * @throws {EngineError} `REQUEST_INVALID` with every problem and its name.
 */
export function readQuery<Query>(schema: z.ZodType<Query>, query: URLSearchParams): Query {
  const twice = [...new Set(query.keys())].filter((name) => query.getAll(name).length > 1);
  if (twice.length > 0) {
    throw new RequestProblem('REQUEST_INVALID', {
      errors: twice.map((path) => ({ path, message: 'must not be given twice' })),
    });
  }
  return read(schema, Object.fromEntries(query));
}

/**
 * Reads a number that is part of an address. What is wrong with it is told without it.
 * @throws {EngineError} `REQUEST_INVALID`.
 */
export function readPhone(params: Readonly<Record<string, string>>): string {
  const phone = PhoneParam.safeParse(params['phone']);
  if (phone.success) return phone.data;
  const message = phone.error.issues[0]?.message ?? 'must be a number';
  throw new RequestProblem('REQUEST_INVALID', { errors: [{ path: 'phone', message }] });
}

function read<Value>(schema: z.ZodType<Value>, value: unknown): Value {
  const result = readFields(schema, value);
  if ('value' in result) return result.value;
  throw new RequestProblem('REQUEST_INVALID', { errors: result.problems });
}
