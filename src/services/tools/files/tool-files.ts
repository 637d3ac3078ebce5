import { readdir } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Clock } from '../../../clock.ts';
import { EngineError } from '../../../errors.ts';
import type { Tool } from '../define-tool.ts';
import { type ImportModule, registerToolModules } from './tool-modules.ts';

export interface ToolFilesParts {
  /** Names that the engine's own tools have. */
  readonly taken: Iterable<string>;
  readonly clock: Clock;
  /** By default Node's own `import`. */
  readonly importModule?: ImportModule;
}

const MODULES: ReadonlySet<string> = new Set(['.js', '.mjs', '.ts', '.mts']);
/** Loading reads files and perhaps opens something; whoever needs longer hangs. */
const LOAD_WITHIN_MS = 10_000;

/**
 * Loads a business's own tools: each module that lies directly in the folder is
 * one, and its default export is what `defineTool` returned. What lies in
 * folders within it is theirs to import.
 *
 * @throws {EngineError} `TOOL_FILE_INVALID`; its message has one line for each problem, which begins with the path.
 */
export async function loadToolFiles(folder: string, parts: ToolFilesParts): Promise<Tool[]> {
  const names = await modulesIn(folder);
  registerToolModules(resolve(folder));
  const importModule: ImportModule = parts.importModule ?? ((url) => import(url));
  const taken = new Map<string, string>([...parts.taken].map((name) => [name, 'the engine']));
  const tools: Tool[] = [];
  const problems: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const url = pathToFileURL(resolve(path)).href;
    const tool = await loadOne(() => importModule(url), parts.clock);
    if (typeof tool === 'string') {
      problems.push(`${path}: ${tool}`);
      continue;
    }
    const owner = taken.get(tool.name);
    if (owner === undefined) tools.push(tool);
    else problems.push(`${path}: ${owner} has a tool ${tool.name} already`);
    taken.set(tool.name, owner ?? name);
  }
  if (problems.length > 0) throw invalid(problems);
  return tools;
}

async function modulesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name)
      .filter((name) => MODULES.has(extname(name)) && !name.startsWith('.') && !/\.d\.m?ts$/.test(name))
      .sort();
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw invalid([`${folder}: cannot be read (${why})`]);
  }
}

/** The tool of a file, or what is wrong with it. */
async function loadOne(load: () => Promise<unknown>, clock: Clock): Promise<Tool | string> {
  let timer: unknown;
  const late = new Promise<never>((_resolve, reject) => {
    timer = clock.setTimeout(() => {
      reject(new Error(`did not load within ${String(LOAD_WITHIN_MS)} ms`));
    }, LOAD_WITHIN_MS);
  });
  try {
    const module = await Promise.race([load(), late]);
    const tool = (module as { readonly default?: unknown }).default;
    if (tool === undefined) return 'has no default export';
    return isTool(tool) ? tool : 'its default export is not what defineTool returns';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } finally {
    clock.clearTimeout(timer);
  }
}

function isTool(value: unknown): value is Tool {
  if (typeof value !== 'object' || value === null) return false;
  const { name, policy, specFor, read } = value as Partial<Record<keyof Tool, unknown>>;
  return (
    typeof name === 'string' &&
    typeof policy === 'object' &&
    policy !== null &&
    typeof specFor === 'function' &&
    typeof read === 'function'
  );
}

function invalid(problems: readonly string[]): EngineError {
  return new EngineError('TOOL_FILE_INVALID', problems.map((problem) => `\n  ${problem}`).join(''));
}
