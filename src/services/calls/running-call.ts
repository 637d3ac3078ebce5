import { type ActorRefFrom, createActor, type InspectionEvent } from 'xstate';
import type { Clock } from '../../clock.ts';
import { type ErrorNote, noteOf } from '../../errors.ts';
import { createTap } from '../../observation/tap.ts';
import type { CallInput } from '../../machines/call/call.context.ts';
import type { CallEvent, EndReason, RecordingAnnouncement } from '../../machines/call/call.events.ts';
import type { callMachine } from '../../machines/call/call.machine.ts';
import type { PhoneOrder } from '../../machines/call/call.ports.ts';
import type { RestoredCall } from '../../machines/call/restored-call.ts';
import type { ModelOrder } from '../../machines/session/session.events.ts';
import type { BodyOf, FeedEntry, FeedListener } from '../../protocol/call-feed.ts';
import { CALL_ANNOUNCEMENTS } from '../../protocol/feed-announcements.ts';
import { type CallBeginning, CallRecorder } from './call-recorder.ts';
import type { RowMaskParts } from '../cards/row-mask.ts';
import type { Log } from '../../log.ts';
import { everythingWritten, type Journal } from '../storage/journal.port.ts';

export interface RunningCallParts extends RowMaskParts {
  readonly machine: typeof callMachine;
  readonly input: CallInput;
  /** Of a call that goes on: for how long nobody had it, and what tools were answered that had been at work. */
  readonly broken?: Pick<BodyOf<'call.resumed'>, 'gapMs' | 'answers'> | undefined;
  /** Called when the state of the recording changes, within the step that decides it. Must not throw. */
  readonly onRecording?: ((announcement: RecordingAnnouncement) => void) | undefined;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Closes what the call's legs hold open, whatever state the chart is in. Called once, last.
   * @param isHandedOver - another process goes on with it, when that is done.
   */
  readonly release: (isHandedOver: boolean) => Promise<void> | undefined;
  /**
   * Called with every entry of the call's feed, in order, from its beginning to its end: metrics, rules, the live list.
   * What one throws is noted and forgotten. They are not told what transactions of the journal write down.
   */
  readonly listeners: readonly FeedListener[];
  /** Called with XState's own inspection events, beside the tap. Must not throw. */
  readonly inspect?: ((event: InspectionEvent) => void) | undefined;
}

const OF_RECORDING = [
  ...(['recording.begins', 'recording.pauses'] as const),
  ...(['recording.silences', 'recording.resumes'] as const),
];

/** All that differs from call to call: does not compile when the feed lacks some of it, and the call could not be walked through again. */
type Began = Pick<BodyOf<'call.began'>, Exclude<keyof CallInput, 'callSid' | 'restored'>>;
/** The same of a call that goes on, but for its history: that is a fold of the rows before. */
type Resumed = Pick<BodyOf<'call.resumed'>, Exclude<keyof RestoredCall, 'history'>>;

/** A delay as the chart has it: fixed, or by what is known of the call. */
type Delay = number | ((args: { readonly context: unknown }) => number);

/** A crashed call's clip, and the wait for its last mark, in ms. */
const APOLOGY_MS = 5_000;

/**
 * Runs one call as an actor system of its own, and owns what the chart may
 * forget. An action or a guard that throws puts the root into `error` without
 * stopping its children: so here the caller hears an apology, both legs are
 * closed, and no other call notices.
 */
export class RunningCall {
  /**
   * Resolves when the call has ended, is written down, and holds nothing any more: with why; with nothing when another
   * process goes on with it. Never rejects.
   */
  readonly done: Promise<EndReason | undefined>;
  readonly #actor: ActorRefFrom<typeof callMachine>;
  readonly #recorder: CallRecorder;
  readonly #parts: RunningCallParts;

