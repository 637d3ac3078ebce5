import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';

/** A place in a text, both from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** JSON that somebody wrote, and where each part of it stands. Comments and trailing commas are none of it. */
export type WrittenJson =
  | { readonly value: unknown; readonly placeOf: (path: string) => TextPlace }
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
    return { value, placeOf: (path) => placeAt(tree === undefined ? 0 : nodeAt(tree, path).offset) };
  } catch {
    const [first] = errors;
    if (first === undefined) return { fault: 'is not JSON', place: placeAt(text.length) };
    return { fault: `is not JSON: ${wordsOf(first)}`, place: placeAt(first.offset) };
  }
}

/** The value that a dotted path leads to; the innermost part that is there, where the rest is missing. */
function nodeAt(tree: Node, path: string): Node {
  let node = tree;
  for (const step of path === '' ? [] : path.split('.')) {
    const next = findNodeAtLocation(node, [node.type === 'array' ? Number(step) : step]);
    if (next === undefined) return node;
    node = next;
  }
  return node;
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
