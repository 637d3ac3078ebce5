import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';

/** A place in a text, both from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Where a part stands, by its dotted path; of a property its value, or its key. */
export type PlaceOf = (path: string, part?: 'key' | 'value') => TextPlace;

/** JSON that somebody wrote, and where each part of it stands. Comments and trailing commas are none of it. */
export type WrittenJson =
  | { readonly value: unknown; readonly placeOf: PlaceOf }
  /** What is wrong first; what follows mostly follows from it. */
  | { readonly fault: string; readonly place: TextPlace };

const STRICT = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };

/** Never throws. */
export function readWrittenJson(text: string): WrittenJson {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, STRICT);
  const placeAt = (offset: number) => placeIn(text, offset);
  try {
    const value: unknown = JSON.parse(text);
    const placeOf: PlaceOf = (path, part) => placeAt(tree === undefined ? 0 : offsetOf(tree, path, part));
    return { value, placeOf };
  } catch {
    const [first] = errors;
    if (first === undefined) return { fault: 'is not JSON', place: placeAt(text.length) };
    return { fault: `is not JSON: ${wordsOf(first)}`, place: placeAt(first.offset) };
  }
}

function offsetOf(tree: Node, path: string, part: 'key' | 'value' = 'value'): number {
  const { node, isWhole } = nodeAt(tree, path === '' ? [] : path.split('.'));
  const isKey = part === 'key' && isWhole && node.parent?.type === 'property';
  return (isKey ? node.parent : node).offset;
}

/** The value that the steps lead to; the innermost part that is there, where the rest is missing. */
function nodeAt(node: Node, steps: readonly string[]): { node: Node; isWhole: boolean } {
  // A key may have dots of its own.
  for (const count of steps.keys()) {
    const step = steps.slice(0, count + 1).join('.');
    const next = findNodeAtLocation(node, [node.type === 'array' ? Number(step) : step]);
    if (next !== undefined) return nodeAt(next, steps.slice(count + 1));
  }
  return { node, isWhole: steps.length === 0 };
}

/** `CommaExpected` as words. */
function wordsOf({ error }: ParseError): string {
  return printParseErrorCode(error)
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`)
    .toLowerCase();
}

function placeIn(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
