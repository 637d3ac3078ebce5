/** RIFF, `fmt ` with its extension's length, `fact`, and the head of `data`: what a format that is not PCM has. */
export const HEADER_BYTES = 58;
/** WAVE_FORMAT_MULAW (RFC 2361, A.5). */
const MU_LAW = 7;
const CHANNELS = 2;
const RATE_HZ = 8000;
/** The length that a program leaves which cannot know it: players take the rest of the file. */
const UNKNOWN = 0xffff_ffff;

/**
 * The head of a WAV file of mu-law, 8000 Hz, two channels: the caller left, the agent right.
 * @param dataBytes - bytes of audio; absent while it is being written.
 */
export function wavHeader(dataBytes?: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(dataBytes === undefined ? UNKNOWN : dataBytes + HEADER_BYTES - 8, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(18, 16);
  header.writeUInt16LE(MU_LAW, 20);
  header.writeUInt16LE(CHANNELS, 22);
  header.writeUInt32LE(RATE_HZ, 24);
  header.writeUInt32LE(RATE_HZ * CHANNELS, 28);
  header.writeUInt16LE(CHANNELS, 32);
  header.writeUInt16LE(8, 34);
  header.write('fact', 38, 'latin1');
  header.writeUInt32LE(4, 42);
  header.writeUInt32LE(dataBytes === undefined ? UNKNOWN : dataBytes / CHANNELS, 46);
  header.write('data', 50, 'latin1');
  header.writeUInt32LE(dataBytes ?? UNKNOWN, 54);
  return header;
}
