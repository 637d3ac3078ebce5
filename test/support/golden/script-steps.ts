import type { EngineSettings } from './hosted-engine.ts';
import { type ScriptedCall, speech, tool } from './scripted-call.ts';

/** One call of the folder: what its agent is like, and what happens in it. */
export interface CallScript {
  readonly settings: EngineSettings;
  readonly happens: <Left>(call: ScriptedCall<Left>) => Promise<Left>;
}

export const QUIET = 'conversing.listening.quiet';
export const GREETING = 'Hi, this is Acme, how can I help you?';
export const CONSENT = 'This call is recorded.';
export const ANSWER = 'We are open from nine to five today';
export const PERSON = { escalation: { phoneNumber: '+12025550111' } };
export const FAILED = { status: 'failed', reason: 'server_error' } as const;

/** A script for an agent that differs so from the default. */
export const script = (
  profile: EngineSettings['profile'],
  happens: CallScript['happens'],
  more: Partial<EngineSettings> = {},
): CallScript => ({ settings: { profile, dialect: 'ga', ...more }, happens });

/** The session is there, then the stream; the caller hears the greeting to its end. */
export async function greeted(call: ScriptedCall<unknown>): Promise<void> {
  call.plan('greeting', [speech(GREETING, 2400)]);
  call.model.open();
  await call.run(250);
  call.dials();
  await call.reaches(QUIET);
  await call.run(700);
}

/** The caller says something; the model begins to answer by itself. */
export async function asked(
  call: ScriptedCall<unknown>,
  words = 'what are your hours',
  ms = 1100,
): Promise<void> {
  call.says(words, ms);
  await call.reaches('conversing.listening.awaitingReply');
}

/** The caller asks, and hears the answer to its end. */
export async function answered(call: ScriptedCall<unknown>, words?: string): Promise<void> {
  call.plan('own', [speech(ANSWER, 2200)]);
  await asked(call, words);
  await call.reaches('conversing.responding');
  await call.reaches(QUIET);
}

/** The caller hangs up. */
export async function hungUp<Left>(call: ScriptedCall<Left>, afterMs = 400): Promise<Left> {
  await call.run(afterMs);
  call.carrier.hangUp();
  await call.run(150);
  call.tell({ type: 'phone.completed' });
  return call.ended();
}

/** The agent parts, and the caller hears it. */
export async function partedByAgent<Left>(call: ScriptedCall<Left>): Promise<Left> {
  call.plan('own', [tool('end_call', { reason: 'the caller is done' })]);
  call.plan('goodbye', [speech('Goodbye and thank you for calling', 1500)]);
  call.says('that is all, thank you', 900);
  return call.ended();
}
