import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

/** Names that two files export as types all the same, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  Answer: 'to an HTTP request; in the simulator, what its model says and does in a response',
  AudioPiece: 'of the media, in bytes of a buffer; in the simulator of words, with their bytes behind a call',
  CallerTurns:
    'each side keeps its own account of the turns of the caller: the session, and the simulated server',
  RealtimeSession: 'the wire’s word: its configuration in the protocol, its state in the simulated server',
  Step: 'of a walk, as `callchart/testing` promises it; in the simulator of a scenario',
  ToolSpec: 'one shape in two rooms that know nothing of each other: a session takes what the toolbox makes',
};

/** Names of exported types, interfaces, classes and enums, each with the files that export it. */
function exportersOf(files: Iterable<readonly [file: string, text: string]>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [file, text] of files) {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
    for (const name of new Set(source.statements.filter(isExportedType).map((type) => type.name?.text))) {
      if (name !== undefined) found.set(name, [...(found.get(name) ?? []), file]);
    }
  }
  return found;
}

function isExportedType(
  node: ts.Statement,
): node is ts.TypeAliasDeclaration | ts.InterfaceDeclaration | ts.ClassDeclaration | ts.EnumDeclaration {
  const isType =
    ts.isTypeAliasDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isEnumDeclaration(node);
  return isType && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

const sharedIn = (files: Iterable<readonly [file: string, text: string]>) =>
  [...exportersOf(files)].filter(([, exporters]) => exporters.length > 1);

const sources = ['src', 'console']
  .flatMap((house) =>
    readdirSync(house, { recursive: true, encoding: 'utf8' }).map((name) => join(house, name)),
  )
  .filter((file) => /\.tsx?$/.test(file) && !file.includes('node_modules'))
  .map((file) => [file, readFileSync(file, 'utf8')] as const);

const shared = sharedIn(sources);

test('the name of an exported type stands for one shape in all of src and the console', () => {
  expect(sources.length).toBeGreaterThan(500);
  expect(shared.filter(([name]) => !(name in EXCEPTIONS))).toEqual([]);
});

test('a name that may stand for two types still does', () => {
  const names = new Set(shared.map(([name]) => name));
  expect(Object.keys(EXCEPTIONS).filter((name) => !names.has(name))).toEqual([]);
});

test('a type that takes the name of another file’s is found, whatever kind it is, and one that is not exported is not', () => {
  const record = ['src/record.ts', 'export interface CallRecord {}\nexport const CallRecord = 1;'] as const;
  const found = [
    'export type CallRecord = string;',
    'export class CallRecord {}',
    'export const enum CallRecord {}',
    'export abstract class CallRecord {}',
  ].map((text) => sharedIn([record, ['console/planted.tsx', text]]));
  expect(found).toEqual(found.map(() => [['CallRecord', ['src/record.ts', 'console/planted.tsx']]]));
  const besides =
    'interface CallRecord {}\nexport const callRecord = 1;\nexport type OtherRecord = CallRecord;';
  expect(sharedIn([record, ['src/besides.ts', besides]])).toEqual([]);
});
