const [EQUALS, ZERO, NINE] = [0x3d, 0x30, 0x39] as const;

const tableOf = (letters: string) => {
  const table = new Uint8Array(256);
  for (const byte of Buffer.from(letters)) table[byte] = 1;
  return table;
};
const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const BASE64 = tableOf(`${ALPHANUMERIC}+/`);
const SID = tableOf(ALPHANUMERIC);

/** Where digits that begin at `at` end. */
export function endOfDigits(frame: Buffer, at: number): number {
  let end = at;
  for (let byte = frame[end]; byte !== undefined && byte >= ZERO && byte <= NINE; byte = frame[end]) end++;
  return end;
}

/** The number that the digits at `[at, end)` say. */
export function numberAt(frame: Buffer, at: number, end: number): number {
  let value = 0;
  for (let i = at; i < end; i++) value = value * 10 + (frame[i] ?? ZERO) - ZERO;
  return value;
}

/** Where the letters and digits of an identifier end. */
export function endOfSid(frame: Buffer, at: number): number {
  let end = at;
  while (SID[frame[end] ?? 0] === 1) end++;
  return end;
}

/** Where base64 that begins at `at` ends; `at` itself when it is not whole groups. Four at a time: half the time of one by one. */
export function endOfBase64(frame: Buffer, at: number): number {
  let end = at;
  while (isGroup(frame, end)) end += 4;
  if (isLetter(frame, end) && isLetter(frame, end + 1) && frame[end + 3] === EQUALS) {
    if (frame[end + 2] === EQUALS || isLetter(frame, end + 2)) end += 4;
  }
  return isLetter(frame, end) || frame[end] === EQUALS ? at : end;
}

const isLetter = (frame: Buffer, at: number) => BASE64[frame[at] ?? 0] === 1;

const isGroup = (frame: Buffer, at: number) =>
  isLetter(frame, at) && isLetter(frame, at + 1) && isLetter(frame, at + 2) && isLetter(frame, at + 3);
