/** What workers tell each other of their live calls, while somebody watches. */

import { z } from 'zod';
import { LiveCall, SpokenWords } from '../../protocol/console-live.ts';
import type { WorkerNews } from './question.ts';

/** How often a watch is renewed, and all calls are told anew, in ms: whoever began to listen in between knows them then. */
export const RENEW_EVERY_MS = 1000;
/** How long a worker that says nothing is believed to watch, or to have calls, in ms: it may be busy for a while. */
export const BELIEVED_MS = 3000;

const News = z.strictObject({
  /** Those that are not named live here no more. */
  isWhole: z.boolean(),
  /** Calls of which something changed; one whose state is `ended` is over. */
  calls: z.array(LiveCall),
  /** Calls that have new rows in the journal. */
  touched: z.array(z.string()),
  /** What is being said in a call now: all of it. */
  words: z.array(z.strictObject({ callSid: z.string(), lines: z.array(SpokenWords) })),
});
export type LiveNews = z.infer<typeof News>;

/** Somebody watches at this worker, and hears the words of some calls: told again and again, for as long as that is so. */
export const LIVE_WATCH = {
  name: 'live.watch',
  args: z.strictObject({ words: z.array(z.string()) }),
};
/** Nobody watches there any more. */
export const LIVE_REST = { name: 'live.rest', args: z.null() };
/** What has happened in the calls of this worker. */
export const LIVE_CALLS: WorkerNews<LiveNews> = { name: 'live.calls', args: News };
