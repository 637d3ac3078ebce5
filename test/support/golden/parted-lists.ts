/** A part of a list that stands instead of another. */
export interface ListPart {
  /** Where in the first list, from 0. */
  readonly at: number;
  readonly was: string[];
  readonly is: string[];
}

/** From the first to the last place where two short lists differ; empty when they do not. */
export function spanOf(was: readonly string[], is: readonly string[]): ListPart[] {
  const most = Math.min(was.length, is.length);
  let at = 0;
  while (at < most && was[at] === is[at]) at++;
  let same = 0;
  while (same < most - at && was.at(-1 - same) === is.at(-1 - same)) same++;
  const span = { at, was: was.slice(at, was.length - same), is: is.slice(at, is.length - same) };
  return span.was.length + span.is.length === 0 ? [] : [span];
}

/** The parts in which two long lists differ, in order: as few lines as can be. */
export function partsOf(was: readonly string[], is: readonly string[]): ListPart[] {
  const common = commonLengths(was, is);
  const parts: ListPart[] = [];
  let [i, j] = [0, 0];
  let open: ListPart | undefined;
  while (i < was.length || j < is.length) {
    const [before, now] = [was[i], is[j]];
    if (before !== undefined && before === now) {
      open = undefined;
      i++;
      j++;
      continue;
    }
    if (open === undefined) parts.push((open = { at: i, was: [], is: [] }));
    const isGone = now === undefined || (common[i + 1]?.[j] ?? -1) >= (common[i]?.[j + 1] ?? 0);
    if (before !== undefined && isGone) {
      open.was.push(before);
      i++;
    } else if (now !== undefined) {
      open.is.push(now);
      j++;
    }
  }
  return parts;
}

/** At `[i][j]`: how much the ends of the lists from there have in common. */
function commonLengths(was: readonly string[], is: readonly string[]): number[][] {
  const lengths = Array.from({ length: was.length + 1 }, () => new Array<number>(is.length + 1).fill(0));
  for (let i = was.length - 1; i >= 0; i--) {
    for (let j = is.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (row === undefined) continue;
      const next = lengths[i + 1];
      row[j] = was[i] === is[j] ? 1 + (next?.[j + 1] ?? 0) : Math.max(next?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
