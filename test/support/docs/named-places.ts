import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** A place that a page names: `src/clock.ts`, or `src/clock.ts#systemClock`. */
export interface NamedPlace {
  readonly file: string;
  /** What of the file is meant; undefined: all of it. */
  readonly name: string | undefined;
}

/** A test or a law by its words, as a page names it: the file, and behind it the words in quotes. */
export interface NamedWords {
  readonly file: string;
  readonly words: string;
}

const ROOM = String.raw`(?:src|console|test|scripts|bench|assets|examples|deploy|agents|bin|docs)`;
const FILE = String.raw`${ROOM}\/[\w./@-]*\w\.(?:tsx?|mjs|cjs|js|json|md|txt|yaml|yml)`;

/** Every file that a page names, in prose and in commands, with what it names of it. */
export function placesIn(page: string): NamedPlace[] {
  const found = page.matchAll(new RegExp(String.raw`(?<![\w/.-])(${FILE})(?:#([A-Za-z_$][\w$]*))?`, 'g'));
  return [...found].map(([, file = '', name]) => ({ file, name }));
}

/** Every pair of a file and words in quotes right behind it. */
export function wordsIn(page: string): NamedWords[] {
  const found = page.matchAll(new RegExp(String.raw`\x60(${FILE})\x60,?\s+"([^"]+)"`, 'g'));
  return [...found].map(([, file = '', words = '']) => ({ file, words: words.replaceAll(/\s+/g, ' ') }));
}

/** The names that a file declares at any depth: functions, classes, types, members (private ones without `#`), constants. */
export function namesDeclaredIn(file: string): ReadonlySet<string> {
  const names = new Set<string>();
  visit(file, (node) => {
    const name = isNaming(node) ? node.name : undefined;
    if (name === undefined || ts.isComputedPropertyName(name)) return;
    if ('text' in name) names.add(name.text.replace(/^#/, ''));
  });
  return names;
}

/** The texts that stand in a file as string literals, whatever quotes they have; `%s` stands for each filled-in value. */
export function textsIn(file: string): ReadonlySet<string> {
  const texts = new Set<string>();
  visit(file, (node) => {
    if (ts.isStringLiteralLike(node)) texts.add(node.text);
    if (ts.isTemplateExpression(node)) {
      texts.add(node.head.text + node.templateSpans.map(({ literal }) => `%s${literal.text}`).join(''));
    }
  });
  return texts;
}

function isNaming(node: ts.Node): node is ts.Declaration & { readonly name?: ts.DeclarationName } {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isClassElement(node) ||
    ts.isTypeElement(node) ||
    ts.isObjectLiteralElementLike(node)
  );
}

function visit(file: string, look: (node: ts.Node) => void): void {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const walk = (node: ts.Node): void => {
    look(node);
    ts.forEachChild(node, walk);
  };
  walk(source);
}
