import type { Clock } from '../../clock.ts';
import type { LiveCall, SpokenWords } from '../../protocol/console-live.ts';
import type { CallIdentity, CallView, LiveCalls } from '../live/live-calls.ts';
import type { LiveElsewhere } from '../live/live-feed.ts';
import {
  BELIEVED_MS,
  LIVE_CALLS,
  LIVE_REST,
  LIVE_WATCH,
  type LiveNews,
  RENEW_EVERY_MS,
} from './live-news.ts';
import { hearWorkers, tellWorkers } from './question.ts';
import type { Siblings } from './siblings.port.ts';

/** A call of another worker, as that worker told it last. */
class SiblingCallView implements CallView {
  readonly identity: CallIdentity;
  isDirty = true;
  isOver = false;
  words: readonly SpokenWords[] = [];
  call: LiveCall;

  constructor(call: LiveCall) {
    this.identity = call;
    this.call = call;
  }

  look(): LiveCall {
    return this.isOver ? { ...this.call, state: 'ended', speaking: null, activity: 0 } : this.call;
  }

  end(): void {
    this.isDirty = true;
    this.isOver = true;
    this.words = [];
  }
}

/** The calls of one other worker. */
interface SiblingSight {
  readonly views: Map<string, SiblingCallView>;
  /** When it was last heard of, by the steady clock. */
  heardAt: number;
}

export interface SiblingCallsParts {
  readonly siblings: Siblings;
  /** Where viewers see the calls. */
  readonly calls: Pick<LiveCalls, 'show' | 'forgetElsewhere'>;
  readonly clock: Pick<Clock, 'steady'>;
}

/**
 * The live calls of the other workers, for the viewers of this one. Asks for them while somebody watches; a worker that
 * falls silent has none any more.
 */
export class SiblingCalls implements LiveElsewhere {
  readonly #parts: SiblingCallsParts;
  readonly #sights = new Map<number, SiblingSight>();
  #words = '';
  #askedAt: number | undefined;

  constructor(parts: SiblingCallsParts) {
    this.#parts = parts;
    hearWorkers(parts.siblings, LIVE_CALLS, (news, from) => {
      if (this.#askedAt !== undefined) this.#see(news, from);
    });
  }

  watch(words: readonly string[]): void {
    const { siblings, clock } = this.#parts;
    const now = clock.steady();
    const wanted = JSON.stringify(words);
    const isDue = this.#askedAt === undefined || now - this.#askedAt >= RENEW_EVERY_MS;
    if (isDue || wanted !== this.#words) {
      tellWorkers(siblings, LIVE_WATCH, { words: [...words] });
      this.#askedAt = now;
      this.#words = wanted;
    }
    for (const [from, { views, heardAt }] of this.#sights) {
      if (now - heardAt < BELIEVED_MS) continue;
      this.#sights.delete(from);
      this.#endAll(views.values());
    }
  }

  rest(): void {
    const { siblings, calls } = this.#parts;
    this.#askedAt = undefined;
    this.#sights.clear();
    calls.forgetElsewhere();
    tellWorkers(siblings, LIVE_REST, null);
  }

  #see(news: LiveNews, from: number): void {
    const { calls, clock } = this.#parts;
    const sight: SiblingSight = this.#sights.get(from) ?? { views: new Map(), heardAt: 0 };
    this.#sights.set(from, sight);
    const { views } = sight;
    sight.heardAt = clock.steady();
    const met: SiblingCallView[] = [];
    const left = new Set(news.isWhole ? views.keys() : []);
    for (const call of news.calls) {
      const { callSid } = call;
      left.delete(callSid);
      const known = views.get(callSid);
      if (call.state === 'ended') left.add(callSid);
      else if (known !== undefined) known.call = call;
      else {
        const view = new SiblingCallView(call);
        views.set(callSid, view);
        met.push(view);
      }
    }
    for (const callSid of news.touched) mark(views.get(callSid));
    for (const { callSid, lines } of news.words) {
      const view = views.get(callSid);
      if (view !== undefined) view.words = lines;
    }
    calls.show(met);
    this.#endAll([...left].flatMap((callSid) => views.get(callSid) ?? []));
    for (const callSid of left) views.delete(callSid);
  }

  /** They are seen as ended once, and forgotten then. */
  #endAll(views: Iterable<SiblingCallView>): void {
    for (const view of views) view.end();
    this.#parts.calls.show([]);
  }
}

function mark(view: SiblingCallView | undefined): void {
  if (view !== undefined) view.isDirty = true;
}
