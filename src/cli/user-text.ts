import { textOf } from '../text-files.ts';
import { UsageError } from './terminal.ts';

/**
 * The text of a file that was named on the command line.
 *
 * @throws {UsageError} when it is in a coding that cannot be told: what it says would be nonsense.
 */
export function userText(path: string, bytes: Uint8Array): string {
  try {
    return textOf(bytes);
  } catch {
    throw new UsageError(`${path}: is not UTF-8: save it as UTF-8`);
  }
}
