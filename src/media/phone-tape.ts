import type { AudioPiece } from './audio-piece.ts';

/**
 * Who keeps what both sides hear on a phone leg. Told in the tick in which it
 * happens, between a frame and the next: nothing of it may wait or throw.
 *
 * Positions count bytes that were sent to the carrier since the call began,
 * filled-up frames included, as the playback ledger counts them.
 */
export interface PhoneTape {
  /** Called when another stream has the call: its media clock begins at 0. */
  streamBegan(): void;
  /** A frame of the caller, base64 text of mu-law at `text[start, end)`, that began at `mediaMs` of the stream's clock. */
  callerFrame(text: Buffer, start: number, end: number, mediaMs: number): void;
  /** A piece left for the carrier, and ends at a position. The piece is never written to again. */
  agentSent(piece: AudioPiece, endsAt: number): void;
  /** The carrier has told that it played up to a position. */
  agentHeard(at: number): void;
  /** The carrier plays nothing beyond a position: it was told to forget it, or is gone. */
  agentCut(at: number): void;
}
