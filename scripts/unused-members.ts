/**
 * Names every member of a class or a type under `src` and `console` that nobody reads: what is only written is dead. Prints a line for
 * each, and fails when there is one. Read is what is accessed, taken apart, indexed, or handed to something that takes
 * everything (`unknown`, `JSON.stringify`, a package). Tests count, their expectations do not.
 */
import { relative } from 'node:path';
import ts from 'typescript';
import { UsedMembers } from './support/used-members.ts';

const CONFIGS = ['tsconfig.json', 'console/tsconfig.json'];

/** Files whose types others read or write, outside of this project. */
const EXEMPT: readonly (readonly [file: RegExp, reason: string])[] = [
  [/^src\/protocol\//, 'said or heard on a wire'],
  [/^src\/(testing\/|testing\.ts$)/, 'imported by tests of charts'],
  [/^src\/(tool\.ts|services\/tools\/(define-tool|tool-answer|tool-policy)\.ts)$/, 'imported by tools'],
  [/^src\/services\/calls\/feed-words\.ts$/, 'read by the compiler, as a proof'],
  [/^src\/observation\/frame\.ts$/, 'kept in files, and shown by whoever opens them'],
  [/^src\/simulator\/carrier\/carrier-events\.ts$/, 'told to tests, which expect it'],
];

function programOf(config: string): ts.Program {
  const host: ts.ParseConfigFileHost = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  };
  const parsed = ts.getParsedCommandLineOfConfigFile(config, undefined, host);
  if (parsed === undefined) throw new Error(`${config} cannot be read`);
  return ts.createProgram(parsed.fileNames, parsed.options);
}

const root = process.cwd();
const used = new UsedMembers();
for (const config of CONFIGS) used.add(programOf(config));

const unused = used.unused((file) => {
  const path = relative(root, file);
  return /^(src|console)\//.test(path) && !EXEMPT.some(([exempt]) => exempt.test(path));
});
for (const { file, line, name } of unused)
  process.stdout.write(`${relative(root, file)}:${String(line)} nobody reads ${name}\n`);
process.exitCode = unused.length > 0 ? 1 : 0;
