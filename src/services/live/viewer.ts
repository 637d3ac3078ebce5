import type { ShownBodies } from '../../protocol/console-calls.ts';
import type { LiveMessage, LiveSubscription } from '../../protocol/console-live.ts';

/** The part of a `ws` socket that a viewer uses. */
export interface ViewerSocket {
  readonly bufferedAmount: number;
  send(message: Buffer | string, options: typeof TEXT): void;
}

const TEXT = { binary: false, compress: false } as const;

/** Unsent bytes: past this the viewer is sent nothing until they are gone. */
const MAX_BUFFERED = 1024 * 1024;

/** One call that a viewer follows. */
interface Followed {
  /** The last row it was told. */
  seq: number;
  /** Words and numbers are for whoever named the call; those who follow all of them see what happens. */
  bodies: ShownBodies;
  /** The lines that were being spoken when it was last told, as JSON. */
  words: string;
}

/** No words are being spoken. */
const NO_WORDS = '[]';

/** What a viewer wants to be told next. */
export interface RowsWish extends Readonly<Pick<Followed, 'seq' | 'bodies'>> {
  readonly callSid: string;
}

/**
 * One page that watches: which calls, and how far it was told of each. A page
 * that is slow to read misses lists and is behind with rows; it never makes
 * anybody wait.
 */
export class Viewer {
  readonly #socket: ViewerSocket;
  readonly #followed = new Map<string, Followed>();
  /** Calls of which there may be more rows than it was told, the longest waiting first. */
  readonly #behind = new Set<string>();
  #followsAll = false;
  #since: Readonly<Record<string, number>> = {};
  /** Its list is not that of the others: it is told the whole of it next. */
  needsWholeList = true;

  constructor(socket: ViewerSocket) {
    this.#socket = socket;
  }

  /** What it wants to see from now on. Calls that it followed before and goes on with are told on, without a gap. */
  subscribe({ callSids, since }: LiveSubscription): void {
    this.needsWholeList = true;
    this.#followsAll = callSids === 'all';
    this.#since = since;
    if (callSids === 'all') {
      for (const [callSid, followed] of this.#followed) {
        followed.bodies = 'redacted';
        this.#behind.add(callSid); // What is being read has other bodies, and is not told.
      }
      return;
    }
    const wanted = new Set(callSids);
    for (const callSid of this.#followed.keys()) if (!wanted.has(callSid)) this.#unfollow(callSid);
    for (const callSid of wanted) this.#follow(callSid, 'full');
  }

  /** A call is live: whoever follows all of them follows it. */
  meet(callSid: string): void {
    if (this.#followsAll && !this.#followed.has(callSid)) this.#follow(callSid, 'redacted');
  }

  /** Something happened in a call. */
  touch(callSid: string): void {
    if (this.#followed.has(callSid)) this.#behind.add(callSid);
  }

  /** True while it reads as fast as it is sent to. */
  get isKeepingUp(): boolean {
    return this.#socket.bufferedAmount <= MAX_BUFFERED;
  }

  /** The call that has waited longest; undefined when it was told everything. */
  get wish(): RowsWish | undefined {
    const [callSid] = this.#behind;
    const followed = callSid === undefined ? undefined : this.#followed.get(callSid);
    return callSid === undefined || followed === undefined ? undefined : { callSid, ...followed };
  }

  /** The wish is being seen to: the call counts as told, until it is touched. */
  takeWish({ callSid }: RowsWish): void {
    this.#behind.delete(callSid);
  }

  /** Rows of a call beyond one. Nothing is sent when it has said meanwhile that it has others. */
  tellRows(callSid: string, { after, bodies, lastSeq, isAll, message }: RowsTold): void {
    const followed = this.#followed.get(callSid);
    if (followed?.seq !== after || followed.bodies !== bodies) return;
    followed.seq = lastSeq;
    if (!isAll) this.#behind.add(callSid);
    if (lastSeq > after) this.send(message);
  }

  /** Whether it is to be told what is being said in a call. */
  hearsWords(callSid: string): boolean {
    return this.isKeepingUp && this.#followed.get(callSid)?.bodies === 'full';
  }

  /** What is being said in a call now, as JSON: told when it is not what was told last. */
  tellWords(callSid: string, lines: string): void {
    const followed = this.#followed.get(callSid);
    if (followed === undefined || followed.words === lines || !this.hearsWords(callSid)) return;
    followed.words = lines;
    this.send(`{"type":"words","callSid":${JSON.stringify(callSid)},"lines":${lines}}`);
  }

  /** Too many rows are missing: the page reads them elsewhere, and subscribes anew. */
  resync(callSid: string): void {
    this.#unfollow(callSid);
    this.tell({ type: 'resync', callSid });
  }

  /** The call is over and wholly told. */
  leave(callSid: string): void {
    if (this.#followsAll) this.#unfollow(callSid);
  }

  tell(message: LiveMessage): void {
    this.send(JSON.stringify(message));
  }

  /** A message as it goes over the wire: written once for all viewers that are told the same. */
  send(message: Buffer | string): void {
    this.#socket.send(message, TEXT);
  }

  #follow(callSid: string, bodies: ShownBodies): void {
    // What the page says it has is what it has, also when messages to it were lost on the way.
    const said = Object.hasOwn(this.#since, callSid) ? this.#since[callSid] : undefined;
    const before = this.#followed.get(callSid);
    const seq = said ?? before?.seq ?? 0;
    // A page that subscribes anew may be another one, which knows of no words.
    this.#followed.set(callSid, { seq, bodies, words: NO_WORDS });
    this.#behind.add(callSid);
  }

  #unfollow(callSid: string): void {
    this.#followed.delete(callSid);
    this.#behind.delete(callSid);
  }
}

export interface RowsTold {
  readonly after: number;
  readonly bodies: ShownBodies;
  readonly lastSeq: number;
  /** There are no more. */
  readonly isAll: boolean;
  readonly message: Buffer;
}
