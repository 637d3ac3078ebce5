/** Where two lists part, without what is the same before and behind; undefined when they do not. */
export function partOf(
  was: readonly string[],
  is: readonly string[],
): { was: string[]; is: string[] } | undefined {
  let from = 0;
  while (from < Math.min(was.length, is.length) && was[from] === is[from]) from++;
  let same = 0;
  const most = Math.min(was.length, is.length) - from;
  while (same < most && was.at(-1 - same) === is.at(-1 - same)) same++;
  const [before, now] = [was.slice(from, was.length - same), is.slice(from, is.length - same)];
  return before.length === 0 && now.length === 0 ? undefined : { was: before, is: now };
}
