import type { EventFrame, Frame, StepFrame } from '../inspector/frame.ts';
import { floorOf } from '../protocol/state-path.ts';
import type { SpokenLine } from './cards/card-watch.ts';
import { RowMask, type RowMaskParts } from './cards/row-mask.ts';
import type { EventRow } from './storage/journal.port.ts';

/** Who speaks when nobody of the call does: webhooks, the API, an operator. */
const DESK = 'desk';
const CALL = 'call';
/** Actors of a call that rows are written about; what runs inside a tool call is the tool's affair. */
const PEERS = /^(?:phone|model|tool\.\d+)$/;
/** XState's name for a timer that fired: `xstate.after.<delay>.<state id>`. */
const TIMER = /^xstate\.after\.([^.]+)\./;
/** What a child came to: `xstate.done.actor.<child>`, `xstate.error.actor.<child>`. */
const ANSWER = /^xstate\.(done|error)\.actor\.(.+)$/;
/** A tool call has told what it came to by then, as `tool.settled`. */
const TOOL_CALL = /^tool\.\d+$/;

export interface RecorderOptions extends RowMaskParts {
  readonly record: (rows: readonly EventRow[]) => void;
}

/**
 * Writes a call's log: every fact the call was told with the state it led to,
 * every order it gave, every timer that fired. No audio, no deltas: those are
 * no facts.
 *
 * A fact's row waits until the chart has taken it: for the state that it leads
 * to, which is reached before the first order leaves, and behind what the chart
 * still does for the fact before. So rows stand in the order in which the chart
 * took them: a fact that a leg tells while it is given an order comes after the
 * orders that were given with that one.
 */
export class CallRecorder {
  readonly #options: RecorderOptions;
  readonly #mask: RowMask;
  #state = '';
  /** Facts that were told and not taken yet, in order. */
  readonly #told: ToldFact[] = [];
  #lastAt = 0;
  /** The fact that is being taken. */
  #taken: EventRow | undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#mask = new RowMask(options);
  }

  /** The state that the last fact led to. */
  get state(): string {
    return this.#state;
  }

  /** Takes the frames of one call, in order. */
  readonly take = (frame: Frame): void => {
    this.#lastAt = frame.at;
    switch (frame.kind) {
      case 'event':
        this.#flush();
        if (frame.to === CALL) this.#hear(frame);
        else if (PEERS.test(frame.to) && !frame.type.startsWith('xstate.')) {
          this.#write(frame.at, frame.to, frame.type, frame.body);
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

  /** Something the call announced. */
  announce(
    at: number,
    { type, ...body }: { readonly type: string } & Readonly<Record<string, unknown>>,
  ): void {
    this.#flush();
    this.#write(at, CALL, type, body);
  }

  /** The call is over: whatever of it is not written yet, is. */
  close(at: number): void {
    this.#flushAll();
    for (const line of this.#mask.release()) this.#reword(line, at);
  }

  #hear({ at, from, type, body }: EventFrame): void {
    const event = nameOf(type);
    if (event === undefined) return;
    this.#told.push({
      type,
      row: { at, actor: from ?? DESK, event, state: this.#state, body: this.#mask.bodyOf(type, body, at) },
    });
    // The next frame brings the row out; so does the end of the tick, for a fact that nothing follows.
    queueMicrotask(() => {
      this.#flushAll();
    });
  }

  #step({ event, taken, follows, value }: StepFrame): void {
    this.#state = floorOf(value);
    // What the chart does by itself belongs to the fact that led to it.
    if (follows !== true) {
      this.#flush();
      const [next] = this.#told;
      if (next?.type !== event) return;
      this.#told.shift();
      this.#taken = next.row;
    }
    if (this.#taken === undefined) return;
    const { body } = this.#taken;
    this.#taken = { ...this.#taken, state: this.#state, body: withSteps(body, taken) };
  }

  #flush(): void {
    const row = this.#taken;
    if (row === undefined) return;
    this.#taken = undefined;
    this.#options.record([row]);
  }

  /** The end of the tick, or of the call: what was told and not taken will not be. */
  #flushAll(): void {
    this.#flush();
    const told = this.#told.splice(0);
    for (const { row } of told) this.#options.record([{ ...row, state: this.#state }]);
    for (const line of this.#mask.takeReworded()) this.#reword(line, this.#lastAt);
  }

  #write(at: number, actor: string, event: string, body: Readonly<Record<string, unknown>>): void {
    this.#options.record([
      { at, actor, event, state: this.#state, body: this.#mask.bodyOf(event, body, at) },
    ]);
  }

  /** Words of a line that stand instead of those that were written before. */
  #reword({ role, itemId, text, unheard }: SpokenLine, at: number): void {
    const body = { itemId, text, ...(unheard !== undefined && { unheard }) };
    this.#options.record([{ at, actor: CALL, event: `${role}.reworded`, state: this.#state, body }]);
  }
}

interface ToldFact {
  /** As XState has it. */
  readonly type: string;
  readonly row: EventRow;
}

/**
 * A fact's body with what the chart made of it: `taken`, the keys of the transitions, in order, or
 * `untaken` when the state does not take it. Logs of older engines have neither, or lack what
 * the chart did by itself.
 */
function withSteps(body: EventRow['body'], taken: readonly string[]): EventRow['body'] {
  const { untaken, ...rest } = body;
  const before = Array.isArray(rest['taken']) ? (rest['taken'] as string[]) : [];
  if (taken.length > 0) return { ...rest, taken: [...before, ...taken] };
  return before.length > 0 || untaken === true ? body : { ...body, untaken: true };
}

/** What the log calls an event; undefined for XState's own business. */
function nameOf(type: string): string | undefined {
  if (!type.startsWith('xstate.')) return type;
  const [, timer] = TIMER.exec(type) ?? [];
  if (timer !== undefined) return `after.${timer}`;
  const [, how, child = ''] = ANSWER.exec(type) ?? [];
  if (how === 'error') return `crashed.${child}`;
  return how === undefined || TOOL_CALL.test(child) ? undefined : `done.${child}`;
}
