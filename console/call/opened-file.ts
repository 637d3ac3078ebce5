import { useSyncExternalStore } from 'react';
import type { CallFile } from '../../src/protocol/call-file.ts';

/** A file of a call that the viewer has opened. It stays in this page and is sent nowhere. */
export interface OpenedFile {
  readonly name: string;
  /** Undefined while the file is read, and when it cannot be read. */
  readonly file: CallFile | undefined;
  /** Why the file cannot be read; undefined when it can. */
  readonly trouble: string | undefined;
}

let opened: OpenedFile | undefined;
const listeners = new Set<() => void>();

function change(next: OpenedFile): void {
  opened = next;
  for (const listener of listeners) listener();
}

/** Reads a file of a call. Why it cannot be read is in {@link OpenedFile.trouble}. */
export async function openCallFile(source: File): Promise<void> {
  const { name, size } = source;
  change({ name, file: undefined, trouble: undefined });
  try {
    const { MAX_CALL_FILE, readCallFile } = await import('../../src/protocol/call-file.ts');
    // A larger file would block the page.
    if (size > MAX_CALL_FILE) throw new Error('the file is too large to be a call');
    change({ name, file: readCallFile(await source.text()), trouble: undefined });
  } catch (thrown) {
    change({
      name,
      file: undefined,
      trouble: thrown instanceof Error ? thrown.message : 'it cannot be read',
    });
  }
}

export function useOpenedFile(): OpenedFile | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    () => opened,
  );
}
