import { readFileSync, writeFileSync } from 'node:fs';
import { decodeMuLaw } from '../../src/media/g711.ts';

const HZ = 8000;

/** 16-bit PCM in a WAV file, mono, 8000 Hz. Source: RFC 2361, and the RIFF chunks that every reader knows. */
function wavOf(pcm: Int16Array): Buffer {
  const bytes = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + bytes.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(HZ, 24);
  head.writeUInt32LE(2 * HZ, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(bytes.length, 40);
  return Buffer.concat([head, bytes]);
}

/**
 * What a browser's fake microphone hears: a recording of `assets/recordings`
 * after so many seconds of silence, and silence after it.
 *
 * @returns the browser's arguments.
 */
export function microphoneOf(recording: string, afterSeconds: number, file: string): string[] {
  const words = decodeMuLaw(readFileSync(`assets/recordings/${recording}`));
  const pcm = new Int16Array((afterSeconds + 60) * HZ);
  pcm.set(words, afterSeconds * HZ);
  writeFileSync(file, wavOf(pcm));
  return ['--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${file}%noloop`];
}
