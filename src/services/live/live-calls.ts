import type { FeedEntry, FeedListener } from '../../protocol/call-feed.ts';
import type { LiveCall, SpokenWords } from '../../protocol/console-live.ts';
import { SpeakingFold } from '../../protocol/speaking.ts';

/** The fields of a call that never change. */
export type CallIdentity = Omit<LiveCall, 'state' | 'isAwaited' | 'speaking' | 'activity'>;

/** What the live feed reads of a call while somebody watches. */
export interface CallSight {
  /** Path of the state it is in. */
  readonly stateOf: () => string;
  /** What is being said in it. */
  readonly wordsOf: () => readonly SpokenWords[];
}

/** A call as viewers are shown it, wherever it lives. */
export interface CallView {
  readonly identity: CallIdentity;
  /** Something happened since rows were last asked for. */
  isDirty: boolean;
  /** It has ended: it is shown once more. */
  readonly isOver: boolean;
  /** What is being said in it now. */
  readonly words: readonly SpokenWords[];
  /** What the list shows of it now. */
  look(now: number): LiveCall;
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
/** Nobody is on the line. */
const AT_REST = { speaking: null, activity: 0 } as const;

/** How often the bytes are looked at, in ms: the list is told more often, for what happens in the calls. */
const SAMPLE_EVERY_MS = 500;
/** Activity is told in steps, so that a list of calls at rest is not told again and again. */
const ACTIVITY_STEPS = 10;

/**
 * One live call, as its viewers need it. Its own thread of events writes two
 * fields of it and nothing else; everything a viewer sees is made when it is looked at.
 */
class LiveCallView implements CallView {
  readonly identity: CallIdentity;
  isDirty = true;
  isOver = false;
  /** Grows with whatever happens: for those who look at it in their own time. */
  changes = 1;
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
    this.#change();
    this.#floor.take(entry);
  }

  carry(traffic: () => Traffic): void {
    this.#traffic = traffic;
    this.#sampledAt = 0;
  }

  end(): void {
    this.#change();
    this.isOver = true;
  }

  /** Worked out for whoever asks; nobody does without a viewer. */
  get words(): readonly SpokenWords[] {
    return this.isOver ? [] : this.#wordsOf();
  }

  /** Looked at some ten times a second, by whoever asks first. */
  look(now: number): LiveCall {
    const state = this.isOver ? ENDED : this.#stateOf();
    if (state === ENDED) return { ...this.identity, state, ...AT_REST, isAwaited: false };
    this.#sample(now);
    return {
      ...this.identity,
      state: state === '' ? FIRST : state,
      isAwaited: false,
      speaking: this.#floor.speaking,
      activity: Math.round(this.#activity * ACTIVITY_STEPS) / ACTIVITY_STEPS,
    };
  }

  #change(): void {
    this.isDirty = true;
    this.changes++;
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

function identityOf(call: CallIdentity): CallIdentity {
  const { callSid, agentId, direction, from, to, isTest, startedAt } = call;
  return { callSid, agentId, direction, from, to, isTest, startedAt };
}

/** A call that no process has. */
class AwaitedCallView implements CallView {
  readonly identity: CallIdentity;
  readonly words = [];
  /** Where it stood. */
  readonly #state: string;
  isDirty = true;
  isOver = false;

  constructor(identity: CallIdentity, state: string) {
    this.identity = identity;
    this.#state = state;
  }

  end(): void {
    this.isDirty = true;
    this.isOver = true;
  }

  look(): LiveCall {
    const state = this.isOver ? ENDED : this.#state;
    return { ...this.identity, state, ...AT_REST, isAwaited: !this.isOver };
  }
}

/**
 * The calls in progress, for whoever watches them: those of this process, those that others are said to have, and those
 * that nobody has for the moment.
 */
export class LiveCalls {
  readonly #own = new Map<string, LiveCallView>();
  readonly #elsewhere = new Map<string, CallView>();
  readonly #awaited = new Map<string, AwaitedCallView>();
  #isNew = false;

  /** A call begins. What is answered takes every entry of its feed. */
  open(call: CallIdentity, sight: CallSight): FeedListener {
    const view = new LiveCallView(identityOf(call), sight);
    this.#awaited.delete(call.callSid);
    this.#own.set(call.callSid, view);
    return (entry) => {
      view.take(entry);
    };
  }

  /** The call's stream is here: how busy the call is shows on its socket. */
  carry(callSid: string, traffic: () => Traffic): void {
    this.#own.get(callSid)?.carry(traffic);
  }

  /** The call has ended and is written down. It is seen as ended until {@link forgetEnded}. */
  end(callSid: string): void {
    (this.#own.get(callSid) ?? this.#awaited.get(callSid))?.end();
  }

  /** The process that had the call is gone. It is seen where it stood, until somebody has it, or it has ended. */
  wait(call: CallIdentity, state: string): void {
    if (this.#own.has(call.callSid)) return;
    this.#elsewhere.delete(call.callSid);
    this.#awaited.set(call.callSid, new AwaitedCallView(identityOf(call), state));
    this.#isNew = true;
  }

  /** The process that has the call, this one or another, has handed it over. False: it is not seen here. */
  handOver(callSid: string, state: string): boolean {
    const view = this.get(callSid);
    if (view === undefined) return false;
    this.#own.delete(callSid);
    this.wait(view.identity, state);
    return true;
  }

  isAwaited(callSid: string): boolean {
    return this.#awaited.has(callSid);
  }

  /** Another process has told of its calls: each view takes the place of an older one. */
  show(views: readonly CallView[]): void {
    for (const view of views) {
      this.#elsewhere.set(view.identity.callSid, view);
      this.#awaited.delete(view.identity.callSid);
    }
    this.#isNew = true;
  }

  /** True once after each time that another process has told of its calls: it has waited for that. */
  takeNews(): boolean {
    const isNew = this.#isNew;
    this.#isNew = false;
    return isNew;
  }

  get(callSid: string): CallView | undefined {
    return this.#own.get(callSid) ?? this.#elsewhere.get(callSid) ?? this.#awaited.get(callSid);
  }

  /** Those of this process. */
  own(): ReadonlyMap<string, LiveCallView> {
    return this.#own;
  }

  /** Each once: a call that has come here is where it was no more. */
  all(): readonly CallView[] {
    const elsewhere = [...this.#elsewhere.values()].filter(
      ({ identity }) => !this.#own.has(identity.callSid),
    );
    return [...this.#own.values(), ...elsewhere, ...this.#awaited.values()];
  }

  forgetEnded(): void {
    for (const views of [this.#own, this.#elsewhere, this.#awaited])
      for (const [callSid, { isOver }] of views) if (isOver) views.delete(callSid);
  }

  /** Nobody watches: what other processes have told grows old. */
  forgetElsewhere(): void {
    this.#elsewhere.clear();
  }
}
