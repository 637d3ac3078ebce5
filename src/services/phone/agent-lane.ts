import type { AgentAudioSink } from '../../media/audio-line.ts';
import { type AudioPiece, piecesOf, restOf } from '../../media/audio-piece.ts';
import { decodedLength } from '../../media/base64-text.ts';
import { FrameAligner } from '../../media/frame-aligner.ts';
import type { AudioTag, HeardItem, Playing } from '../../media/heard.ts';
import { MU_LAW_BYTES_PER_MS } from '../../media/mu-law.ts';
import type { PhoneTape } from '../../media/phone-tape.ts';
import { PlaybackLedger } from '../../media/playback-ledger.ts';
import type { CarrierStream } from './carrier.port.ts';

/** Bytes that the network has not taken: some twelve seconds of audio. A carrier that is so far behind is not listening. */
const MAX_BUFFERED_BYTES = 1 << 20;
/** What may wait for a stream, or for the network: after half a minute nobody wants to hear it. */
const MAX_WAITING_BYTES = 30_000 * MU_LAW_BYTES_PER_MS;
/** A pause keeps the rest of a response, which is far shorter than that. */
const MAX_PAUSED_BYTES = 600_000 * MU_LAW_BYTES_PER_MS;

interface Queued {
  readonly tag: AudioTag;
  readonly piece: AudioPiece;
}

/** On its way to the ear. */
interface InFlight extends Queued {
  /** Where it ends, by the ledger. */
  readonly endsAt: number;
}

export interface AgentLaneOptions {
  /** The carrier's media clock; stands at 0 without a stream. */
  readonly mediaMs: () => number;
  /** The engine's clock: measures the way to the carrier and back. */
  readonly nowMs: () => number;
  /** Where the call is recorded; absent for calls that are not. */
  readonly tape?: PhoneTape | undefined;
  /** What was sent may be taken back by a pause, and has to be kept for it. */
  readonly mayPause: boolean;
}

export interface AgentLaneListener {
  /** The agent became audible. @param roundTripMs - to the carrier and back; 0 until it was measured. */
  started(roundTripMs: number): void;
  finished(heard: HeardItem[]): void;
}

/**
 * Everything that goes out to the caller's ear: the agent's audio, and clips.
 *
 * A delta becomes one message of whole frames and leaves in the tick it came.
 * Audio waits, in order, while there is no stream, while playback is paused and
 * while the network does not take more. Where there may be a pause, what was sent
 * is kept until it was heard, so that it can be taken back; the message is kept
 * as it was sent, not copied.
 */
export class AgentLane implements AgentAudioSink {
  readonly #listener: AgentLaneListener;
  readonly #mediaMs: () => number;
  readonly #nowMs: () => number;
  readonly #tape: PhoneTape | undefined;
  readonly #mayPause: boolean;
  readonly #aligner = new FrameAligner();
  readonly #ledger = new PlaybackLedger();
  #stream: CarrierStream | undefined;
  /** The item whose last bytes are in the aligner. */
  #carriedTag: AudioTag | undefined;
  #waiting: Queued[] = [];
  #waitingBytes = 0;
  #inFlight: InFlight[] = [];
  #isPaused = false;
  #isMuted = false;
  #clips = 0;

  constructor(listener: AgentLaneListener, { mediaMs, nowMs, tape, mayPause }: AgentLaneOptions) {
    this.#listener = listener;
    this.#mediaMs = mediaMs;
    this.#nowMs = nowMs;
    this.#tape = tape;
    this.#mayPause = mayPause;
  }

  /** Sends what has waited, and everything that comes, to this stream. */
  attach(stream: CarrierStream): void {
    this.#stream = stream;
    this.drain();
  }

  /** The stream is gone, and what it had not played with it: says what was heard. */
  detach(): HeardItem[] {
    this.#stream = undefined;
    this.#letGo();
    const heard = this.#ledger.stop(this.#mediaMs());
    this.#tape?.agentCut(this.#ledger.sentAt);
    return heard;
  }