  constructor(parts: RunningCallParts) {
    this.#parts = parts;
    const { machine, input, journal, clock, log } = parts;
    const { callSid } = input;
    this.#recorder = new CallRecorder({
      record: (rows) => {
        journal.record(callSid, rows);
      },
      maskDigits: parts.maskDigits,
      cards: parts.cards,
      onCards: parts.onCards,
      tell: (entry) => {
        this.#publish(entry);
      },
    });
    const tap = createTap(this.#recorder.take, {
      now: () => clock.now(),
      isWanted: CallRecorder.isWanted,
      onFault: (thrown) => {
        log.error({ callSid, error: noteOf(thrown, 'INTERNAL') }, 'call recorder failed');
      },
    });
    const inspect = (event: InspectionEvent) => {
      tap.inspect(event);
      parts.inspect?.(event);
    };
    this.#actor = createActor(machine, { id: 'call', input, clock, inspect });
    // `call.ended` is written by the transaction that ends the call, so that it is durable.
    this.#actor.on('turn.interrupted', (announcement) => {
      this.#recorder.announce(clock.now(), announcement);
    });
    for (const type of OF_RECORDING) {
      this.#actor.on(type, (announcement) => parts.onRecording?.(announcement));
    }
    this.#actor.on('call.failing', (announcement) => {
      log.warn({ callSid, error: announcement.error }, 'call is failing');
      this.#recorder.announce(clock.now(), announcement);
    });
    this.done = new Promise((resolve) => {
      this.#actor.subscribe({
        complete: () => {
          const snapshot = this.#actor.getSnapshot();
          if (snapshot.matches('handedOver')) void this.#handOver().then(resolve);
          else void this.#end(snapshot.output?.reason ?? 'completed').then(resolve);
        },
        error: (thrown) => {
          void this.#apologize(noteOf(thrown, 'CALL_FAILED')).then(resolve);
        },
      });
    });
  }

  start(): this {
    this.#recorder.begin(this.#parts.clock.now(), this.#beginning(), this.#actor.getSnapshot().value);
    this.#actor.start();
    return this;
  }

  #beginning(): CallBeginning {
    const { input, broken } = this.#parts;
    const began: Began = input;
    const resumed: Resumed | undefined = input.restored;
    if (resumed === undefined)
      return { event: 'call.began', body: CALL_ANNOUNCEMENTS['call.began'].parse(began) };
    const body = CALL_ANNOUNCEMENTS['call.resumed'].parse({ ...began, ...resumed, ...broken });
    return { event: 'call.resumed', body };
  }

  /** Path of the state the chart is in. */
  get state(): string {
    return this.#recorder.state;
  }

  /** True when the state it is in does something with such an event. */
  takes(event: CallEvent): boolean {
    return this.#actor.getSnapshot().can(event);
  }

  /** Lengths of the chart's delays as they hold for this call now, in ms, by name. */
  delays(): Record<string, number> {
    const { context } = this.#actor.getSnapshot();
    return Object.fromEntries(
      Object.entries<Delay>(this.#parts.machine.implementations.delays as Record<string, Delay>).map(
        ([name, delay]) => [name, typeof delay === 'number' ? delay : delay({ context })],
      ),
    );
  }

  /** A tool's arguments or result as the call may keep it, as JSON: without card numbers, where its profile masks them. */
  masked(json: string): string {
    return this.#parts.cards?.maskJson(json) ?? json;
  }

  /** Facts that come after the end are normal: the carrier reports it, too. */
  tell(event: CallEvent): void {
    if (this.#actor.getSnapshot().status === 'active') this.#actor.send(event);
  }

  #publish(entry: FeedEntry): void {
    const { input, log, listeners } = this.#parts;
    for (const listen of listeners) {
      try {
        listen(entry);
      } catch (thrown) {
        log.error({ callSid: input.callSid, error: noteOf(thrown, 'INTERNAL') }, 'call listener failed');
      }
    }
  }

  /** Another process goes on with it, which has the journal: everything of it is there before anybody is sent to that one. */
  async #handOver(): Promise<undefined> {
    const { input, journal, clock, log, release } = this.#parts;
    const { callSid } = input;
    this.#recorder.close(clock.now());
    try {
      await release(true);
      await everythingWritten(journal);
    } catch (thrown) {
      log.error({ callSid, error: noteOf(thrown, 'STORAGE_UNAVAILABLE') }, 'call handed over late');
    }
  }

  async #end(reason: EndReason): Promise<EndReason> {
    const { input, journal, clock, log, release } = this.#parts;
    void release(false);
    this.#recorder.close(clock.now());
    try {
      await journal.keep('endCall', { callSid: input.callSid, reason, at: clock.now() });
    } catch (thrown) {
      log.error(
        { callSid: input.callSid, error: noteOf(thrown, 'STORAGE_UNAVAILABLE') },
        'end of the call not stored',
      );
    }
    const ended = { event: 'call.ended', body: { reason } } as const;
    const end = { from: 'call', to: null, state: 'ended', taken: null, regions: {} } as const;
    this.#publish({ at: clock.now(), ...end, ...ended });
    return reason;
  }

  /** The chart is dead, its legs are not: they say sorry and let go. */
  async #apologize(error: ErrorNote): Promise<EndReason> {
    const { input, clock, log } = this.#parts;
    log.error({ callSid: input.callSid, error }, 'an exception ended the call');
    this.#recorder.announce(clock.now(), { type: 'call.failing', error });
    const { phone, model } = this.#actor.getSnapshot().children;
    const toPhone = (order: PhoneOrder) => {
      phone?.send(order);
    };
    model?.send({ type: 'close' } satisfies ModelOrder);
    toPhone({ type: 'clearPlayback' });
    toPhone({ type: 'playClip', clip: 'failed' });
    await new Promise<void>((resolve) => {
      clock.setTimeout(resolve, APOLOGY_MS);
    });
    toPhone({ type: 'leaveStream', next: 'hangup' });
    return this.#end('failed');
  }
}
