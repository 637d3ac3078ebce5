import type { Difference } from './golden-files.ts';
import { partsOf } from './parted-lists.ts';
import type { WireNames } from './wire-names.ts';
import { replayWires } from './wire-replay.ts';
import type { WireLine, WireRecord } from './wire-tape.ts';

/** The file's first line is about the call. */
const FIRST_LINE = 2;

/**
 * Tells today's engine what it was told in a recorded call, and compares what it sends: on each wire
 * the same messages in the same order, whatever it calls things by. Where they part is told by the
 * line of the file.
 */
export async function wireDifferences(record: WireRecord): Promise<Difference[]> {
  const today = await replayWires(record);
  const { names } = today;
  const numbered = record.lines.map((line, index) => ({ line, place: index + FIRST_LINE }));
  const end = numbered.length + FIRST_LINE - 1;
  const sent = (['carrier', 'model'] as const).flatMap((wire) => {
    const isSent = ({ way, ...line }: WireLine) => way === 'out' && line.wire === wire;
    const was = numbered.filter(({ line }) => isSent(line));
    const is = today.lines.filter(isSent);
    return partsOf(
      was.map(({ line }) => inWords(line, names)),
      is.map((line) => inWords(line)),
    ).map(({ at, ...part }) => ({ place: was[at]?.place ?? end, ...part }));
  });
  const totals = partsOf([totalOf({ ...record, hasEnded: true })], [totalOf(today)]);
  return [...sent, ...totals.map(({ was, is }) => ({ place: end, was, is }))];
}

function inWords({ wire, says, closes }: WireLine, names?: WireNames): string {
  if (says === undefined) return `to the ${wire}: closes with ${String(closes)}`;
  return `to the ${wire}: ${JSON.stringify(names === undefined ? says : names.renamed(says))}`;
}

const totalOf = ({ appendedBytes, hasEnded }: { appendedBytes: number; hasEnded: boolean }) =>
  `${String(appendedBytes)} bytes of the caller went to the model; the call ${hasEnded ? 'ended' : 'did not end'}`;
