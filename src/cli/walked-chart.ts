import { type ActorRefFrom, createActor, fromCallback } from 'xstate';
import { createTap } from '../observation/tap.ts';
import type { CallInput } from '../machines/call/call.context.ts';
import type { CallEvent, EndReason } from '../machines/call/call.events.ts';
import { callMachine } from '../machines/call/call.machine.ts';
import type { CallPorts } from '../machines/call/call.ports.ts';
import type { sessionMachine } from '../machines/session/session.machine.ts';
import type { toolCallMachine } from '../machines/tool-call/tool-call.machine.ts';
import type { FullRow } from '../protocol/console-calls.ts';
import type { FeedEntry } from '../protocol/call-feed.ts';
import { stateName } from '../protocol/state-path.ts';
import { CallRecorder } from '../services/calls/call-recorder.ts';
import type { ReplayClock } from './replay-clock.ts';

interface WalkedChartOptions {
  readonly input: CallInput;
  readonly clock: ReplayClock;
  readonly maskDigits: boolean;
  /** Called with each row of what the chart does, and with what it was told when it was over. */
  readonly take: (row: FeedEntry | FullRow) => void;
}

/** What the chart announces is among the rows of these names; other announcements are of others. */
export const ANNOUNCED_BY_CHART = ['turn.interrupted', 'call.failing'] as const;

/** Today's chart of one process that had a call, with nobody at its far ends, told what is recorded. */
export class WalkedChart {
  readonly #options: WalkedChartOptions;
  readonly #recorder: CallRecorder;
  readonly #call: ActorRefFrom<typeof callMachine>;
  #isStopped = false;

  constructor(options: WalkedChartOptions) {
    const { input, clock, maskDigits, take } = options;
    this.#options = options;
    const recorder = new CallRecorder({
      maskDigits,
      record: (rows) => {
        if (!this.#isStopped) rows.forEach(take);
      },
    });
    const tap = createTap(recorder.take, { now: () => clock.now(), isWanted: CallRecorder.isWanted });
    const call = createActor(inertCall, { id: 'call', input, clock, inspect: tap.inspect });
    call.subscribe({ error: () => undefined });
    for (const type of ANNOUNCED_BY_CHART) {
      call.on(type, (announcement) => {
        recorder.announce(clock.now(), announcement);
      });
    }
    this.#recorder = recorder;
    this.#call = call;
  }

  start(): void {
    this.#call.start();
  }

  tell(row: FullRow): void {
    const { clock, take } = this.#options;
    clock.goTo(Date.parse(row.at));
    if (isTimer(row)) clock.fireNext();
    else if (this.#call.getSnapshot().status === 'active') this.#call.send(eventOf(row));
    else {
      // Told to a chart that is over, it changes nothing and is written down all the same.
      const { state } = this.#recorder;
      take({ ...row, path: state, state: stateName(state) });
    }
  }

  /** Its process is over. Why the call ended; undefined where it had not. */
  stop(): EndReason | undefined {
    const { output } = this.#call.getSnapshot();
    this.#isStopped = true;
    this.#call.stop();
    return output?.reason;
  }
}

const isTimer = ({ event }: FullRow) => event.startsWith('after.');

/** The chart with nobody at its far ends. */
const inertCall = callMachine.provide({
  actors: {
    phoneLeg: fromCallback(() => undefined),
    modelSession: fromCallback(() => undefined) as unknown as typeof sessionMachine,
    // What tools came to is among the facts; one that answered by itself would answer twice.
    toolCall: fromCallback(() => undefined) as unknown as typeof toolCallMachine,
  } satisfies CallPorts,
});

/** A fact as it was told. The record is trusted: it was told to a chart before. */
const eventOf = ({ event, body }: FullRow) =>
  ({
    ...body,
    type: event.replace(
      /^(crashed|done)\./,
      (_, how) => `xstate.${how === 'done' ? 'done' : 'error'}.actor.`,
    ),
  }) as unknown as CallEvent;
