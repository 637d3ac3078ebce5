import type { AudioTag, HeardItem, Playing } from './heard.ts';
import { FRAME_BYTES, MU_LAW_BYTES_PER_MS } from './mu-law.ts';
import { RoundTrip } from './round-trip.ts';

/** Playback is no better for more marks, and each is a message out and one back. */
const MARK_EVERY_BYTES = 1000 * MU_LAW_BYTES_PER_MS;
/** A mark that is later than this on the media clock was lost; playback goes on without it. */
const OVERDUE_BYTES = 2000 * MU_LAW_BYTES_PER_MS;
/** A mark may be on its way for so long, while nobody knows how long the way is. */
const ANY_TRIP_BYTES = 400 * MU_LAW_BYTES_PER_MS;
/** Late audio comes within seconds of a clear; there are not many responses in that time. */
const MAX_CLOSED = 64;

/** What came in, went out and was heard of one item's part, or of one clip. */
interface AudioAccount extends AudioTag {
  /** A clip is played like an item, and nobody asks how much of it was heard. */
  readonly isClip: boolean;
  received: number;
  sent: number;
  /** Handed to the carrier at any time: more than `sent` after a rewind. */
  handed: number;
  /** Heard for certain: marks proved it, or a rewind settled it. */
  heard: number;
  wasSent: boolean;
  isMarked: boolean;
  hasEnded: boolean;
  /** The rest of it is not to be played. */
  isCut: boolean;
}

/** A stretch of the carrier's buffer that holds audio of one account, by position. Silence that fills frames lies between. */
interface Run {
  readonly account: AudioAccount;
  from: number;
  to: number;
}

interface Mark {
  readonly name: string;
  readonly at: number;
  /** When it would come back if there were no network: told for a piece that was sent into silence. */
  readonly dueMs: number | undefined;
}

/**
 * Keeps what was sent to the carrier against what the caller has heard.
 *
 * The carrier buffers: audio is heard seconds after it is sent. A mark behind a
 * piece returns when that piece was heard. Everything sent has a position, in
 * bytes since the stream began; marks prove positions, and between two marks the
 * position moves with the carrier's media clock (protocol: Media Streams,
 * `media.timestamp`), never past a mark that has not returned nor past what was sent.
 *
 * What returns was true a moment ago, and a clear takes effect a moment later:
 * between the two the carrier plays on, for as long as a round trip takes. That
 * is measured, and added. So a position is the one at which the clear arrives,
 * at most one frame, 20 ms, from the truth, and what the round trip varies.
 * Pure bookkeeping in bytes of mu-law: no socket, no clock, no audio.
 */
export class PlaybackLedger {
  #generation = 1;
  #lastMark = 0;
  readonly #accounts: AudioAccount[] = [];
  readonly #ended = new Set<string>();
  readonly #closed = new Set<string>();
  #runs: Run[] = [];
  #marks: Mark[] = [];
  /** Where the carrier's buffer was last emptied: whole frames are counted from here. */
  #baseAt = 0;
  #sentAt = 0;
  #markedAt = 0;
  #provedAt = 0;
  /** Playback was at this position when the media clock said `#anchorMs`. */
  #anchorAt = 0;
  #anchorMs = 0;
  /** A mark said so, which took half a round trip. Otherwise it was said by what was sent, and takes effect after one. */
  #isAnchorProved = false;
  readonly #roundTrip = new RoundTrip();
  /** The last piece that was sent into silence: it is heard at once, and its mark tells the round trip. */
  #probe = { at: -1, dueMs: 0 };

  /** Position of the end of what was sent. */
  get sentAt(): number {
    return this.#sentAt;
  }

  /** Position up to which everything was heard for certain. */
  get provedAt(): number {
    return this.#provedAt;
  }

  /** How long a message takes to the carrier and back, in ms; 0 until it was measured. */
  get roundTripMs(): number {
    return this.#roundTrip.ms;
  }

  /** True while there is anything that was not reported. */
  get isOpen(): boolean {
    return this.#accounts.length > 0;
  }

