/** Where something was thrown: the lines of its stack, without its message, which can hold what a caller said. */
export function stackPlacesOf(thrown: unknown): string[] {
  if (!(thrown instanceof Error) || thrown.stack === undefined) return [];
  const afterMessage = thrown.stack.slice(thrown.stack.indexOf(thrown.message) + thrown.message.length);
  return afterMessage.split('\n').filter((line) => /^ +at /.test(line));
}
