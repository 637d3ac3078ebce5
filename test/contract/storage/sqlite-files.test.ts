import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { row } from '../../support/call-rows.ts';
import { temporaryFolder, testJournal } from '../../support/journal.ts';
import { append } from '../../support/journal-requests.ts';

describe('a file that cannot be used', () => {
  const NOT_SQLITE = 'not a database, but 100 bytes and more of a letter that nobody wants to lose'.repeat(
    10,
  );

  test('a file that cannot be used is named, and left as it is', async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    writeFileSync(file, NOT_SQLITE);
    await expect(testJournal({ file })).rejects.toThrow(`${file} is damaged or not a database`);
    expect(readFileSync(file, 'utf8')).toBe(NOT_SQLITE);
  });

  test('a file that cannot be used is named when it is damaged inside', async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    const journal = await testJournal({ file });
    journal.record(
      'CA1',
      Array.from({ length: 2000 }, (_, n) => row('a', { n })),
    );
    await journal.close();
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 8192, bytes.length - 8192);
    writeFileSync(file, bytes);
    await expect(testJournal({ file })).rejects.toThrow(`${file} is damaged or not a database`);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test('a file that cannot be used is left as it is with the log beside it, byte for byte', async () => {
    const [whole, file] = ['whole', 'calls'].map((name) => join(temporaryFolder(), `${name}.sqlite`)) as [
      string,
      string,
    ];
    const filled = await testJournal({ file: whole });
    for (let n = 0; n < 300; n++) filled.record('CA1', [row('a', { filler: 'x'.repeat(20_000) })]);
    await filled.close();
    const journal = await testJournal({ file: whole });
    await append(journal, 'last');
    // As a process that is killed leaves it: with commits that stand in the log alone.
    for (const end of ['', '-wal']) copyFileSync(`${whole}${end}`, `${file}${end}`);
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 8192, bytes.length - 8192);
    writeFileSync(file, bytes);
    const log = readFileSync(`${file}-wal`);
    expect(log.length).toBeGreaterThan(0);

    await expect(testJournal({ file })).rejects.toThrow(`${file} is damaged or not a database`);
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(readFileSync(`${file}-wal`).equals(log)).toBe(true);
  });

  test('a file that cannot be used is named when it is a folder', async () => {
    const folder = join(temporaryFolder(), 'calls.sqlite');
    mkdirSync(folder);
    await expect(testJournal({ file: folder })).rejects.toThrow(`SQLITE_IOERR_READ at ${folder}`);
  });

  test('a file that cannot be used is left to the newer engine that wrote it', async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    const db = new Sqlite(file);
    db.pragma('user_version = 99');
    db.close();
    await expect(testJournal({ file })).rejects.toThrow(`${file} has schema 99`);
  });
});
