import type { EventFrame, Frame, StepFrame } from '../../observation/frame.ts';
import type { CallAnnouncement } from '../../machines/call/call.events.ts';
import type {
  Envelope,
  FeedAnnouncement,
  FeedEntry,
  FeedEvent,
  FeedListener,
  Regions,
} from '../../protocol/call-feed.ts';
import { changedRegions, floorOf, regionsOf } from '../../protocol/state-path.ts';
import type { SpokenLine } from '../cards/card-watch.ts';
import { RowMask, type RowMaskParts } from '../cards/row-mask.ts';
import { chartEvent } from './feed-words.ts';

/** Who speaks when nobody of the call does: webhooks, the API, an operator. */
const DESK = 'desk';
const CALL = 'call';
const ANNOUNCED = { from: CALL, to: null };
/** Children of a call. What they say among themselves and to their own children is their affair: the session and its socket. */
const PEERS = /^(?:phone|model|tool\.\d+)$/;
/** XState's name for a timer that fired: `xstate.after.<delay>.<state id>`. */
const TIMER = /^xstate\.after\.([^.]+)\./;
/** How a child ended: `xstate.done.actor.<child>`, `xstate.error.actor.<child>`. */
const ANSWER = /^xstate\.(done|error)\.actor\.(.+)$/;
/** A tool call has reported its outcome before that, as `tool.settled`. */
const TOOL_CALL = /^tool\.\d+$/;

/** The first that is recorded of a call, or of its going on in another process. */
export type CallBeginning = Extract<FeedAnnouncement, { event: 'call.began' | 'call.resumed' }>;

export interface RecorderOptions extends RowMaskParts {
  /** Writes entries down, without what may not be kept. */
  readonly record: (rows: readonly FeedEntry[]) => void;
  /** Called with each entry after it was written. Must not throw. */
  readonly tell?: FeedListener | undefined;
}

/**
 * Makes a call's feed of what happens in its actor system: every fact the call was told with the state it led to,
 * every order it gave, every timer that fired. No audio, no deltas: those are
 * no facts. Beside the inspectors nobody else looks at frames.
 *
 * A fact's entry waits until the chart has taken it: for the state that it leads
 * to, which is reached before the first order leaves, and behind what the chart
 * still does for the fact before. So rows stand in the order in which the chart
 * took them: a fact that a leg tells while it is given an order comes after the
 * orders that were given with that one.
 */
