/**
 * What a call lost and got back: its session with the model, its stream, the process that had it. The engine's metrics,
 * its API and the console all count by this fold of a call's rows.
 */

import type { Envelope, FeedEvent, UnreadEvent } from './call-feed.ts';
import type { CallLoss } from './console-calls.ts';
import { isWithin } from './state-path.ts';

/** What the fold reads of an entry: its number, when it was in ms since the Unix epoch, and what it tells. */
type Happening = { readonly seq: number } & Pick<Envelope, 'at' | 'state' | 'regions'> &
  (FeedEvent | UnreadEvent);

type Building = { -readonly [Field in keyof CallLoss]: CallLoss[Field] };
type What = 'session' | 'stream' | 'process' | 'handOver';

/** The final state of a call that its process has given to another one. */
const HANDED_OVER = 'handedOver';
/** States of region `line` in which there is a stream no more, though the call did without it for nothing. */
const BROKEN: ReadonlySet<string | undefined> = new Set(['lost', 'left']);

/** Losses are in the order in which they are known. */
export class LossFold {
  readonly #losses: Building[] = [];
  /** Those that nothing has come for. */
  readonly #open = new Map<What, Building>();
  /** What fails before the first session is no loss of one. */
  #hasSession = false;
  /** State of region `line`. */
  #line = 'awaited';
  #state = '';
  #hasBegun = false;
  #isFailing = false;

  get losses(): readonly CallLoss[] {
    return this.#losses;
  }

  /** @returns those that are over by this: what was lost is there again. */
  take(row: Happening): readonly CallLoss[] {
    const back = this.#take(row);
    if (row.state === HANDED_OVER && this.#state !== HANDED_OVER) this.#lose('handOver', row);
    this.#line = row.regions?.['line'] ?? this.#line;
    if (this.#line === 'away') this.#giveUp('stream');
    if (row.state !== '') this.#state = row.state;
    return back;
  }

  #take(row: Happening): readonly CallLoss[] {
    switch (row.event) {
      case 'call.began':
        this.#hasBegun = true;
        return [];
      case 'call.failing':
        this.#isFailing = true;
        return [];
      case 'call.resumed':
        return this.#resumed(row, row.body.gapMs);
      case 'call.ended':
        this.#ended(row);
        return [];
      case 'model.configured':
        this.#hasSession = true;
        return this.#back(['session'], row.at);
      case 'model.disconnected':
        if (this.#hasSession) this.#lose('session', row);
        return [];
      case 'model.lost':
      case 'model.refused':
        this.#giveUp('session');
        return [];
      case 'phone.lost':
        if (BROKEN.has(row.regions?.['line'])) this.#lose('stream', row);
        return [];
      case 'phone.attached':
        return this.#back(['stream', 'handOver'], row.at);
      default:
        return [];
    }
  }

  /** No process has the call, and its last row does not tell it: what it was given away for is known. */
  leave(last: Pick<Happening, 'seq' | 'at'>): void {
    if (this.#state !== HANDED_OVER) this.#lose('process', last);
  }

  /** Further attempts that fail belong to the same loss. */
  #lose(what: What, { seq, at }: Pick<Happening, 'seq' | 'at'>): void {
    if (this.#open.has(what)) return;
    const isPlanned = what === 'handOver';
    const of = isPlanned ? 'process' : what;
    const loss: Building = { seq, at, of, isPlanned, gapMs: null, isForGood: false };
    this.#open.set(what, loss);
    this.#losses.push(loss);
  }

  #back(what: readonly What[], at: number): readonly CallLoss[] {
    return what.flatMap((each) => {
      const loss = this.#open.get(each);
      this.#open.delete(each);
      if (loss === undefined) return [];
      loss.gapMs = Math.max(0, at - loss.at);
      return [loss];
    });
  }

  #giveUp(what: What): void {
    const loss = this.#open.get(what);
    this.#open.delete(what);
    if (loss !== undefined) loss.isForGood = true;
  }

  /** Its stream went with the process, where it had one; of a call that was given away both were left as planned. */
  #resumed({ seq, at }: Happening, gapMs: number): readonly CallLoss[] {
    // The next process opens a session of its own: what fails before that is no further loss.
    if (!this.#open.has('session')) this.#hasSession = false;
    if (this.#state === HANDED_OVER) return [];
    const lost = { seq, at: at - gapMs };
    this.#lose('process', lost);
    if (this.#line === 'attached') this.#lose('stream', lost);
    return this.#back(['process'], at);
  }

  /** A call that ends by its chart has been in `ending`. */
  #ended({ seq, at }: Happening): void {
    const isLeftOpen =
      this.#hasBegun && !this.#isFailing && !OVER.some((each) => isWithin(each, this.#state));
    if (isLeftOpen) this.#lose('process', { seq, at });
    for (const what of [...this.#open.keys()]) this.#giveUp(what);
  }
}

/** States in which a process had done what it could for a call. */
const OVER = ['ending', 'ended', HANDED_OVER];

/** @param isAwaited - no process has the call any more, which none of its rows tells. */
export function lossesOf(rows: readonly Happening[], isAwaited = false): readonly CallLoss[] {
  const fold = new LossFold();
  for (const row of rows) fold.take(row);
  const last = rows.at(-1);
  if (isAwaited && last !== undefined) fold.leave(last);
  return fold.losses;
}
