import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createFile, makeFolder } from '../private-files.ts';
import { EXIT, type Terminal, UsageError } from './terminal.ts';

/** What comes with the engine; the same from `src` and from `dist`. */
const STARTER = new URL('../../assets/starter/', import.meta.url);

interface StarterFile {
  readonly path: string;
  /** Its name in the package, which passes on no file that begins with a dot. */
  readonly source: string;
  readonly what: string;
}

const FILES: readonly StarterFile[] = [
  { path: '.env', source: 'env', what: 'the settings: a key, the telephone, these folders' },
  {
    path: 'agents/default.json',
    source: 'agents/default.json',
    what: 'who answers: the business, its hours, what the agent may do',
  },
  { path: 'tools/quote_price.mjs', source: 'tools/quote_price.mjs', what: 'a tool of your own' },
  {
    path: 'scenario.json',
    source: 'scenario.json',
    what: 'what the simulator understands while there is no key',
  },
  { path: '.gitignore', source: 'gitignore', what: 'what is not for a repository: .env, data' },
];

/** For a `.env` that was there: what that of the starter would have said. */
const NAMED_IN_ENV = 'TOOLS_DIR=tools and SCENARIO=scenario.json';

/**
 * `callchart init`: writes what an engine starts from into a folder, and says
 * what to do next. What is there already stays as it is.
 *
 * @throws {UsageError} when a file cannot be written.
 */
export async function init(terminal: Terminal, folder = '.'): Promise<number> {
  const kept = new Set<string>();
  for (const { path, source, what } of FILES) {
    const isNew = await writeNew(folder, path, await readFile(new URL(source, STARTER)));
    if (!isNew) kept.add(path);
    terminal.print(`${isNew ? 'wrote' : 'kept '}  ${path.padEnd(22)} ${isNew ? what : 'it was there'}`);
  }
  if (kept.has('.env'))
    terminal.print(`\nYour .env is as it was. The new files are used with ${NAMED_IN_ENV}.`);
  for (const line of NEXT) terminal.print(line);
  return EXIT.ok;
}

const NEXT = [
  '\nNext:',
  '  npx callchart serve                                   answers calls; its first line is the address of its page',
  '  npx callchart call --say "How much is a tune up?"     calls it, from another terminal',
  'Then make agents/default.json your own, and put OPENAI_API_KEY into .env.',
];

/** False where there is something of that name. It is for its owner alone, as all that the engine writes. */
async function writeNew(folder: string, path: string, content: Uint8Array): Promise<boolean> {
  const target = join(folder, path);
  try {
    await makeFolder(dirname(target));
  } catch (thrown) {
    throw refusal(target, thrown);
  }
  try {
    const file = await createFile(target);
    await file.writeFile(content).finally(() => file.close());
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw refusal(target, thrown);
  }
}

const refusal = (target: string, thrown: unknown) =>
  new UsageError(`${target}: cannot be written (${(thrown as NodeJS.ErrnoException).code ?? 'unknown'})`);
