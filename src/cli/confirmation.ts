import { createInterface } from 'node:readline';
import { type Terminal, UsageError } from './terminal.ts';

/**
 * Asks whoever sits at the terminal, and takes `y` or `yes` for one.
 *
 * @throws {UsageError} when nobody can be asked.
 */
export async function isConfirmed(terminal: Terminal, question: string): Promise<boolean> {
  const { input } = terminal;
  if (input?.isTTY !== true) throw new UsageError('nobody can be asked here: confirm with --yes');
  terminal.print(`${question} [y/N]`);
  const reader = createInterface({ input });
  try {
    for await (const line of reader) return /^y(?:es)?$/i.test(line.trim());
    return false;
  } finally {
    reader.close();
  }
}
