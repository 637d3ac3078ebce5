import { loadEnvironment, readConfig } from '../config.ts';
import { EngineError } from '../errors.ts';
import { type DatabaseOwner, ownerOf } from '../services/storage/sqlite/database-owner.ts';
import { EXIT, type Terminal } from './terminal.ts';

/**
 * `callchart restart`: has the engine of these settings replace its workers, one after the other. It is found by the
 * note beside its database, and told by SIGHUP.
 *
 * @throws {EngineError} `UNAVAILABLE` when none runs here, or it has no workers to replace.
 */
export async function restart(terminal: Terminal): Promise<number> {
  const { databaseFile } = readConfig(loadEnvironment());
  const owner = await ownerOf(databaseFile);
  if (owner === undefined) throw new EngineError('UNAVAILABLE', `no engine has ${databaseFile}`);
  if (owner === 'unknown')
    throw new EngineError('UNAVAILABLE', `the engine that has ${databaseFile} is just starting: ask again`);
  const { url, processId, workers } = owner;
  const whose = `the engine at ${url} (process ${String(processId)})`;
  if (workers === undefined)
    throw new EngineError(
      'UNAVAILABLE',
      `${whose} is one process, with no workers to replace: stop it and start it again, or set WORKERS`,
    );
  hangUpOn(owner, whose);
  terminal.print(
    `${whose} replaces its ${String(workers)} workers, one after the other; its log tells when it is done`,
  );
  return EXIT.ok;
}

function hangUpOn({ processId }: DatabaseOwner, whose: string): void {
  try {
    process.kill(processId, 'SIGHUP');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    throw new EngineError('UNAVAILABLE', `${whose} cannot be told (${code})`, { cause });
  }
}
