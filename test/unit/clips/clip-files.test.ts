import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ClipFiles, type ClipKey, clipName } from '../../../src/services/clips/clip-files.ts';
import { temporaryFolder } from '../../support/journal.ts';

const key: ClipKey = { text: 'Hi, this is Acme.', voice: 'marin', model: 'the model', audio: 'pcmu' };
const name = clipName(key);
const speech = Buffer.from('eight thousand bytes a second');

describe('a clip on disk', () => {
  test('a clip on disk comes back as it was written, in a folder that is made for it', async () => {
    const folder = join(temporaryFolder(), 'clips');
    await new ClipFiles(folder).write(name, speech);
    expect(await new ClipFiles(folder).read(name)).toEqual(speech);
    expect(readdirSync(folder)).toEqual([`${name}.ulaw`]);
  });

  test('a clip on disk has a name of its own for each text, voice, model and format, and none of the text in it', () => {
    const others: ClipKey[] = [
      { ...key, text: 'Hi, this is Acne.' },
      { ...key, voice: 'cedar' },
      { ...key, model: 'another' },
      { ...key, audio: 'pcm16' },
    ];
    expect(new Set([key, ...others].map(clipName)).size).toBe(5);
    expect(clipName({ ...key })).toBe(name);
    expect(name).toMatch(/^[0-9a-f]{64}$/);
  });

  test('a clip on disk is not taken when a byte of it has changed, or some are missing', async () => {
    const folder = temporaryFolder();
    const files = new ClipFiles(folder);
    await files.write(name, speech);
    const path = join(folder, `${name}.ulaw`);
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at += 7) {
      const spoilt = Buffer.from(whole);
      spoilt.writeUInt8(spoilt.readUInt8(at) ^ 1, at);
      writeFileSync(path, spoilt);
      expect(await files.read(name), `byte ${String(at)}`).toBeUndefined();
    }
    for (const length of [0, 10, 32, whole.length - 1]) {
      writeFileSync(path, whole.subarray(0, length));
      expect(await files.read(name), `${String(length)} bytes`).toBeUndefined();
    }
    await files.write(name, speech);
    expect(await files.read(name)).toEqual(speech);
  });

  test('a clip on disk is whole or not there while many write it at once', async () => {
    const folder = temporaryFolder();
    const files = new ClipFiles(folder);
    const seen: (Buffer | undefined)[] = [];
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        await files.write(name, speech);
        seen.push(await files.read(name));
      }),
    );
    expect(seen).toEqual(Array.from({ length: 20 }, () => speech));
    expect(readdirSync(folder)).toEqual([`${name}.ulaw`]);
  });

  test('a clip on disk that cannot be written leaves no draft behind', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, `${name}.ulaw`));
    await expect(new ClipFiles(folder).write(name, speech)).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([`${name}.ulaw`]);
  });
});
