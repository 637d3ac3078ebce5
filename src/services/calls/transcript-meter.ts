import { type FeedListener, listenerOf } from '../../protocol/call-feed.ts';

/** What is said in a call, in bytes of UTF-8: some four hours of talk. A call that says more is none between people. */
const MAX_TRANSCRIPT_BYTES = 200 * 1024;

/**
 * Counts what is said in one call: the lines of its transcript as the call is told them, what was not heard too.
 *
 * @param onFilled - called when more was said than a transcript may hold, and from then on with every line.
 */
export function transcriptMeter(onFilled: () => void): FeedListener {
  let bytes = 0;
  const count = (...words: readonly string[]): void => {
    for (const each of words) bytes += Buffer.byteLength(each);
    if (bytes > MAX_TRANSCRIPT_BYTES) onFilled();
  };
  return listenerOf({
    'caller.said': ({ body }) => {
      count(body.text);
    },
    'agent.said': ({ body }) => {
      count(body.text, body.unheard ?? '');
    },
  });
}
