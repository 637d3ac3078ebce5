import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import type { Tool } from '../../src/services/tools/define-tool.ts';
import { loadToolFiles, type ToolFilesParts } from '../../src/services/tools/files/tool-files.ts';
import type { ImportModule } from '../../src/services/tools/files/tool-modules.ts';

const { nativeImport } = createRequire(import.meta.url)('./native-import.cjs') as {
  nativeImport: ImportModule;
};

/** A folder of tools far from the engine's own, with nothing installed in or above it. */
export function toolFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'callchart-tools-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Loads a folder as the engine does. */
export const loadTools = (folder: string, parts: Partial<ToolFilesParts> = {}): Promise<Tool[]> =>
  loadToolFiles(folder, { taken: ['end_call'], clock: systemClock, importModule: nativeImport, ...parts });
