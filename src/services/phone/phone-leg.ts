import type { Clock } from '../../clock.ts';
import { EngineError, ERRORS, type ErrorCode, type ErrorNote, noteOf } from '../../errors.ts';
import type { PhoneFact } from '../../machines/call/call.events.ts';
import type { ClipName, PhoneOrder } from '../../machines/call/call.ports.ts';
import type { AudioLine } from '../../media/audio-line.ts';
import type { PhoneTape } from '../../media/phone-tape.ts';
import type { Log } from '../../log.ts';
import { AgentLane } from './agent-lane.ts';
import type { CallStreams } from './call-streams.ts';
import { CallerLane, SWEEP_MS } from './caller-lane.ts';
import type { CarrierStream, IgnoredMessage } from './carrier.port.ts';

export interface PhoneLegDeps {
  readonly line: AudioLine;
  readonly door: CallStreams;
  readonly clock: Clock;
  /** A sentence as mu-law, 8000 Hz. Undefined: there is no such clip, and the caller hears nothing. */
  clipOf(name: ClipName): Buffer | undefined;
  /** Resolves when what comes after the stream is durable. */
  decideNext(next: 'hangup' | 'dial'): Promise<void>;
  /** Has the carrier ask what comes after the stream. Resolves when it has taken that. */
  recall(): Promise<void>;
  /** Ends the call at the carrier, whoever is on its line. Resolves when the carrier has said that it is over. */
  endCall(): Promise<void>;
  readonly log: Log;
  /** Called for each stream message that the engine ignores. */
  readonly onIgnored: (kind: IgnoredMessage) => void;
  /** Where the call is recorded; absent for calls that are not. */
  readonly tape?: PhoneTape | undefined;
  /** The chart may order a pause: it does where a barge-in has to be confirmed. */
  readonly mayPause: boolean;
}

/** A network that takes nothing for ten seconds is gone. */
const MAX_STUCK_SWEEPS = 10_000 / SWEEP_MS;

/**
 * How the page of a caller closes that hangs up (RFC 6455, 7.4.1): with the normal code, without one, or because it was
 * left. A carrier says `stop` before it closes; without that nobody has hung up.
 */
const PAGE_HUNG_UP: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/** One stream that the leg holds, and what comes in on it. */
interface Line {
  readonly stream: CarrierStream;
  readonly caller: CallerLane;
  stuckSweeps: number;
}

/**
 * The caller's side of one call: one stream at a time, and what passes on it.
 *
 * Audio goes through the two lanes and is never seen here. The rest is
 * translated: messages of the stream become facts, orders become messages.
 */
export class PhoneLeg {
  readonly #deps: PhoneLegDeps;
  readonly #tell: (fact: PhoneFact) => void;
  readonly #agent: AgentLane;
  #held: Line | undefined;
  #timer: unknown;
  /** What was decided to come after the stream that is held. */
  #next: 'hangup' | 'dial' | undefined;

