import type { ErrorNote } from '../../errors.ts';
import type { AudioPiece } from '../../media/audio-piece.ts';
import type { StreamPeer } from './stream-token.ts';

/** What a far end sends and nobody has a use for: a message by a name that is not known, or a frame without audio. */
export type IgnoredMessage = 'unknown' | 'empty';

/**
 * A stream of the carrier that has started: one socket, one call.
 *
 * Audio is mu-law, 8000 Hz, mono, as base64 text, both ways. What is sent after
 * the socket has closed is swallowed. What arrives before anybody listens waits
 * in order, the newest ten seconds of it.
 */
export interface CarrierStream {
  readonly callSid: string;
  readonly streamSid: string;
  /** Which stream of its call this is, from 1. The newest one holds. */
  readonly epoch: number;
  /** Who opened it. */
  readonly peer: StreamPeer;
  readonly isOpen: boolean;
  /** Bytes that the network has not taken yet. */
  readonly bufferedBytes: number;
  /** Bytes that passed on the network so far. */
  readonly traffic: { readonly bytesRead: number; readonly bytesWritten: number };
  /** Passes on what has waited, then everything as it comes. Undefined: nobody listens any more. */
  listen(listener: CarrierListener | undefined): void;
  /** Sends whole frames. The room around the piece's text is the stream's to write in; the text stays as it is. */
  sendAudio(piece: AudioPiece): void;
  /** Asks to be told when everything sent before has been heard. */
  sendMark(name: string): void;
  /** Empties the carrier's buffer; the marks in it come back at once. */
  sendClear(): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

/**
 * Who listens to a stream. Told by plain call, in order, in the tick in which
 * it came; `closed` comes once, last. For a frame nothing is decoded, copied or
 * made: `audio` gets the bytes that the network delivered.
 */
export interface CarrierListener {
  /** A message of so many bytes has come. False: it is dropped unread. */
  arrived(bytes: number): boolean;
  /**
   * A frame of the caller: base64 at `text[start, end)`, good during this call only.
   * @param mediaMs - when it began, in milliseconds since the stream did; undefined where the far end does not say.
   */
  audio(text: Buffer, start: number, end: number, mediaMs: number | undefined): void;
  /** Everything sent before the mark was heard, or cleared. */
  mark(name: string): void;
  /** @param digit - one of `0123456789*#ABCD`. */
  digit(digit: string): void;
  /** Words that were typed: those of the audio that follows. Simulated carriers have them. */
  typed(text: string): void;
  /** The stream ends in good order. */
  stopped(): void;
  ignored(kind: IgnoredMessage): void;
  /** A message that only begins a stream has come on one that has begun. */
  repeated(name: string): void;
  /** A message of another stream, or after the end of this one. */
  strayed(): void;
  /** A message that cannot be read. The error quotes nothing of it. */
  malformed(error: ErrorNote, bytes: number): void;
  /** @param code - the close code of the socket (RFC 6455, 7.4). */
  closed(code: number): void;
  /** The listener threw when it was told of a message. */
  threw(thrown: unknown): void;
}
