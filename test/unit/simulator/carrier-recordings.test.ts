import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeMuLaw } from '../../../src/media/g711.ts';

const folder = new URL('../../../assets/recordings/', import.meta.url);
const listed = JSON.parse(readFileSync(new URL('transcripts.json', folder), 'utf8')) as {
  file: string;
  text: string;
  seconds: number;
  source: string;
}[];

describe('the recordings of callers', () => {
  test('the recordings of callers are all listed with their words, and nothing else is', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.ulaw'));
    expect(listed.map(({ file }) => file).sort()).toEqual(files.sort());
    for (const { text, source } of listed) {
      expect(text).toMatch(/^[a-z]+( [a-z]+)+$/);
      expect(source).toMatch(/^pocketsphinx-testdata: /);
    }
    expect(readFileSync(new URL('LICENSE', folder), 'utf8')).toContain('Redistribution and use');
  });

  test.each(listed)(
    'the caller recording $file holds as much speech as it says',
    ({ file, seconds, text }) => {
      const audio = readFileSync(new URL(file, folder));
      expect(audio.length / 8000).toBeCloseTo(seconds, 2);
      const pcm = decodeMuLaw(audio);
      // Frames of 20 ms louder than -40 dBFS: between 0.1 and 1 second a word.
      let loud = 0;
      for (let at = 0; at + 160 <= pcm.length; at += 160) {
        const power = pcm.subarray(at, at + 160).reduce((sum, sample) => sum + sample * sample, 0) / 160;
        if (Math.sqrt(power) > 328) loud++;
      }
      const secondsPerWord = (loud * 0.02) / text.split(' ').length;
      expect(secondsPerWord).toBeGreaterThan(0.1);
      expect(secondsPerWord).toBeLessThan(1);
    },
  );
});
