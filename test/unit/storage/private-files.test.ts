import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAgentFiles, saveAgentFile } from '../../../src/services/agents/agent-files.ts';
import { keepVersion, keptVersions } from '../../../src/services/agents/agent-versions.ts';
import { ClipFiles } from '../../../src/services/clips/clip-files.ts';
import { makeFolder, readWhole, writeOnce, writeWhole } from '../../../src/private-files.ts';
import { RecordingFiles } from '../../../src/services/recordings/recording-files.ts';
import { keptKeyIn } from '../../../src/services/data-folder/kept-key.ts';
import { temporaryFolder } from '../../support/journal.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('a file of the engine', () => {
  test('a file of the engine is written whole, for its user, and leaves no draft', async () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    await makeFolder(folder);
    for (const text of ['one', 'two']) await writeWhole(join(folder, 'file'), text);
    expect((await readWhole(join(folder, 'file')))?.toString()).toBe('two');
    expect([modeOf(folder), modeOf(join(folder, '..')), modeOf(join(folder, 'file'))]).toEqual([
      0o700, 0o700, 0o600,
    ]);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('a file of the engine is narrowed when one that others could read is replaced', async () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, 'old', { mode: 0o644 });
    await writeWhole(path, 'new');
    expect(modeOf(path)).toBe(0o600);
  });

  test('a file of the engine is written once, by the first of many', async () => {
    const path = join(temporaryFolder(), 'file');
    await Promise.all(Array.from({ length: 8 }, (_, n) => writeOnce(path, `of ${String(n)}`)));
    const first = readFileSync(path, 'utf8');
    await writeOnce(path, 'late');
    expect(readFileSync(path, 'utf8')).toBe(first);
  });

  test('a file of the engine is not written over what is no file, nor where there is no folder', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'taken'));
    await expect(writeWhole(join(folder, 'taken'), 'x')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(writeWhole('/dev/null', 'x')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(writeWhole(join(folder, 'none', 'file'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  test('a file of the engine is none where nothing has the name', async () => {
    expect(await readWhole(join(temporaryFolder(), 'none'))).toBeUndefined();
  });
});

describe('a link that points outside', () => {
  const SECRET = Buffer.alloc(200, 's');

  /** A folder with a link of some name, and what it points at. */
  function linked(name: string) {
    const outside = join(temporaryFolder(), 'outside');
    writeFileSync(outside, SECRET, { mode: 0o644 });
    const folder = temporaryFolder();
    symlinkSync(outside, join(folder, name));
    const isUntouched = () => readFileSync(outside).equals(SECRET) && modeOf(outside) === 0o644;
    return { folder, outside, isUntouched };
  }

  test('a link that points outside is no recording, to be made, read, weighed or aged, and is taken away by itself', async () => {
    const { folder, outside, isUntouched } = linked('CA1.wav');
    symlinkSync(outside, join(folder, 'CA1.peaks'));
    const files = new RecordingFiles(folder);
    await expect(files.create('CA1')).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(files.read('CA1')).rejects.toMatchObject({ code: 'ELOOP' });
    expect(await files.peaks('CA1')).toBeUndefined();
    await files.delete('CA1');
    expect(readdirSync(folder)).toEqual([]);
    expect(isUntouched()).toBe(true);
  });

  test('a link that points outside and leads to nothing does not make a recording there', async () => {
    const folder = temporaryFolder();
    const nowhere = join(temporaryFolder(), 'nowhere');
    for (const name of ['CA1.wav', 'CA1.peaks']) symlinkSync(nowhere, join(folder, name));
    const files = new RecordingFiles(folder);
    await expect(files.create('CA1')).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await files.peaks('CA1')).toBeUndefined();
    expect(existsSync(nowhere)).toBe(false);
  });

  test('a link that points outside is no clip, to be read or written', async () => {
    const { folder, outside, isUntouched } = linked('name.ulaw');
    const audio = Buffer.from('hello');
    await new ClipFiles(folder).write('real', audio);
    writeFileSync(outside, readFileSync(join(folder, 'real.ulaw')));
    expect(await new ClipFiles(folder).read('name')).toBeUndefined();
    writeFileSync(outside, SECRET);
    await expect(new ClipFiles(folder).write('name', audio)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    expect(isUntouched()).toBe(true);
  });

  test('a link that points outside is no key, also when it leads to one or to nothing', async () => {
    const { folder, outside } = linked('stream-key');
    writeFileSync(outside, Buffer.alloc(32, 1));
    await expect(keptKeyIn(folder, 'stream-key')).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    const other = temporaryFolder();
    symlinkSync(join(folder, 'nowhere'), join(other, 'stream-key'));
    await expect(keptKeyIn(other, 'stream-key')).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });

  test('a link that points outside is no profile and no version, to be read or written', async () => {
    const { folder, isUntouched } = linked('shop.json');
    expect(await readAgentFiles(folder)).toEqual([
      { name: 'shop.json', fault: 'cannot be read (a link to outside the folder)' },
    ]);
    await expect(saveAgentFile(folder, { name: 'shop.json', text: '{}' })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    const other = temporaryFolder();
    await keepVersion(other, 'shop', { savedAt: '2026-11-25T10:00:00.000Z', written: {} });
    const place = join(other, '.versions', 'shop');
    const [name = ''] = readdirSync(place);
    symlinkSync(join(place, name), join(place, name.replace('10-00', '11-00')));
    expect(await keptVersions(other, 'shop')).toHaveLength(1);
    expect(isUntouched()).toBe(true);
  });
});

test('a link within the folder of profiles is one: so are they mounted into containers', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, '..data'));
  writeFileSync(join(folder, '..data', 'default.json'), '{}');
  symlinkSync(join('..data', 'default.json'), join(folder, 'default.json'));
  expect(await readAgentFiles(folder)).toEqual([{ name: 'default.json', text: '{}' }]);
});