  /** Books audio that came from the model, or a clip. False: it is of no use, because its response was cut or reported. */
  receive(tag: AudioTag, bytes: number, isClip = false): boolean {
    if (this.#closed.has(tag.responseId)) return false;
    const account = this.#find(tag) ?? this.#add(tag, isClip);
    account.received += bytes;
    return !account.isCut;
  }

  /** True when audio of this item may still be sent. */
  isPlayable(tag: AudioTag): boolean {
    return this.#find(tag)?.isCut === false;
  }

  /**
   * Books audio that leaves for the carrier. True when the agent becomes audible
   * by it: the first audio of its response, and the carrier has nothing to play when it comes.
   * @param nowMs - of any steady clock, the same for `settle`. It measures the network, never playback.
   */
  send(tag: AudioTag, bytes: number, padding: number, mediaMs: number, nowMs = mediaMs): boolean {
    const account = this.#find(tag);
    if (account === undefined) return false;
    const isSilent = this.#heardAt(mediaMs) >= this.#sentAt;
    if (isSilent) {
      this.#anchorAt = this.#sentAt;
      this.#anchorMs = mediaMs;
      this.#isAnchorProved = false;
      const length = bytes + padding;
      this.#probe = { at: this.#sentAt + length, dueMs: nowMs + length / MU_LAW_BYTES_PER_MS };
    }
    const isFirst = !this.#accounts.some((one) => one.responseId === tag.responseId && one.wasSent);
    const last = this.#runs.at(-1);
    if (last?.account === account && last.to === this.#sentAt) last.to += bytes;
    else this.#runs.push({ account, from: this.#sentAt, to: this.#sentAt + bytes });
    account.sent += bytes;
    account.handed = Math.max(account.handed, account.sent);
    account.wasSent = true;
    this.#sentAt += bytes + padding;
    return isSilent && isFirst;
  }

  /**
   * The name of the mark that is to follow now: after an item's first piece, then once a second, then at its end;
   * and where it tells a round trip that is not known yet.
   */
  nextMark(tag: AudioTag): string | undefined {
    const account = this.#find(tag);
    if (account === undefined || this.#sentAt === this.#markedAt) return undefined;
    const isAtEnd = account.hasEnded && (account.isCut || account.sent === account.received);
    const isProbe = this.#probe.at === this.#sentAt && !this.#roundTrip.isKnown;
    const isEarly = this.#sentAt - this.#markedAt < MARK_EVERY_BYTES;
    if (account.isMarked && !isAtEnd && !isProbe && isEarly) return undefined;
    account.isMarked = true;
    this.#markedAt = this.#sentAt;
    const name = `g${String(this.#generation)}:${String(++this.#lastMark)}`;
    const { at, dueMs } = this.#probe;
    this.#marks.push({ name, at: this.#sentAt, dueMs: at === this.#sentAt ? dueMs : undefined });
    return name;
  }

  /** Settles a mark that came back. Marks of an older generation were returned by a clear and prove nothing. */
  settle(name: string, mediaMs: number, nowMs = mediaMs): void {
    const index = this.#marks.findIndex((mark) => mark.name === name);
    const mark = this.#marks[index];
    if (mark === undefined) return;
    this.#marks.splice(0, index + 1);
    if (mark.dueMs !== undefined) this.#roundTrip.add(nowMs - mark.dueMs);
    this.#prove(mark.at);
    // The buffer has run dry behind it, and more was sent since: that is where the clock started anew.
    if (!this.#isAnchorProved && mark.at <= this.#anchorAt) return;
    this.#anchorAt = mark.at;
    this.#anchorMs = mediaMs;
    this.#isAnchorProved = true;
  }

  /** The item will get no more audio. */
  endItem(tag: AudioTag): void {
    const account = this.#find(tag);
    if (account !== undefined) account.hasEnded = true;
  }

  /** The response, or clip, will get no more audio. The tag of its last item, if it has any that is unreported. */
  endResponse(responseId: string): AudioTag | undefined {
    const items = this.#accounts.filter((account) => account.responseId === responseId);
    for (const account of items) account.hasEnded = true;
    if (items.length > 0) this.#ended.add(responseId);
    return items.at(-1);
  }

  /** The rest of the item is not to be played: `heard` will say where it broke off. */
  cut(tag: AudioTag): void {
    const account = this.#find(tag);
    if (account !== undefined) account.isCut = true;
  }

  /**
   * When all that was sent is heard, and the response or clip that was last to
   * begin has ended: the items of every one that has ended, which are then forgotten.
   * A buffer that runs dry in the middle of a response is not its end.
   */
  takeFinished(mediaMs: number): HeardItem[] | undefined {
    const last = this.#accounts.at(-1);
    if (last === undefined || !this.#ended.has(last.responseId)) return undefined;
    const done = this.#accounts.filter((account) => this.#ended.has(account.responseId));
    if (done.some((account) => !account.isCut && account.sent < account.received)) return undefined;
    if (this.#provedAt < this.#sentAt) {
      if (this.#clockAt(mediaMs) - this.#sentAt < OVERDUE_BYTES) return undefined;
      this.#prove(this.#sentAt);
      this.#marks = [];
    }
    return this.#report(done);
  }

  /** Forgets everything, and says how much of it was heard. Audio of these responses that is still to come is refused. */
  clear(mediaMs: number): HeardItem[] {
    this.#settleAt(this.#heardAt(mediaMs));
    return this.#report(this.#accounts.slice());
  }

  /** The same when the carrier itself has stopped: nothing was played since. */
  stop(mediaMs: number): HeardItem[] {
    this.#settleAt(this.#heardAt(mediaMs, 0));
    return this.#report(this.#accounts.slice());
  }

  /** What is not reported yet, and how much of it the caller has heard by now. Changes nothing. */
  playing(mediaMs: number): Playing[] {
    const at = this.#heardAt(mediaMs, 0);
    return this.#accounts.map((account) => {
      const heard = this.#runs
        .filter((run) => run.account === account)
        .reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, at) - from), account.heard);
      return { itemId: account.itemId, receivedMs: ms(account.received), heardMs: ms(heard) };
    });
  }

  /**
   * Takes back what was not heard, as if it had not been sent, to be sent again later.
   * @returns the number of bytes taken back, padding included: whole frames.
   */
  rewind(mediaMs: number): number {
    const unheardFrom = this.#heardAt(mediaMs);
    const sentAt = this.#sentAt;
    this.#settleAt(unheardFrom - ((unheardFrom - this.#baseAt) % FRAME_BYTES));
    return sentAt - this.#sentAt;
  }

  /** Takes back what was not heard, and gives it up: nothing known by now is played any further. */
  cutAll(mediaMs: number): void {
    this.#settleAt(this.#heardAt(mediaMs));
    for (const account of this.#accounts) account.isCut = true;
  }

  /** The carrier's buffer was emptied when playback stood at `at`. */
  #settleAt(at: number): void {
    this.#prove(at);
    for (const { account, from, to } of this.#runs) {
      account.sent -= to - from;
      account.isMarked = false;
    }
    this.#runs = [];
    this.#marks = [];
    this.#generation++;
    this.#baseAt = at;
    this.#sentAt = at;
    this.#markedAt = at;
    this.#anchorAt = at;
    this.#isAnchorProved = false;
    this.#probe = { at: -1, dueMs: 0 };
  }

  /** Where the media clock says playback is: not bounded by what was sent. */
  #clockAt(mediaMs: number): number {
    return this.#anchorAt + Math.max(0, mediaMs - this.#anchorMs) * MU_LAW_BYTES_PER_MS;
  }

