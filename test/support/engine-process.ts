import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { builtPath } from './built-sources.ts';
import { unlawfulCalls } from './laws/unlawful-calls.ts';

/** An engine in a process of its own. */
export interface EngineProcess {
  readonly url: string;
  readonly pid: number;
  /** What it printed, as far as it has come. */
  printed(): { readonly out: string; readonly err: string };
  /** Closes the pipe that its log goes into, as a log collector that died. */
  stopReading(): void;
  /** Resolves when it has ended, and everything it printed is here. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** SIGTERM; resolves with the exit code. Rejects when one of its calls has broken a law. */
  stop(): Promise<number | null>;
}

/** What an engine that did not start had to say. */
export interface FailedStart {
  readonly code: number | null;
  readonly stderr: string;
}

const BUILT_COMMAND = [builtPath(new URL('../../src/cli/main.ts', import.meta.url))];
/** As `npm run dev` starts it. */
export const SOURCE_COMMAND = ['--import', 'tsx', 'src/cli/main.ts'];

/**
 * Starts the engine as built code, with the settings that are given and no
 * others: its own modules, hooks and children, as an operator has them.
 */
export async function startEngineProcess(
  settings: Readonly<Record<string, string>>,
  /** What the shell that starts it takes away from the rights of new files, in octal. */
  umask = '022',
  program: readonly string[] = BUILT_COMMAND,
): Promise<EngineProcess | FailedStart> {
  const command = [process.execPath, ...program, 'serve'];
  const child = spawn('sh', ['-c', `umask ${umask}; exec "$0" "$@"`, ...command], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', LOG_LEVEL: 'fatal', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  let stderr = '';
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  const exit = once(child, 'close');
  const url = await urlOf(child.stdout);
  if (url === undefined) {
    const [code] = (await exit) as [number | null];
    return { code, stderr };
  }
  return {
    url,
    pid: child.pid ?? 0,
    printed: () => ({ out, err: stderr }),
    stopReading: () => {
      child.stdout.destroy();
    },
    ended: exit.then((how) => {
      const [code, signal] = how as [number | null, NodeJS.Signals | null];
      return { code, signal };
    }),
    stop: async () => {
      const broken = child.exitCode === null ? await unlawfulCalls(url, settings['ADMIN_TOKEN']) : [];
      const code = await stopped(child);
      if (broken.length > 0) throw new Error(broken.join('\n'));
      return code;
    },
  };
}

/** The stream flows on afterwards: a pipe that nobody reads would stop the engine. */
function urlOf(stdout: Readable): Promise<string | undefined> {
  let text = '';
  return new Promise((resolve) => {
    stdout.on('data', (part: Buffer) => {
      text += part.toString();
      const url = /listens at (\S+).*\n/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
    stdout.once('end', () => {
      resolve(undefined);
    });
  });
}

async function stopped(child: ChildProcess): Promise<number | null> {
  // Not its exit: what it wrote last may come after that.
  const exit = once(child, 'close');
  child.kill('SIGTERM');
  const [code] = (await exit) as [number | null];
  return code;
}
