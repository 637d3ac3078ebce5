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

/** More than the longest call comes to; a larger file would hold the page up. */
const MAX_BYTES = 64 * 1024 * 1024;

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
    if (size > MAX_BYTES) throw new Error('the file is too large to be a call');
    const [{ readCallFile }, text] = await Promise.all([
      import('../../../protocol/call-file.ts'),
      source.text(),
    ]);
    change({ name, file: readCallFile(text), trouble: undefined });
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
