/** Two columns wide: the scripts of East Asia, and pictures (Unicode 16, UAX #11). */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

const CHARACTERS = new Intl.Segmenter();

/** The end of a text that fits a line of a screen; what goes is marked by an ellipsis before it. */
export function endOfLine(text: string, columns: number): string {
  let room = columns - 1;
  const widths = Array.from(CHARACTERS.segment(text), ({ index, segment }) => ({
    index,
    width: WIDE.test(segment) ? 2 : 1,
  }));
  let from = text.length;
  for (const { index, width } of widths.toReversed()) {
    room -= width;
    if (room < 0) return `…${text.slice(from)}`;
    from = index;
  }
  return text;
}
