import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { readWav } from '../../../src/media/wav.ts';
import { Recordings } from '../../../src/services/recordings/recordings.ts';
import { builtPath } from '../../support/built-sources.ts';
import { temporaryFolder } from '../../support/journal.ts';

const WRITER = builtPath(new URL('../../support/recording-writer.ts', import.meta.url));
const PATIENCE_MS = 30_000;
const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

test(
  'a recording whose process was killed is a file that can be read',
  { timeout: PATIENCE_MS },
  async () => {
    const folder = temporaryFolder();
    const child = spawn(process.execPath, [WRITER, folder], {
      stdio: 'ignore',
    });
    const path = join(folder, 'CA1.wav');
    await vi.waitUntil(() => sizeOf(path) > 200_000, { timeout: PATIENCE_MS, interval: 5 });
    child.kill('SIGKILL');
    await once(child, 'exit');

    // As it lies there, players take it; as it is served, its head is right.
    const asItLies = readWav(readFileSync(path));
    expect('audio' in asItLies && asItLies.audio.length).toBeGreaterThan(90_000);
    const recordings = new Recordings(folder);
    const open = await recordings.open('CA1');
    if (open === undefined) throw new Error('there is no recording');
    const wav = await buffer(open.stream(0, open.length));
    expect(wav.readUInt32LE(54)).toBe(wav.length - 58);
    expect(wav.subarray(58).every((code, i) => code === (i % 2 === 0 ? 0x21 : 0xff))).toBe(true);
    expect((await recordings.peaks('CA1'))?.durationMs).toBe((wav.length - 58) / 16);
  },
);
