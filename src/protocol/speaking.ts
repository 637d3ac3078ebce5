/** Who speaks now, and what a barge-in is: the one reckoning of both, for metrics, analytics, the live list and the page. */

import type { FeedEvent, UnreadEvent } from './call-feed.ts';

export type Speaker = 'caller' | 'agent';

/** The caller spoke over the agent, and the agent gave way: no noise, no key, no operator. */
export const BARGE_IN = 'turn.interrupted';

export const isBargeIn = ({ event }: FeedEvent | UnreadEvent): boolean => event === BARGE_IN;

interface Speech {
  readonly who: Speaker;
  readonly isHeard: boolean;
  /** True when it was cut off, by the other side or by an order. */
  readonly isCut?: true;
}

/** Whose speech begins or ends with an event; undefined for what is no speech. */
export function speechOf({ event }: FeedEvent | UnreadEvent): Speech | undefined {
  switch (event) {
    case 'caller.startedSpeaking':
      return { who: 'caller', isHeard: true };
    case 'caller.stoppedSpeaking':
      return { who: 'caller', isHeard: false };
    case 'model.disconnected':
      // Whoever could tell that the caller stops is gone.
      return { who: 'caller', isHeard: false };
    case 'playback.started':
      return { who: 'agent', isHeard: true };
    case 'playback.finished':
    case 'playback.paused':
      return { who: 'agent', isHeard: false };
    case 'playback.cleared':
      return { who: 'agent', isHeard: false, isCut: true };
    default:
      return undefined;
  }
}

/** True for an event after which nobody is on the line. Of a process that is gone the next one tells first that it goes on. */
export function isLineGone({ event }: FeedEvent | UnreadEvent): boolean {
  return (
    event === 'phone.stopped' || event === 'phone.lost' || event === 'call.resumed' || event === 'call.ended'
  );
}

/** Who is heard on the line. Of two at once, whoever began last. */
export class SpeakingFold {
  /** In the order in which they began. */
  #speakers: Speaker[] = [];

  get speaking(): Speaker | null {
    return this.#speakers.at(-1) ?? null;
  }

  isHeard(who: Speaker): boolean {
    return this.#speakers.includes(who);
  }

  take(event: FeedEvent | UnreadEvent): void {
    if (isLineGone(event)) this.#speakers = [];
    const speech = speechOf(event);
    if (speech === undefined) return;
    const { who, isHeard } = speech;
    const others = this.#speakers.filter((speaker) => speaker !== who);
    this.#speakers = isHeard ? [...others, who] : others;
  }
}