  /** True while the network takes nothing more. */
  get isStuck(): boolean {
    return this.#stream !== undefined && this.#stream.bufferedBytes >= MAX_BUFFERED_BYTES;
  }

  /** True while something was booked and not reported. */
  get isOpen(): boolean {
    return this.#ledger.isOpen;
  }

  agentAudio(tag: AudioTag, text: Buffer, start: number, end: number): void {
    if (this.#carriedTag !== undefined && !isSame(this.#carriedTag, tag)) this.#finishItem(this.#carriedTag);
    const isWanted = this.#ledger.receive(tag, decodedLength(text, start, end));
    if (!isWanted) return;
    if (this.#isMuted) {
      this.#ledger.cut(tag);
      return;
    }
    this.#carriedTag = tag;
    const piece = this.#aligner.push(text, start, end);
    if (piece !== undefined) this.#queue(tag, piece);
  }

  playing(): readonly Playing[] {
    return this.#ledger.playing(this.#mediaMs());
  }

  agentItemEnded(tag: AudioTag): void {
    this.#ledger.endItem(tag);
    this.#finishItem(tag);
  }

  agentResponseEnded(responseId: string): void {
    const last = this.#ledger.endResponse(responseId);
    if (this.#carriedTag?.responseId === responseId) this.#finishItem(this.#carriedTag);
    if (last !== undefined) this.#markAfter(last);
    this.#tellFinished();
  }

  /**
   * Plays mu-law bytes under a name of their own. Without bytes, or while muted, the clip is over at once.
   * @param itemId - as an item of the agent: what was heard of it is told.
   */
  play(muLaw: Buffer, itemId?: string): void {
    const id = `clip:${String(++this.#clips)}`;
    const tag: AudioTag = { responseId: id, itemId: itemId ?? id, contentIndex: 0 };
    this.#ledger.receive(tag, muLaw.length, itemId === undefined);
    if (this.#isMuted) this.#ledger.cut(tag);
    if (this.#carriedTag !== undefined) this.#finishItem(this.#carriedTag);
    this.#ledger.endResponse(id);
    for (const piece of this.#isMuted ? [] : piecesOf(muLaw)) this.#queue(tag, piece);
    this.#tellFinished();
  }

  /** A mark came back. */
  settle(mark: string): void {
    this.#ledger.settle(mark, this.#mediaMs(), this.#nowMs());
    this.#tape?.agentHeard(this.#ledger.provedAt);
    while (this.#inFlight[0] !== undefined && this.#inFlight[0].endsAt <= this.#ledger.provedAt)
      this.#inFlight.shift();
    this.#tellFinished();
  }

  /** Silence, in this tick: what the carrier has is dropped, what waits too. Says what was heard. */
  clear(): HeardItem[] {
    // Booked first: the marks that the carrier sends back for a clear prove nothing by then.
    this.#letGo();
    const heard = this.#ledger.clear(this.#mediaMs());
    this.#stream?.sendClear();
    this.#tape?.agentCut(this.#ledger.sentAt);
    return heard;
  }

  /** Silence, in this tick; what was not heard is kept. Where there was to be no pause it is gone, as if muted. */
  pause(): void {
    this.#isPaused = true;
    if (!this.#mayPause) {
      this.#breakOff();
      return;
    }
    let unheard = this.#ledger.rewind(this.#mediaMs());
    this.#stream?.sendClear();
    this.#tape?.agentCut(this.#ledger.sentAt);
    const takenBack: Queued[] = [];
    while (unheard > 0) {
      const last = this.#inFlight.pop();
      if (last === undefined) break;
      const bytes = last.piece.bytes + last.piece.padding;
      const rest = restOf(last.piece, Math.max(0, bytes - unheard));
      if (rest !== undefined) takenBack.unshift({ tag: last.tag, piece: rest });
      unheard -= bytes;
    }
    this.#inFlight = [];
    this.#waiting = [...takenBack, ...this.#waiting];
    this.#waitingBytes = this.#waiting.reduce((sum, { piece }) => sum + piece.bytes, 0);
  }

  /** Plays on from where it was paused. When nothing is left to be played, that is told. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#ledger.isOpen) this.drain();
    else this.#listener.finished([]);
  }

  /** While muted the agent is not heard: what was playing breaks off, and an item that began is not taken up again. */
  mute(isMuted: boolean): void {
    this.#isMuted = isMuted;
    if (!isMuted) return;
    this.#breakOff();
    this.#tellFinished();
  }

  /** Sends what waits as far as it may leave; tells an end whose mark was lost. */
  drain(): void {
    // Whoever is told that playback started may clear it at once: what waits is looked at anew each time.
    while (this.#canSend) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#waitingBytes -= next.piece.bytes;
      this.#send(next.tag, next.piece);
    }
    this.#tellFinished();
  }

  get #canSend(): boolean {
    const stream = this.#stream;
    return stream !== undefined && !this.#isPaused && stream.bufferedBytes < MAX_BUFFERED_BYTES;
  }

  #queue(tag: AudioTag, piece: AudioPiece): void {
    if (!this.#ledger.isPlayable(tag)) return;
    if (this.#waiting.length === 0 && this.#canSend) {
      this.#send(tag, piece);
      return;
    }
    const limit = this.#isPaused ? MAX_PAUSED_BYTES : MAX_WAITING_BYTES;
    if (this.#waitingBytes + piece.bytes > limit) {
      this.#ledger.cut(tag);
      return;
    }
    this.#waiting.push({ tag, piece });
    this.#waitingBytes += piece.bytes;
  }

  #send(tag: AudioTag, piece: AudioPiece): void {
    const hasStarted = this.#ledger.send(tag, piece.bytes, piece.padding, this.#mediaMs(), this.#nowMs());
    this.#stream?.sendAudio(piece);
    this.#tape?.agentSent(piece, this.#ledger.sentAt);
    if (this.#mayPause) this.#inFlight.push({ tag, piece, endsAt: this.#ledger.sentAt });
    this.#markAfter(tag);
    if (hasStarted) this.#listener.started(Math.round(this.#ledger.roundTripMs));
  }

  #markAfter(tag: AudioTag): void {
    const mark = this.#ledger.nextMark(tag);
    if (mark !== undefined) this.#stream?.sendMark(mark);
  }

  /** Sends the bytes that did not fill a frame, and the mark at the item's end. */
  #finishItem(tag: AudioTag): void {
    if (this.#carriedTag !== undefined && isSame(this.#carriedTag, tag)) {
      this.#carriedTag = undefined;
      const rest = this.#aligner.flush();
      if (rest !== undefined) this.#queue(tag, rest);
    }
    this.#markAfter(tag);
  }

  #tellFinished(): void {
    if (this.#isPaused || this.#waiting.length > 0) return;
    const heard = this.#ledger.takeFinished(this.#mediaMs());
    if (heard === undefined) return;
    this.#inFlight = [];
    this.#listener.finished(heard);
  }

  /** What was not heard by now is not going to be. */
  #breakOff(): void {
    this.#dropAudio();
    this.#ledger.cutAll(this.#mediaMs());
    this.#stream?.sendClear();
    this.#tape?.agentCut(this.#ledger.sentAt);
  }

  #letGo(): void {
    this.#isPaused = false;
    this.#dropAudio();
  }

  #dropAudio(): void {
    this.#aligner.drop();
    this.#carriedTag = undefined;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#inFlight = [];
  }
}

const isSame = (one: AudioTag, other: AudioTag) =>
  one.itemId === other.itemId &&
  one.responseId === other.responseId &&
  one.contentIndex === other.contentIndex;
