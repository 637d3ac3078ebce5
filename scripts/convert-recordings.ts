/**
 * Writes `assets/recordings`: short human utterances with their words, as a
 * phone carries them (mu-law, 8000 Hz, no header).
 *
 * Run once, by hand, with the folder `usr/share/pocketsphinx/test/data` of the
 * Debian package `pocketsphinx-testdata` (0.8+5prealpha+1), unpacked:
 * `npx tsx scripts/convert-recordings.ts FOLDER`. The recordings are BSD-2
 * (assets/recordings/LICENSE); those from LibriVox are in the public domain.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeMuLaw } from '../src/media/g711.ts';
import { MU_LAW_BYTES_PER_MS } from '../src/media/mu-law.ts';
import { Resampler } from '../src/media/resampler.ts';
import { readWav } from '../src/media/wav.ts';

/** The raw files of the package: 16-bit PCM, little-endian. */
const RAW_HZ = 16_000;
const PHONE_HZ = 8000;
const AUSTEN = 'librivox/sense_and_sensibility_01_austen_64kb';

/** Name here, file there, and what is said in it (the package's own transcripts, except for the raw files). */
const RECORDINGS: readonly (readonly [name: string, source: string, text: string])[] = [
  ['ten-of-clubs', 'cards/001.wav', 'ten of clubs'],
  ['seven-of-clubs', 'cards/003.wav', 'seven of clubs'],
  ['three-cards', 'cards/005.wav', 'eight of spades four of clubs seven of hearts'],
  ['go-forward', 'goforward.raw', 'go forward ten meters'],
  ['go-somewhere', 'something.raw', 'go somewhere and do something'],
  ['digits', 'tidigits/dhd.2934z.raw', 'two nine three four zero'],
  [
    'john-dashwood',
    `${AUSTEN}-0870.wav`,
    'and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them',
  ],
  ['young-man', `${AUSTEN}-0880.wav`, 'he was not an ill disposed young man'],
  [
    'cold-hearted',
    `${AUSTEN}-0890.wav`,
    'unless to be rather cold hearted and rather selfish is to be ill disposed',
  ],
  ['amiable', `${AUSTEN}-0930.wav`, 'he might even have been made amiable himself'],
];

function readRaw(bytes: Buffer): Uint8Array {
  const pcm = Int16Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(i * 2));
  return encodeMuLaw(new Resampler(RAW_HZ, PHONE_HZ).push(pcm));
}

function readRecording(path: string): Uint8Array {
  const bytes = readFileSync(path);
  if (path.endsWith('.raw')) return readRaw(bytes);
  const read = readWav(bytes);
  if ('problem' in read) throw new Error(`${path}: ${read.problem}`);
  return read.audio;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name the folder of the unpacked recordings');
const target = new URL('../assets/recordings/', import.meta.url);
mkdirSync(target, { recursive: true });
const rows = RECORDINGS.map(([name, source, text]) => {
  const audio = readRecording(join(folder, source));
  writeFileSync(new URL(`${name}.ulaw`, target), audio);
  const seconds = Math.round(audio.length / MU_LAW_BYTES_PER_MS) / 1000;
  return { file: `${name}.ulaw`, text, seconds, source: `pocketsphinx-testdata: ${source}` };
});
writeFileSync(new URL('transcripts.json', target), `${JSON.stringify(rows, undefined, 2)}\n`);
