/** A day from Monday to Friday, next week or the one after, as `YYYY-MM-DD`: one that a business can be asked about. */
export const WORKING_DAY = (() => {
  const date = new Date(Date.now() + 8 * 86_400_000);
  while ([0, 6].includes(date.getUTCDay())) date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10);
})();
