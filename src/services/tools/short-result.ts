import { fitFields, fitJson } from './fitted-json.ts';
import type { Fields } from './tool-answer.ts';

/** A result that is short enough to be read to a model, and the fields that were cut for it. */
export interface ShortResult {
  readonly result: Fields;
  readonly shortened: readonly string[];
}

/**
 * Shortens a result to at most `maxBytes` of JSON, without control characters:
 * the largest fields are cut, those within a field the same way. Texts keep
 * their beginning, lists their first items; numbers and names stay whole.
 *
 * @param spare - bytes to be left free when something is cut.
 */
export function shortResult(result: Fields, maxBytes: number, spare = 0): ShortResult {
  const first = fitFields(result, maxBytes);
  if (first.isWhole) return { result: first.value as Fields, shortened: [] };
  // Most of it is gone by now: to cut what is left costs little.
  const second = fitFields(first.value as Fields, maxBytes - spare);
  return { result: second.value as Fields, shortened: [...new Set([...first.cut, ...second.cut])] };
}

/** The first of some names, in at most `maxBytes` of JSON: it is told that much was cut, not all of what. */
export const fitNames = (names: readonly string[], maxBytes: number): readonly string[] =>
  (fitJson(names, maxBytes)?.value ?? []) as readonly string[];