export class CallRecorder {
  readonly #options: RecorderOptions;
  readonly #mask: RowMask;
  #state = '';
  /** Where the chart stands: its regions are told apart when a fact is written, not at each of its steps. */
  #value: StepFrame['value'] = '';
  /** As the rows tell them that are out. */
  #toldRegions: Regions = {};
  /** Facts that were told and not taken yet, in order. */
  readonly #told: ToldFact[] = [];
  #lastAt = 0;
  /** The fact that is being taken. */
  #taken: { readonly pending: Pending; readonly steps: string[] } | undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#mask = new RowMask(options);
  }

  /** The state that the last fact led to. */
  get state(): string {
    return this.#state;
  }

  /** Whose frames it takes: the call's own, and events to its children. */
  static readonly isWanted = (kind: Frame['kind'], actor: string, from = CALL): boolean =>
    actor === CALL || (kind === 'event' && from === CALL && PEERS.test(actor));

  /** Takes the frames of one call, in order. */
  readonly take = (frame: Frame): void => {
    this.#lastAt = frame.at;
    switch (frame.kind) {
      case 'event':
        this.#flush();
        if (frame.to === CALL) this.#hear(frame);
        else if (isOrder(frame)) {
          this.#write(frame.at, { from: CALL, to: frame.to }, chartEvent(frame.type, frame.body));
        }
        return;
      case 'step':
        if (frame.actor === CALL) this.#step(frame);
        return;
      case 'end':
        if (frame.actor === CALL) this.#flushAll();
        return;
      case 'actor':
        return;
    }
  };

  /** The call begins, or goes on: what its chart is told of it, and where the chart begins. */
  begin(at: number, told: CallBeginning, value: StepFrame['value']): void {
    this.#value = value;
    this.#state = floorOf(value);
    const regions = regionsOf(value);
    this.#toldRegions = regions;
    this.#write(at, ANNOUNCED, told, regions);
  }

  /** Something the call announced. */
  announce(at: number, { type, ...body }: CallAnnouncement): void {
    this.#flush();
    this.#write(at, ANNOUNCED, chartEvent(type, body));
  }

  /** The call is over: whatever of it is not written yet, is. */
  close(at: number): void {
    this.#flushAll();
    for (const line of this.#mask.release()) this.#reword(line, at);
  }

  #hear({ at, from, type, body }: EventFrame): void {
    const event = nameOf(type);
    if (event === undefined) return;
    const told = chartEvent(event, body);
    const envelope = { at, from: from ?? DESK, to: CALL, state: this.#state, taken: null, regions: {} };
    this.#told.push({ type, pending: { envelope, told, kept: this.#mask.keptOf(told, at) } });
    // The next frame brings the entry out; so does the end of the tick, for a fact that nothing follows.
    queueMicrotask(() => {
      this.#flushAll();
    });
  }

  #step({ event, taken, follows, value }: StepFrame): void {
    // What the chart does by itself belongs to the fact that led to it.
    if (follows !== true) this.#flush();
    this.#value = value;
    this.#state = floorOf(value);
    if (follows !== true) {
      const [next] = this.#told;
      if (next?.type !== event) return;
      this.#told.shift();
      this.#taken = { pending: next.pending, steps: [] };
    }
    this.#taken?.steps.push(...taken);
  }

  #flush(): void {
    if (this.#taken === undefined) return;
    const { pending, steps } = this.#taken;
    this.#taken = undefined;
    const now = regionsOf(this.#value);
    const regions = changedRegions(this.#toldRegions, now);
    this.#toldRegions = now;
    this.#tell({
      ...pending,
      envelope: { ...pending.envelope, state: this.#state, taken: steps, regions },
    });
  }

  /** The end of the tick, or of the call: what was told and not taken will not be. */
  #flushAll(): void {
    this.#flush();
    const told = this.#told.splice(0);
    for (const { pending } of told) {
      this.#tell({ ...pending, envelope: { ...pending.envelope, state: this.#state } });
    }
    for (const line of this.#mask.takeReworded()) this.#reword(line, this.#lastAt);
  }

  #write(at: number, ends: Pick<Envelope, 'from' | 'to'>, told: FeedEvent, regions: Regions = {}): void {
    const envelope = { at, state: this.#state, taken: null, regions, ...ends };
    this.#tell({ envelope, told, kept: this.#mask.keptOf(told, at) });
  }

  #tell({ envelope, told, kept }: Pending): void {
    const entry = { ...envelope, ...kept };
    this.#options.record([entry]);
    this.#options.tell?.(kept === told ? entry : { ...envelope, ...told });
  }

  /** Words of a line that stand instead of those that were written before. */
  #reword({ role, itemId, text, unheard }: SpokenLine, at: number): void {
    const told: FeedEvent = {
      event: `${role}.reworded`,
      body: { itemId, text, ...(unheard !== undefined && { unheard }) },
    };
    this.#write(at, ANNOUNCED, told);
  }
}

/** An entry that is not out yet: as it was told, and as it may be kept. */
interface Pending {
  readonly envelope: Envelope;
  readonly told: FeedEvent;
  readonly kept: FeedEvent;
}

interface ToldFact {
  /** As XState has it. */
  readonly type: string;
  readonly pending: Pending;
}

/** Told to a child by the call; where the chart is dead, by its host in its stead. */
const isOrder = ({ from = CALL, to, type }: EventFrame) =>
  from === CALL && PEERS.test(to) && !type.startsWith('xstate.');

/** What the log calls an event; undefined for XState's own business. */
function nameOf(type: string): string | undefined {
  if (!type.startsWith('xstate.')) return type;
  const [, timer] = TIMER.exec(type) ?? [];
  if (timer !== undefined) return `after.${timer}`;
  const [, how, child = ''] = ANSWER.exec(type) ?? [];
  if (how === 'error') return `crashed.${child}`;
  return how === undefined || TOOL_CALL.test(child) ? undefined : `done.${child}`;
}
