import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { UsedMembers } from '../../../scripts/support/used-members.ts';

const OPTIONS: ts.CompilerOptions = { strict: true, noLib: true, types: [] };
const LIB = `
  interface Array<T> { length: number } interface Boolean {} interface CallableFunction {} interface Function {}
  interface IArguments {} interface NewableFunction {} interface Number {} interface Object {} interface RegExp {}
  interface String {} declare const JSON: { stringify(value: unknown): string };
`;

/** The members that nobody reads, of two files: one of the product, one of its tests. */
function unusedIn(source: string, ofTests = ''): string[] {
  const texts: Record<string, string> = { '/src/a.ts': source, '/test/a.ts': ofTests, '/lib.d.ts': LIB };
  const host: ts.CompilerHost = {
    ...ts.createCompilerHost(OPTIONS),
    fileExists: (name) => name in texts,
    readFile: (name) => texts[name],
    getSourceFile: (name, version) =>
      texts[name] === undefined ? undefined : ts.createSourceFile(name, texts[name], version, true),
    getCurrentDirectory: () => '/',
  };
  const used = new UsedMembers();
  used.add(ts.createProgram(Object.keys(texts), OPTIONS, host));
  return used.unused((file) => file.startsWith('/src/')).map(({ name }) => name);
}

const DOOR = 'interface Door { isOpen: boolean; colour: string } declare const door: Door;';

describe('a member that nobody reads', () => {
  test.each<[what: string, source: string, unused: string[]]>([
    ['is told, of a type', DOOR, ['Door.isOpen', 'Door.colour']],
    [
      'is told, of a class',
      'class Bell { #rung = 0; ring() { this.#rung = 1; } } new Bell();',
      ['Bell.#rung', 'Bell.ring'],
    ],
    ['is one that is only set', `${DOOR} door.colour = 'red'; door.isOpen;`, ['Door.colour']],
    ['is none that is accessed', `${DOOR} door.isOpen; door['colour'];`, []],
    ['is none that is taken apart', `${DOOR} const { isOpen, colour: c } = door;`, []],
    ['is none that is indexed in a type', `${DOOR} type A = Door['isOpen' | 'colour'];`, []],
    ['is none of what is handed to something that takes everything', `${DOOR} JSON.stringify(door);`, []],
    [
      'is none of what is read as another type',
      `${DOOR} interface Port { colour: string } const port: Port = door; port.colour;`,
      ['Door.isOpen'],
    ],
    [
      'is none of what is spread into something that is read',
      `${DOOR} interface Wide { colour: string; x: 1 } const wide: Wide = { ...door, x: 1 }; wide.colour; wide.x;`,
      ['Door.isOpen'],
    ],
    ['is none of a brand', 'interface Brand { __brand: never } declare const brand: Brand; brand;', []],
  ])('a member that nobody reads %s', (_, source, unused) => {
    expect(unusedIn(source)).toEqual(unused);
  });

  test('a member that nobody reads is none that a test reads, and one that a test only expects', () => {
    expect(unusedIn(DOOR, 'door.isOpen; JSON.stringify(door);')).toEqual(['Door.colour']);
  });
});
