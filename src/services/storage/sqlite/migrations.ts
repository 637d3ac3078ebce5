import type { Database } from 'better-sqlite3';
import { EngineError } from '../../../errors.ts';
import { SCHEMA_STEPS } from './schema-steps.ts';

/** The schema that this engine brings a database to. */
export const SCHEMA = SCHEMA_STEPS.length;

/**
 * Takes the steps that the file has not taken, each in a transaction of its own.
 *
 * @param upTo - how many steps there are; a test that makes an old file passes fewer.
 * @throws {EngineError} `STORAGE_UNAVAILABLE` when the file is of a newer engine: it is not touched.
 */
export function migrate(db: Database, upTo = SCHEMA): void {
  const taken = Number(db.pragma('user_version', { simple: true }));
  if (taken > SCHEMA) {
    throw new EngineError(
      'STORAGE_UNAVAILABLE',
      `${db.name} has schema ${String(taken)}, this engine knows ${String(SCHEMA)}: start the newer engine`,
    );
  }
  for (const [index, step] of SCHEMA_STEPS.slice(0, upTo).entries()) {
    if (index < taken) continue;
    db.transaction(() => {
      db.exec(step);
      db.pragma(`user_version = ${String(index + 1)}`);
    }).immediate();
  }
}