  constructor(deps: PhoneLegDeps, tell: (fact: PhoneFact) => void) {
    this.#deps = deps;
    this.#tell = tell;
    this.#agent = new AgentLane(
      {
        started: (roundTripMs) => {
          tell({ type: 'playback.started', ...(roundTripMs > 0 && { roundTripMs }) });
        },
        finished: (heard) => {
          tell({ type: 'playback.finished', heard });
        },
      },
      {
        mediaMs: () => this.#held?.caller.mediaMs ?? 0,
        nowMs: () => deps.clock.steady(),
        tape: deps.tape,
        mayPause: deps.mayPause,
      },
    );
  }

  /** Takes its end of the line and waits at the door. */
  start(): void {
    this.#deps.line.listenAsPhone(this.#agent);
    this.#deps.door.onAttach((stream) => {
      this.#guard(() => {
        this.#attach(stream);
      });
    });
  }

  /** Lets go of everything. Tells nothing: whoever stopped the leg knows. */
  stop(): void {
    this.#deps.line.listenAsPhone(undefined);
    this.#deps.door.onAttach(undefined);
    const held = this.#held;
    this.#release();
    held?.stream.close(1000, 'call ended');
  }

  obey(order: PhoneOrder): void {
    this.#guard(() => {
      this.#obey(order);
    });
  }

  #obey(order: PhoneOrder): void {
    switch (order.type) {
      case 'clearPlayback':
        this.#tell({ type: 'playback.cleared', heard: this.#agent.clear() });
        return;
      case 'pausePlayback':
        this.#agent.pause();
        this.#tell({ type: 'playback.paused' });
        return;
      case 'resumePlayback':
        this.#agent.resume();
        return;
      case 'playClip': {
        const clip = this.#deps.clipOf(order.clip);
        if (clip === undefined) this.#deps.log.warn({ clip: order.clip }, 'clip not found');
        this.#agent.play(clip ?? Buffer.alloc(0), order.itemId);
        return;
      }
      case 'mutePlayback':
        this.#agent.mute(order.muted);
        return;
      case 'dropStream':
        this.#lose('STREAM_LOST', 'the carrier has left it');
        return;
      case 'recall':
        void this.#recall();
        return;
      case 'leaveStream':
        void this.#leave(order.next);
        return;
      case 'endCall':
        void this.#endCall();
    }
  }

  #attach(stream: CarrierStream): void {
    const { clock, line, log, onIgnored, tape } = this.#deps;
    if (this.#held !== undefined) this.#supersede();
    tape?.streamBegan();
    const caller = new CallerLane({
      streamSid: stream.streamSid,
      line,
      log,
      steady: () => clock.steady(),
      tape,
      listener: {
        digit: (digit) => {
          this.#tell({ type: 'digit.pressed', digit });
        },
        mark: (name) => {
          this.#agent.settle(name);
        },
        stopped: () => {
          this.#end();
        },
        ignored: onIgnored,
        suspect: () => {
          log.warn({ streamSid: stream.streamSid }, 'no `media` for 3 s');
          stream.ping();
        },
        failed: (code, detail) => {
          this.#lose(code, detail);
        },
        closed: (code) => {
          this.#closed(stream, code);
        },
        threw: (thrown) => {
          this.#fail(thrown);
        },
      },
    });
    this.#held = { stream, caller, stuckSweeps: 0 };
    this.#next = undefined;
    this.#tell({ type: 'phone.attached', streamSid: stream.streamSid });
    stream.listen(caller);
    if (!this.#holds(stream)) return; // Whoever was told has let it go already.
    this.#agent.attach(stream);
    this.#timer = clock.setTimeout(this.#sweep, SWEEP_MS);
  }

  readonly #sweep = (): void => {
    this.#timer = this.#deps.clock.setTimeout(this.#sweep, SWEEP_MS);
    this.#guard(() => {
      const held = this.#held;
      if (held === undefined) return;
      held.stuckSweeps = this.#agent.isStuck ? held.stuckSweeps + 1 : 0;
      if (held.stuckSweeps >= MAX_STUCK_SWEEPS) this.#lose('STREAM_LOST', 'the socket sent nothing for 10 s');
      else held.caller.sweep();
      this.#agent.drain();
    });
  };

  /** The order of leaving: written down, then done. Doing without the first is better than a line that stays silent. */
  async #leave(next: 'hangup' | 'dial'): Promise<void> {
    if (this.#next === next) return;
    this.#next = next;
    const { stream, caller } = this.#held ?? {};
    try {
      await this.#deps.decideNext(next);
    } catch (thrown) {
      const note = noteOf(thrown, 'STORAGE_UNAVAILABLE');
      this.#deps.log.error({ ...note, next }, 'next step after the stream not stored');
    }
    if (stream !== undefined && this.#holds(stream)) stream.close(1000, next);
    // A carrier whose network is gone does not hear the close.
    if (next === 'hangup' && stream?.peer === 'carrier' && caller?.isDead === true) void this.#endCall();
  }

  async #recall(): Promise<void> {
    try {
      await this.#deps.recall();
    } catch (thrown) {
      this.#deps.log.error(noteOf(thrown, 'TWILIO_REST'), 'carrier did not take the call back');
    }
  }

  async #endCall(): Promise<void> {
    try {
      await this.#deps.endCall();
    } catch (thrown) {
      this.#deps.log.error(noteOf(thrown, 'TWILIO_REST'), 'carrier did not end the call');
    }
  }

  #closed({ peer }: CarrierStream, code: number): void {
    if (this.#next !== undefined || (peer === 'page' && PAGE_HUNG_UP.has(code))) this.#end();
    else this.#lose('STREAM_LOST', `close code ${String(code)}`);
  }

  /** The stream is over in good order. */
  #end(): void {
    const stream = this.#held?.stream;
    const heard = this.#agent.detach();
    this.#release();
    stream?.close(1000, 'stopped');
    this.#tell({ type: 'phone.stopped', heard });
  }

  /** The stream is no good any more. */
  #lose(code: ErrorCode, detail: string): void {
    const { message } = new EngineError(code, detail);
    this.#drop({ code, message });
  }

  #drop(error: ErrorNote): void {
    const stream = this.#held?.stream;
    if (stream === undefined) return;
    const heard = this.#agent.detach();
    this.#release();
    closeFor(stream, error.code);
    this.#tell({ type: 'phone.lost', error, heard });
  }

  /** A newer stream has come; the door closes the old one. What it had not played is not going to be heard. */
  #supersede(): void {
    const wasOpen = this.#agent.isOpen;
    const heard = this.#agent.detach();
    this.#release();
    if (wasOpen) this.#tell({ type: 'playback.finished', heard });
  }

  #release(): void {
    this.#held?.stream.listen(undefined);
    this.#held = undefined;
    this.#deps.clock.clearTimeout(this.#timer);
  }

  #holds(stream: CarrierStream): boolean {
    return this.#held?.stream === stream;
  }

  /** What throws here would end the process, or the actor without its cleanup: it ends this stream. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    const error = noteOf(thrown, 'CALL_FAILED');
    this.#deps.log.error(error, 'phone leg failed');
    this.#drop(error);
  }
}

/** Closes with the error's code where the peer is at fault; breaks off where the network is gone. */
function closeFor(stream: CarrierStream, code: ErrorCode): void {
  const row = ERRORS[code];
  if ('close' in row) stream.close(row.close, code);
  else stream.terminate();
}
