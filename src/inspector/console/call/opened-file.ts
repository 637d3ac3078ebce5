import { useSyncExternalStore } from 'react';
import type { CallFile } from '../../../protocol/call-file.ts';

/** A call's file that the viewer has opened. It stays in this page and goes nowhere. */
export interface OpenedFile {
  readonly name: string;
  /** Undefined while it is read, and when it cannot be. */
  readonly file: CallFile | undefined;
  /** Why it cannot be read. */
  readonly trouble: string | undefined;
}

let opened: OpenedFile | undefined;
const listeners = new Set<() => void>();

function change(next: OpenedFile): void {
  opened = next;
  for (const listener of listeners) listener();
}

/** Reads a file; what is wrong with it is told in {@link OpenedFile.trouble}. */
export async function openCallFile(source: File): Promise<void> {
  const { name, size } = source;
  change({ name, file: undefined, trouble: undefined });
  try {
    const { MAX_CALL_FILE, readCallFile } = await import('../../../protocol/call-file.ts');
    // A larger one would hold the page up.
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
