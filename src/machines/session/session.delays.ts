interface Attempts {
  readonly callSid: string;
  readonly attempts: number;
  readonly retryAfterMs: number;
}

/**
 * Sockets in a row that came to nothing before the session is given up. A far end that refuses them at once uses them up
 * in some six seconds, and never in more than twelve: for longer no caller waits.
 */
export const MAX_ATTEMPTS = 8;
/** The longest wait before the second attempt; it doubles with each, and ends at {@link LONGEST_MS}. */
const FIRST_MS = 250;
const LONGEST_MS = 2_000;

/** The longest wait after a session that was to follow came to nothing. The one that is there still has minutes. */
const ROTATE_AGAIN_MS = 60_000;

/** How long a session may take, and waits, in ms. */
export const sessionDelays = {
  /**
   * Until the next attempt: anywhere up to a wait that doubles, so that the calls which one failure has hit do not come
   * back together; never before the far end's own `Retry-After`.
   */
  backOff: ({ context }: { context: Attempts }) => {
    const { attempts, callSid, retryAfterMs } = context;
    const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempts);
    return Math.max(retryAfterMs, Math.round(longest * spreadOf(callSid, attempts)));
  },
  /** A socket that opens, and makes no session, is of no use. The handshake has a limit of its own below this. */
  openWithin: 4_000,
  /** One round trip to the far end, many times over. */
  settleWithin: 3_000,
  /** Until the next attempt at a session that is to follow: half a minute to a whole one, spread over the calls. */
  rotateAgain: ({ context: { callSid, attempts, retryAfterMs } }: { context: Attempts }) =>
    Math.max(retryAfterMs, Math.round((ROTATE_AGAIN_MS * (1 + spreadOf(callSid, attempts))) / 2)),
  /** A session that has lasted so long works: what is lost of it later is a new loss. */
  steadyAfter: 10_000,
};

/** Between 0 and 1, otherwise for each call and attempt, and the same whenever it is asked: a chart throws no dice. */
function spreadOf(callSid: string, attempts: number): number {
  let hash = 2_166_136_261 ^ attempts;
  for (let at = 0; at < callSid.length; at++) hash = Math.imul(hash ^ callSid.charCodeAt(at), 16_777_619);
  return ((hash >>> 8) % 1_000) / 1_000;
}