  /** Where playback is when a message that leaves now arrives. A mark that is still to come bounds it. */
  #heardAt(mediaMs: number, roundTripMs = this.#roundTrip.ms): number {
    const ahead = roundTripMs * MU_LAW_BYTES_PER_MS;
    const clockAt = this.#clockAt(mediaMs) + (this.#isAnchorProved ? ahead : 0);
    const awaited = this.#marks[0];
    const isLate = awaited !== undefined && clockAt - awaited.at < OVERDUE_BYTES;
    const onItsWay = this.#roundTrip.isKnown ? ahead : ANY_TRIP_BYTES;
    const limit = isLate ? Math.min(awaited.at + onItsWay, this.#sentAt) : this.#sentAt;
    return Math.max(this.#provedAt, Math.min(clockAt, limit));
  }

  #prove(at: number): void {
    this.#provedAt = Math.max(this.#provedAt, at);
    for (const run of this.#runs) {
      const heard = Math.max(0, Math.min(run.to, at) - run.from);
      run.account.heard += heard;
      run.from += heard;
    }
    this.#runs = this.#runs.filter(({ from, to }) => from < to);
  }

  #report(accounts: readonly AudioAccount[]): HeardItem[] {
    for (const account of accounts) {
      this.#accounts.splice(this.#accounts.indexOf(account), 1);
      this.#ended.delete(account.responseId);
      this.#closed.add(account.responseId);
    }
    for (const id of this.#closed) {
      if (this.#closed.size <= MAX_CLOSED) break;
      this.#closed.delete(id);
    }
    return accounts.filter(({ isClip }) => !isClip).map(heardItem);
  }

  #find({ responseId, itemId, contentIndex }: AudioTag): AudioAccount | undefined {
    return this.#accounts.findLast(
      (account) =>
        account.itemId === itemId &&
        account.responseId === responseId &&
        account.contentIndex === contentIndex,
    );
  }

  #add({ responseId, itemId, contentIndex }: AudioTag, isClip: boolean): AudioAccount {
    // An item ends at the latest where the next one of its response begins.
    const before = this.#accounts.at(-1);
    if (before?.responseId === responseId) before.hasEnded = true;
    const account: AudioAccount = {
      responseId,
      itemId,
      contentIndex,
      isClip,
      received: 0,
      sent: 0,
      handed: 0,
      heard: 0,
      wasSent: false,
      isMarked: false,
      hasEnded: this.#ended.has(responseId),
      isCut: false,
    };
    this.#accounts.push(account);
    return account;
  }
}

const ms = (bytes: number) => Math.floor(bytes / MU_LAW_BYTES_PER_MS);

function heardItem(account: AudioAccount): HeardItem {
  const { responseId, itemId, contentIndex, received, handed, heard, hasEnded } = account;
  return {
    responseId,
    itemId,
    contentIndex,
    receivedMs: ms(received),
    sentMs: ms(handed),
    heardMs: ms(heard),
    complete: hasEnded && heard === received,
  };
}
