import type { Clock } from '../../clock.ts';
import { noteOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { PausedBy, RecordingAnnouncement, RecordingFact } from '../../machines/call/call.events.ts';
import type { Envelope, FeedAnnouncement } from '../../protocol/call-feed.ts';
import type { Journal } from '../storage/journal.port.ts';
import { MU_LAW_BYTES_PER_MS } from '../../media/mu-law.ts';
import { CallTape } from './call-tape.ts';
import type { RecordingFiles, StoredRecording } from './recording-files.ts';
import { RecordingWriter } from './recording-writer.ts';

/** Who writes the rows. */
const FROM = 'recording';

/** Both sides, in bytes. */
const BYTES_PER_MS = 2 * MU_LAW_BYTES_PER_MS;
/** A call may be longer than it may talk, in ms: a transfer that came back, an hour, and the goodbye. */
const BEYOND_TALK_MS = 3_660_000;
/** The longest recording, in ms: what the head of a WAV file can tell is thirteen times as long. */
const MAX_LENGTH_MS = 5 * 3_600_000;
/** Speech is noticed some time after its first sound, and a key after its tone; in ms. */
const NOTICED_AFTER_MS = 1500;

export interface CallRecordingParts {
  readonly callSid: string;
  /** How long the two may talk, in ms. */
  readonly maxCallMs: number;
  readonly files: RecordingFiles;
  readonly journal: Pick<Journal, 'record' | 'transact'>;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * When it began in a process before this one, ms since the Unix epoch: what is said lies behind what there is, at its
   * time. What that process had not written yet, some seconds, is silence. Undefined: it has not begun.
   */
  readonly beganAt?: number | undefined;
  /** The chart's state, for rows. */
  readonly state: () => string;
  /** Called at most once: the recording has stopped, and the call goes on. */
  readonly onBrokenOff: (reason: RecordingFact['reason']) => void;
}

/**
 * The recording of one call, as its chart has it: what the chart announces of it is done here, and told by rows when it is
 * done. It begins when its beginning is durable. What goes wrong ends the recording, never the call.
 */
export class CallRecording {
  readonly tape: CallTape;
  readonly #parts: CallRecordingParts;
  readonly #maxLengthMs: number;
  #writer: RecordingWriter | undefined;
  #tapeState: 'still' | 'starting' | 'rolling' | 'over' = 'still';
  /** What is to be done as soon as the tape rolls. */
  #waiting: (() => void)[] = [];

  constructor(parts: CallRecordingParts) {
    this.#parts = parts;
    this.#maxLengthMs = Math.min(MAX_LENGTH_MS, parts.maxCallMs + BEYOND_TALK_MS);
    this.tape = new CallTape(() => parts.clock.now());
  }

  /** Does what the chart has announced. Never throws. */
  readonly take = (announced: RecordingAnnouncement): void => {
    switch (announced.type) {
      case 'recording.begins':
        if (this.#tapeState === 'still') void this.#begin();
        return;
      case 'recording.pauses':
        this.#onTape(() => {
          this.#pause(announced.by, announced.since);
        });
        return;
      case 'recording.silences':
        this.#onTape(() => {
          this.#silence(announced.since);
        });
        return;
      case 'recording.resumes':
        this.#onTape(() => {
          this.tape.resume();
          this.#row({ event: 'recording.resumed', body: { by: announced.by } });
        });
        return;
    }
  };

  /**
   * The call is over, goes on in another process, or is not to be recorded any more. Resolves when the file is whole.
   * Never rejects.
   */
  async end(reason: 'callEnded' | 'handedOver' | RecordingFact['reason']): Promise<void> {
    const before = this.#tapeState;
    this.#tapeState = 'over';
    this.#waiting = [];
    if (before === 'rolling') {
      const lengthMs = Math.min(this.tape.lengthMs, this.#maxLengthMs);
      // Where it goes on, nothing of it has ended.
      if (reason !== 'handedOver') this.#row({ event: 'recording.ended', body: { reason, lengthMs } });
      if (isOfCall(reason)) this.tape.end();
      else this.tape.stop();
    }
    if (!isOfCall(reason) && before !== 'over') this.#parts.onBrokenOff(reason);
    await this.#writer?.close();
  }

  #onTape(act: () => void): void {
    if (this.#tapeState === 'rolling') act();
    else if (this.#tapeState === 'starting') this.#waiting.push(act);
  }

  #pause(by: PausedBy, since: number | undefined): void {
    this.#row({ event: 'recording.paused', body: { by, silencedMs: this.#quiet(since) } });
  }

  #silence(since: number): void {
    const silencedMs = this.#quiet(since);
    if (silencedMs > 0) this.#row({ event: 'recording.paused', body: { by: 'card', silencedMs } });
  }

  /** @returns how much of before is silent now, in ms. */
  #quiet(since: number | undefined): number {
    const silencedMs = this.tape.pause(since === undefined ? undefined : since - NOTICED_AFTER_MS);
    if (silencedMs > 0) void this.#parts.files.deletePeaks(this.#parts.callSid);
    return silencedMs;
  }

  async #begin(): Promise<void> {
    const { callSid, clock, files, log, beganAt } = this.#parts;
    this.#tapeState = 'starting';
    const at = beganAt ?? clock.now();
    try {
      if (beganAt === undefined) await this.#writeDown(at);
      const recording = beganAt === undefined ? undefined : await files.goOn(callSid);
      if (this.#isStarting) this.#roll(recording, at);
      else await recording?.file.close();
    } catch (thrown) {
      log.warn({ error: noteOf(thrown, 'STORAGE_UNAVAILABLE') }, 'recording not started');
      await this.end('failed');
    }
  }

  async #writeDown(at: number): Promise<void> {
    const { callSid, journal } = this.#parts;
    const row = { ...this.#envelope(at), event: 'recording.began', body: {} } as const;
    await journal.transact('append', { callSid, rows: [row] });
  }

  /** @param recording - what there is of it; undefined: nothing. */
  #roll(recording: StoredRecording | undefined, beganAt: number): void {
    const { callSid, log, files } = this.#parts;
    this.#tapeState = 'rolling';
    this.#writer = new RecordingWriter({
      recording: recording === undefined ? files.create(callSid) : Promise.resolve(recording),
      maxBytes: BYTES_PER_MS * this.#maxLengthMs,
      freeBytes: () => files.freeBytes(),
      onStopped: (why, thrown) => {
        // What the file system says names the folder: for operators, who have it.
        log.warn({ error: noteOf(thrown, 'STORAGE_UNAVAILABLE') }, 'recording stopped early');
        void this.end(why);
      },
    });
    this.tape.roll(this.#writer, beganAt, recording?.dataBytes);
    for (const act of this.#waiting.splice(0)) act();
  }

  /** Asked anew after every wait: it may have ended meanwhile. */
  get #isStarting(): boolean {
    return this.#tapeState === 'starting';
  }

  #row(told: FeedAnnouncement): void {
    const { callSid, journal, clock } = this.#parts;
    journal.record(callSid, [{ ...this.#envelope(clock.now()), ...told }]);
  }

  #envelope(at: number): Envelope {
    return { at, from: FROM, to: null, state: this.#parts.state(), taken: null, regions: {} };
  }
}

/** It ends with the call, here: nothing has gone wrong. */
const isOfCall = (reason: 'callEnded' | 'handedOver' | RecordingFact['reason']) =>
  reason === 'callEnded' || reason === 'handedOver';
