/**
 * The word that was most likely meant by one that is not known: the same but
 * for case, `_` and `-`, or a slip or two of the keyboard away. Undefined
 * where none is near.
 */
export function nearestWord(written: string, known: Iterable<string>): string | undefined {
  const plain = plainOf(written);
  const ranked = [...known]
    .map((word) => ({ word, slips: slipsBetween(plain, plainOf(word)) }))
    .sort((a, b) => a.slips - b.slips);
  const [nearest] = ranked;
  return nearest !== undefined && nearest.slips <= slipsAllowed(plain) ? nearest.word : undefined;
}

/** What a message about a word that is not known ends with: `, did you mean "limits"?`, or nothing. */
export function didYouMean(written: string, known: Iterable<string>): string {
  const meant = nearestWord(written, known);
  return meant === undefined ? '' : `, did you mean ${JSON.stringify(meant)}?`;
}

/** What is longer is no slip of a name: comparing it would take time, and lead nowhere. */
const MAX_LENGTH = 64;

const plainOf = (word: string) => word.slice(0, MAX_LENGTH).toLowerCase().replaceAll(/[_-]/g, '');

/** A third of the word: with more, every short word is near every other. */
const slipsAllowed = (plain: string) => Math.min(3, Math.floor(plain.length / 3));

/** Letters put in, left out, replaced, or two side by side exchanged (optimal string alignment). */
function slipsBetween(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isExchanged =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      next.push(
        Math.min(
          at(last, column) + 1,
          at(next, column - 1) + 1,
          at(last, column - 1) + (isSame ? 0 : 1),
          isExchanged ? at(beforeLast, column - 2) + 1 : Infinity,
        ),
      );
    }
    [beforeLast, last] = [last, next];
  }
  return at(last, to.length);
}

const at = (row: readonly number[], column: number) => row[column] ?? Infinity;
