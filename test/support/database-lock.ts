import { spawn } from 'node:child_process';
import { once } from 'node:events';

const PROGRAM = `
  const Sqlite = require('better-sqlite3');
  const db = new Sqlite(process.argv[1]);
  db.exec('BEGIN IMMEDIATE');
  process.stdout.write('locked');
  process.stdin.resume().on('end', () => { db.exec('ROLLBACK'); db.close(); });`;

/**
 * Another program that locks a database, as somebody's shell does.
 *
 * @returns what ends it.
 */
export async function lockDatabase(file: string): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, ['-e', PROGRAM, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return async () => {
    const exit = once(child, 'exit');
    child.stdin.end();
    await exit;
  };
}
