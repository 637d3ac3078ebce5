import { isDeepStrictEqual } from 'node:util';
import type { Difference, ListedDifference } from './golden-files.ts';

/**
 * What a build has to answer for: differences that nobody has given a reason for, and reasons
 * for differences that are none. Each as a sentence.
 *
 * @param timeOf - of a place, in ms since the call began.
 */
export function unlisted(
  call: string,
  found: readonly Difference[],
  listed: readonly ListedDifference[],
  timeOf: (place: number) => number,
): string[] {
  const mine = listed.filter((each) => each.call === call);
  const isSame = (one: Difference, other: Difference) =>
    one.place === other.place && isDeepStrictEqual(one.was, other.was) && isDeepStrictEqual(one.is, other.is);
  const placeOf = ({ place }: Difference) => `${call}, place ${String(place)}, ${String(timeOf(place))} ms`;
  return [
    ...found
      .filter((one) => !mine.some((each) => isSame(one, each)))
      .map((one) => `${placeOf(one)}: today differs:\n${written({ call, ...one, reason: '…' })}`),
    ...mine
      .filter((each) => !found.some((one) => isSame(one, each)))
      .map((each) => `${placeOf(each)}: this is listed, and does not occur:\n${written(each)}`),
    ...mine
      .filter(({ reason }) => reason.trim() === '' || reason === '…')
      .map((each) => `${placeOf(each)}: this is listed without a reason`),
  ];
}

/** As it stands in the list. */
const written = (difference: ListedDifference) => JSON.stringify(difference, null, 2);
