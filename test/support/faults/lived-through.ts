import { ANSWER, QUIET } from '../golden/script-steps.ts';
import { speech, tool } from '../golden/scripted-call.ts';
import type { Left } from '../killed/call-world.ts';
import { type CallState, callIn } from './call-states.ts';
import type { FaultedCall } from './faulted-call.ts';
import type { Fault } from './faults.ts';

/** From the fault to what the caller does next, in ms. */
const GOES_ON_AFTER_MS = 600;
/** A caller to whom nobody speaks for so long says something. */
const PATIENCE_MS = 8000;
/** Nobody waits for longer until a call is settled. */
const SETTLES_WITHIN_MS = 40_000;
const QUIET_FOR_MS = 300;
/** An answer that takes longer is none. */
const ANSWERS_WITHIN_MS = 7000;
const TRIES = 4;
/** Between two questions: a call that is to be handed over has its moment. */
const PAUSE_MS = 2500;
const QUESTIONS = 2;
const ENDS_WITHIN_MS = 60_000;
const SETTLED_AFTER_MS = 5000;

/** A call from a fault to its end. */
export interface LivedThrough extends Left {
  /** The number of the last row before the fault. */
  readonly seqBefore: number;
  /** Questions that were answered behind it. */
  readonly answers: number;
  /** The longest silence until the first of those answers, in ms. */
  readonly silenceMs: number;
  /** The carrier was parted with, or dials: nobody is left on a line on which nothing comes. */
  readonly isPartedWith: boolean;
}

/** Brings a call into a state, lets something happen, and goes on as a caller would. */
export async function liveThrough(state: CallState, fault: Fault | undefined): Promise<LivedThrough> {
  const call = await callIn(state);
  const seqBefore = call.written.length;
  const at = call.clock.now();
  await fault?.befalls(call);
  await call.run(GOES_ON_AFTER_MS);
  let answers = 0;
  let silenceMs: number | undefined;
  while (answers < QUESTIONS && (await settles(call)) && (await answered(call, answers))) {
    answers++;
    silenceMs ??= call.hearing.longestSilence(at, call.clock.now());
    await call.until(() => call.isIn(QUIET), 10_000);
    await call.run(PAUSE_MS);
  }
  silenceMs ??= call.hearing.longestSilence(at, call.clock.now());
  const isPartedWith = isGone(call);
  await ends(call);
  return { ...call.end(), seqBefore, answers, silenceMs, isPartedWith };
}

/** The agent has nothing to do with it any more. */
const isGone = (call: FaultedCall) => call.streams.isOver || call.streams.isDialling;

/** True when the caller has a reason to speak: nobody does. False: the call is over, or a person's. */
async function settles(call: FaultedCall): Promise<boolean> {
  let quietMs = 0;
  const isQuiet = () => {
    quietMs = call.isIn(QUIET) ? quietMs + 10 : 0;
    return quietMs >= QUIET_FOR_MS || call.hearing.silentMs >= PATIENCE_MS;
  };
  await call.until(() => isGone(call) || isQuiet(), SETTLES_WITHIN_MS);
  return !isGone(call);
}

/** The caller asks, and asks again, until the agent answers. */
async function answered(call: FaultedCall, question: number): Promise<boolean> {
  for (let tries = 0; tries < TRIES && !isGone(call); tries++) {
    call.plan('own', [tool('order', { what: `number ${String(question)}`, takesMs: 200 })]);
    call.plan('toolAnswer', [speech(ANSWER, 1500)]);
    call.says('I would like one more', 900);
    await call.run(900);
    await call.until(() => isGone(call) || call.isIn('conversing.responding'), ANSWERS_WITHIN_MS);
    if (call.isIn('conversing.responding')) return true;
  }
  return false;
}

async function ends(call: FaultedCall): Promise<void> {
  if (call.streams.isDialling) {
    await call.run(3000);
    call.tell({ type: 'transfer.ended', result: 'reached' });
    await call.run(200);
    call.tell({ type: 'phone.completed' });
  } else if (!call.streams.isOver) {
    call.carrier.hangUp();
    await call.run(150);
    call.tell({ type: 'phone.completed' });
  }
  await call.until(() => call.hasEnded, ENDS_WITHIN_MS);
  await call.run(SETTLED_AFTER_MS);
}
