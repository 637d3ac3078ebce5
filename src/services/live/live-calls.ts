import type { FeedEntry, FeedListener } from '../../protocol/call-feed.ts';
import type { LiveCall, SpokenWords } from '../../protocol/console-live.ts';
import { SpeakingFold } from '../../protocol/speaking.ts';

/** The fields of a call that never change. */
export type CallIdentity = Omit<LiveCall, 'state' | 'speaking' | 'activity'>;

/** What the live feed reads of a call while somebody watches. */
export interface CallSight {
  /** Path of the state it is in. */
  readonly stateOf: () => string;
  /** What is being said in it. */
  readonly wordsOf: () => readonly SpokenWords[];
}

/** Bytes that passed on a call's media socket, as Node counts them. */
export interface Traffic {
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/**
 * Bytes a second of one stream each way in real time: 50 messages of some 330 bytes
 * (a 20 ms frame is 216 characters of base64) in, as many out.
 */
const FULL_TRAFFIC = 2 * 50 * 330;
/** Where every call begins; its chart says so only with the first fact. */
const FIRST = 'connecting';
const ENDED = 'ended';

/** How often the bytes are looked at, in ms: the list is told more often, for what happens in the calls. */
const SAMPLE_EVERY_MS = 500;
/** Activity is told in steps, so that a list of calls at rest is not told again and again. */
const ACTIVITY_STEPS = 10;

/**
 * One live call, as its viewers need it. Its own thread of events writes two
 * fields of it and nothing else; everything a viewer sees is made when it is looked at.
 */
class LiveCallView {
  readonly identity: CallIdentity;
  /** Something happened since rows were last asked for. */
  isDirty = true;
  isOver = false;
  readonly #floor = new SpeakingFold();
  readonly #stateOf: CallSight['stateOf'];
  readonly #wordsOf: CallSight['wordsOf'];
  #traffic: (() => Traffic) | undefined;
  #sampledAt = 0;
  #sampledBytes = 0;
  #activity = 0;

  constructor(identity: CallIdentity, { stateOf, wordsOf }: CallSight) {
    this.identity = identity;
    this.#stateOf = stateOf;
    this.#wordsOf = wordsOf;
  }

  /** Takes every entry of the call's feed. Costs some ten nanoseconds. */
  take(entry: FeedEntry): void {
    this.isDirty = true;
    this.#floor.take(entry);
  }

  carry(traffic: () => Traffic): void {
    this.#traffic = traffic;
    this.#sampledAt = 0;
  }

  end(): void {
    this.isDirty = true;
    this.isOver = true;
  }

  /** What is being said in it now. Worked out for whoever asks; nobody does without a viewer. */
  get words(): readonly SpokenWords[] {
    return this.isOver ? [] : this.#wordsOf();
  }

  /** What the list shows of it now. Looked at some ten times a second, by whoever asks first. */
  look(now: number): LiveCall {
    const state = this.isOver ? ENDED : this.#stateOf();
    if (state === ENDED) return { ...this.identity, state, speaking: null, activity: 0 };
    this.#sample(now);
    return {
      ...this.identity,
      state: state === '' ? FIRST : state,
      speaking: this.#floor.speaking,
      activity: Math.round(this.#activity * ACTIVITY_STEPS) / ACTIVITY_STEPS,
    };
  }

  #sample(now: number): void {
    const passedMs = now - this.#sampledAt;
    if (this.#traffic === undefined || passedMs < SAMPLE_EVERY_MS) return;
    const { bytesRead, bytesWritten } = this.#traffic();
    const bytes = bytesRead + bytesWritten;
    if (this.#sampledAt > 0) {
      const rate = (bytes - this.#sampledBytes) / (passedMs / 1000) / FULL_TRAFFIC;
      this.#activity = Math.min(1, Math.max(0, rate));
    }
    this.#sampledAt = now;
    this.#sampledBytes = bytes;
  }
}

/** The calls in progress, for whoever watches them. */
export class LiveCalls {
  readonly #views = new Map<string, LiveCallView>();

  /** A call begins. What is answered takes every entry of its feed. */
  open(call: CallIdentity, sight: CallSight): FeedListener {
    const { callSid, agentId, direction, from, to, isTest, startedAt } = call;
    const view = new LiveCallView({ callSid, agentId, direction, from, to, isTest, startedAt }, sight);
    this.#views.set(callSid, view);
    return (entry) => {
      view.take(entry);
    };
  }

  /** The call's stream is here: how busy the call is shows on its socket. */
  carry(callSid: string, traffic: () => Traffic): void {
    this.#views.get(callSid)?.carry(traffic);
  }

  /** The call has ended and is written down. It is seen as ended until {@link forgetEnded}. */
  end(callSid: string): void {
    this.#views.get(callSid)?.end();
  }

  get(callSid: string): LiveCallView | undefined {
    return this.#views.get(callSid);
  }

  all(): IterableIterator<LiveCallView> {
    return this.#views.values();
  }

  forgetEnded(): void {
    for (const [callSid, { isOver }] of this.#views) if (isOver) this.#views.delete(callSid);
  }
}
