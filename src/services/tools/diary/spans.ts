/** A stretch of time, half-open: `[startMs, endMs)`, milliseconds since the Unix epoch. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

export const overlaps = (one: Span, other: Span): boolean =>
  one.startMs < other.endMs && other.startMs < one.endMs;

export const contains = (outer: Span, inner: Span): boolean =>
  outer.startMs <= inner.startMs && inner.endMs <= outer.endMs;

/** The same time in order, without overlaps, touching spans made one. */
export function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.filter(isNotEmpty).sort((one, other) => one.startMs - other.startMs)) {
    const last = merged.at(-1);
    if (last === undefined || last.endMs < span.startMs) merged.push(span);
    else merged[merged.length - 1] = { startMs: last.startMs, endMs: Math.max(last.endMs, span.endMs) };
  }
  return merged;
}

/** What of `spans` is not `taken`. */
export function subtract(spans: readonly Span[], taken: readonly Span[]): Span[] {
  return merge(taken).reduce<Span[]>(
    (left, hole) =>
      left.flatMap((span) =>
        overlaps(span, hole)
          ? [
              { startMs: span.startMs, endMs: hole.startMs },
              { startMs: hole.endMs, endMs: span.endMs },
            ].filter(isNotEmpty)
          : [span],
      ),
    merge(spans),
  );
}

/** What of `spans` lies in the window. */
export function clip(spans: readonly Span[], window: Span): Span[] {
  return spans
    .map(({ startMs, endMs }) => ({
      startMs: Math.max(startMs, window.startMs),
      endMs: Math.min(endMs, window.endMs),
    }))
    .filter(isNotEmpty);
}

/**
 * The moments at which something of a length can begin and still end within its
 * span, as spans of starts: the last moment counts, so each is 1 ms longer than
 * the distance of its ends.
 */
export const startsIn = (spans: readonly Span[], lengthMs: number): Span[] =>
  spans.map(({ startMs, endMs }) => ({ startMs, endMs: endMs - lengthMs + 1 })).filter(isNotEmpty);

/** The opposite of `startsIn`, of starts from several sources: within each span any start will do. */
export const spansOfStarts = (starts: readonly Span[], lengthMs: number): Span[] =>
  merge(starts).map(({ startMs, endMs }) => ({ startMs, endMs: endMs - 1 + lengthMs }));

const isNotEmpty = ({ startMs, endMs }: Span) => startMs < endMs;
