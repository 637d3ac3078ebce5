import type { Clock } from '../../clock.ts';
import type { TwilioRest } from '../../services/twilio/rest/rest.ts';
import type { CarrierUnknown } from '../../simulator/carrier/carrier-unknowns.ts';
import type { ProbeCall, ProbeEvent, ProbeMoment, ProbeScript } from './probe-call.ts';
import type { ProbeListener } from './probe-listener.ts';

/** What one call has found out. */
export interface ProbeAnswer {
  readonly id: CarrierUnknown['id'];
  /** Of what, where a question has several answers. */
  readonly about?: string;
  /** Undefined: it could not be found out. */
  readonly answer: string | undefined;
}

/** How long what is waited for, in ms. */
export interface ProbeTimes {
  /** Until the called number has answered, and the stream is there. */
  readonly answerMs: number;
  /** Before a stream is ended. */
  readonly talkMs: number;
  /** For the question after a stream. */
  readonly actionMs: number;
  /** For the end of a stream that nobody reads. */
  readonly unreadMs: number;
  /** For all tries of one question. */
  readonly retriesMs: number;
  /** For pings on a stream that is left alone. */
  readonly idleMs: number;
  /** Of the tone that still waits when a stream is closed. */
  readonly toneMs: number;
  /** For a person to hang up. */
  readonly personMs: number;
  /** For whatever else comes at the end of a call. */
  readonly endMs: number;
}

export interface ProbeMeans {
  readonly rest: TwilioRest;
  /** The same, which asks once. */
  readonly impatient: TwilioRest;
  readonly listener: ProbeListener;
  readonly clock: Clock;
  readonly times: ProbeTimes;
  /** Asks whoever sits here for something. */
  readonly ask: (text: string) => void;
}

/** One call, what is done to it, and what is learnt. */
export interface Experiment {
  readonly name: string;
  readonly script: ProbeScript;
  /** How long the call lasts at most, in ms. */
  readonly lasts: (times: ProbeTimes) => number;
  /** Runs once the call's first stream has started, or was refused. */
  readonly run: (call: ProbeCall, callSid: string, means: ProbeMeans) => Promise<ProbeAnswer[]>;
}

export const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** Lets time pass in a call, but not beyond its end. */
export async function pause(call: ProbeCall, ms: number): Promise<void> {
  await call.first(['completed'], ms);
}

/** Names of what came after a moment, in order, each once. */
export function orderAfter(call: ProbeCall, from: number, moments: readonly ProbeMoment[]): string {
  const came = call.events.filter(({ moment, at }) => at >= from && moments.includes(moment));
  return [...new Set(came.map(({ moment }) => moment))].join(', ');
}

/** What a request says of its call, in Twilio's words. */
export const statusOf = ({ form }: ProbeEvent) => `CallStatus=${form['CallStatus'] ?? ''}`;
