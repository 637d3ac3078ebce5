import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { builtPath } from './built-sources.ts';

/** What the README of an example types, and shows as the answer. */
export interface TypedCommand {
  readonly typed: string;
  /** A line of `…` stands for any lines, `…` within a line for any words, a time for any other, a port too. */
  readonly shown: string;
}

const CALLCHART = `'${process.execPath}' '${builtPath(new URL('../../src/cli/main.ts', import.meta.url))}'`;

/** Where the system of a business listens, in an example that has one. */
const WRITTEN_PORT = '4010';

const blocksOf = (page: string, language: string): string[] =>
  [...page.matchAll(/^```(\w+)\n([^]*?)^```/gm)].flatMap(([, found, text = '']) =>
    found === language ? [text] : [],
  );

/** Without the spaces that align, each time as 0, and each port as the same. */
const plain = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .join('\n')
    .replace(/\d+(?:\.\d+)?(?= m?s\b)/g, '0')
    .replace(/(?<=127\.0\.0\.1:)\d+/g, '0');

/** Whether a command that printed `told` did what a README shows of it. */
export function isAsShown(told: string, shown: string): boolean {
  const lines = plain(shown)
    .split('\n')
    .map((line) =>
      line === '…'
        ? String.raw`(?:.*\n)*?`
        : `${line.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replaceAll('…', '.*')}\n`,
    );
  return new RegExp(`^${lines.join('')}$`).test(plain(told));
}

/**
 * A copy of an example in a folder of its own, as a checkout has it: nothing
 * that a test runs there writes into this one, or reads its settings.
 */
export class Example {
  readonly commands: readonly TypedCommand[];
  readonly #root = mkdtempSync(join(tmpdir(), 'callchart-example-'));
  readonly #profile: string;
  #settings: string;
  readonly #started: ChildProcess[] = [];

  constructor(name: string) {
    cpSync(join('examples', name), join(this.#root, 'examples', name), { recursive: true });
    this.#profile = join(this.#root, 'examples', name, 'default.json');
    symlinkSync(resolve('node_modules'), join(this.#root, 'node_modules'));
    const page = readFileSync(join('examples', name, 'README.md'), 'utf8');
    this.#settings = blocksOf(page, 'sh')
      .flatMap((block) => block.match(/^export .*$/gm) ?? [])
      .join('\n');
    this.commands = blocksOf(page, 'console').flatMap((block) =>
      block
        .split(/^\$ /m)
        .slice(1)
        .map((part) => {
          const [typed = '', ...shown] = part.trimEnd().split('\n');
          return { typed, shown: shown.join('\n') };
        }),
    );
  }

  /** Runs a command to its end; what it printed, and complained about after that. */
  async run(typed: string): Promise<string> {
    const child = this.#spawn(typed);
    let out = '';
    let err = '';
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    await once(child, 'close');
    return out + err;
  }

  /**
   * Starts what runs beside the engine, until `close`. Resolves with the first that it says. It listens at
   * a free port, which the profile and the settings have from then on in the place of the one that is written.
   */
  async start(typed: string): Promise<string> {
    const child = this.#spawn(`exec ${typed}`);
    this.#started.push(child);
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    child.stdout.resume();
    const told = first.toString();
    const port = /127\.0\.0\.1:(\d+)/.exec(told)?.[1] ?? WRITTEN_PORT;
    this.#settings = this.#settings.replaceAll(WRITTEN_PORT, port);
    writeFileSync(this.#profile, readFileSync(this.#profile, 'utf8').replaceAll(WRITTEN_PORT, port));
    return told;
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#started.map(async (child) => {
        const closed = once(child, 'close');
        child.kill();
        await closed;
      }),
    );
    rmSync(this.#root, { recursive: true, force: true });
  }

  #spawn(typed: string) {
    return spawn('sh', ['-c', `${this.#settings}\n${typed.replaceAll('npx callchart', CALLCHART)}`], {
      cwd: this.#root,
      // An engine that runs here is another one's.
      env: { PATH: process.env['PATH'] ?? '', PORT: '0', SHOP_PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}
