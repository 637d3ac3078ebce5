import type { Clock } from '../../clock.ts';
import { noteOf } from '../../errors.ts';
import type { Log } from '../log.ts';
import type { Envelope, FeedAnnouncement } from '../../protocol/call-feed.ts';
import type { Journal } from '../storage/journal.port.ts';
import { MU_LAW_BYTES_PER_MS } from '../../media/mu-law.ts';
import { holdsAnnouncement } from './announcement.ts';
import { CallTape } from './call-tape.ts';
import type { RecordingFiles } from './recording-files.ts';
import { type RecordingStop, RecordingWriter } from './recording-writer.ts';

/** Who writes the rows. */
const FROM = 'recording';
/** A caller who talks over the announcement is told again; one who does so every time is not recorded. */
const MAX_TELLINGS = 2;

/** Both sides, in bytes. */
const BYTES_PER_MS = 2 * MU_LAW_BYTES_PER_MS;
/** A call may be longer than it may talk, in ms: a transfer that came back, an hour, and the goodbye. */
const BEYOND_TALK_MS = 3_660_000;
/** The longest recording, in ms: what the head of a WAV file can tell is thirteen times as long. */
const MAX_LENGTH_MS = 5 * 3_600_000;
/** Speech is noticed some time after its first sound, and a key after its tone; in ms. */
const NOTICED_AFTER_MS = 1500;

/** Who has a recording pause: for a card's number it goes on by itself. */
export type PausedBy = 'operator' | 'agent' | 'card';

export interface CallRecordingParts {
  readonly callSid: string;
  /** How long the two may talk, in ms. */
  readonly maxCallMs: number;
  /** The sentence that the caller hears first. */
  readonly announcement: string;
  readonly files: RecordingFiles;
  readonly journal: Pick<Journal, 'record' | 'transact'>;
  readonly clock: Clock;
  readonly log: Log;
  /** The chart's state, for rows. */
  readonly state: () => string;
  /** Has the agent say a sentence next. */
  readonly say: (text: string) => void;
}

/**
 * The recording of one call: begins when the caller has been told of it, by
 * what was heard and not by what was sent, and when that is durable. Nothing of
 * before is kept. What goes wrong ends the recording, never the call.
 */
export class CallRecording {
  readonly tape: CallTape;
  readonly #parts: CallRecordingParts;
  readonly #maxLengthMs: number;
  #writer: RecordingWriter | undefined;
  #tellings = 0;
  #pausedBy: PausedBy | undefined;
  #standing: 'awaited' | 'beginning' | 'rolling' | 'over' = 'awaited';

  constructor(parts: CallRecordingParts) {
    this.#parts = parts;
    this.#maxLengthMs = Math.min(MAX_LENGTH_MS, parts.maxCallMs + BEYOND_TALK_MS);
    this.tape = new CallTape(() => parts.clock.now());
  }

  /** The caller has heard these words of the agent. */
  heard(words: string): void {
    if (this.#standing !== 'awaited') return;
    const { announcement, say } = this.#parts;
    if (holdsAnnouncement(words, announcement)) {
      void this.#begin();
      return;
    }
    if (this.#tellings >= MAX_TELLINGS) return;
    this.#tellings++;
    say(announcement);
  }

  /**
   * From now on nothing is heard on it, until {@link resume}; the time goes on. A pause for a card's number, which ends
   * with the caller's next words without one, becomes one that somebody asked for when somebody does.
   *
   * @param since - what was heard since then is taken away, too; ms since the Unix epoch.
   */
  pause(by: PausedBy, since?: number): void {
    if (this.#standing === 'over') return;
    const isNew = this.#pausedBy === undefined || (this.#pausedBy === 'card' && by !== 'card');
    if (isNew) this.#pausedBy = by;
    if (this.#standing !== 'rolling') return;
    const silencedMs = this.tape.pause(since === undefined ? undefined : since - NOTICED_AFTER_MS);
    if (silencedMs > 0) void this.#parts.files.deletePeaks(this.#parts.callSid);
    if (isNew || silencedMs > 0) this.#row({ event: 'recording.paused', body: { by, silencedMs } });
  }

  /** What is said from now on is heard on it again. */
  resume(by: PausedBy): void {
    if (this.#pausedBy === undefined || (by === 'card' && this.#pausedBy !== 'card')) return;
    this.#pausedBy = undefined;
    if (this.#standing !== 'rolling') return;
    this.tape.resume();
    this.#row({ event: 'recording.resumed', body: { by } });
  }

  /** The call is over, or is not to be recorded any more. Resolves when the file is whole. Never rejects. */
  async end(reason: 'callEnded' | 'erased' | RecordingStop = 'callEnded'): Promise<void> {
    const wasRolling = this.#standing === 'rolling';
    this.#standing = 'over';
    if (wasRolling) {
      const lengthMs = Math.min(this.tape.lengthMs, this.#maxLengthMs);
      this.#row({ event: 'recording.ended', body: { reason, lengthMs } });
      if (reason === 'callEnded') this.tape.end();
      else this.tape.stop();
    }
    await this.#writer?.close();
  }

  async #begin(): Promise<void> {
    const { callSid, journal, clock, log, files } = this.#parts;
    this.#standing = 'beginning';
    const at = clock.now();
    const row = { ...this.#envelope(at), event: 'recording.began', body: {} } as const;
    try {
      await journal.transact('append', { callSid, rows: [row] });
    } catch (thrown) {
      this.#standing = 'over';
      log.warn({ error: noteOf(thrown, 'STORAGE_UNAVAILABLE') }, 'a call is not recorded');
      return;
    }
    if (!this.#isBeginning) return; // It ended meanwhile.
    this.#standing = 'rolling';
    this.#writer = new RecordingWriter({
      file: files.create(callSid),
      maxBytes: BYTES_PER_MS * this.#maxLengthMs,
      freeBytes: () => files.freeBytes(),
      onStopped: (why, thrown) => {
        // What the file system says names the folder: for operators, who have it.
        log.warn({ error: noteOf(thrown, 'STORAGE_UNAVAILABLE') }, 'a recording broke off');
        void this.end(why);
      },
    });
    this.tape.roll(this.#writer, at);
    // Somebody asked for it while the call was not recorded yet.
    if (this.#pausedBy === undefined) return;
    this.tape.pause();
    this.#row({ event: 'recording.paused', body: { by: this.#pausedBy, silencedMs: 0 } });
  }

  /** Asked anew after every wait. */
  get #isBeginning(): boolean {
    return this.#standing === 'beginning';
  }

  #row(told: FeedAnnouncement): void {
    const { callSid, journal, clock } = this.#parts;
    journal.record(callSid, [{ ...this.#envelope(clock.now()), ...told }]);
  }

  #envelope(at: number): Envelope {
    return { at, from: FROM, to: null, state: this.#parts.state(), taken: null, regions: {} };
  }
}
