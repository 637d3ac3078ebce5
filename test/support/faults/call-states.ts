import { PERSON, QUIET } from '../golden/script-steps.ts';
import type { EngineSettings } from '../golden/hosted-engine.ts';
import { speech, tool } from '../golden/scripted-call.ts';
import { FaultedCall } from './faulted-call.ts';

/** What a call is in when something goes wrong. */
export interface CallState {
  /** In a table's words. */
  readonly says: string;
  /** Brings a new call there. */
  readonly reach: (call: FaultedCall) => Promise<void>;
  /** How long a session may last there, in ms. */
  readonly sessionLimitMs?: number;
  /** What is to become of the call whatever happens: nothing else than what was decided. */
  readonly endsAs?: 'person' | 'agent_ended';
}

const SETTINGS: EngineSettings = {
  profile: { ...PERSON, limits: { toolTimeoutMs: 4000 } },
  dialect: 'ga',
};
const GREETING = 'Hi this is Acme how can I help you';
const ANSWER = 'We are open from nine to five today and on Saturdays from ten to four';

async function rings(call: FaultedCall): Promise<void> {
  call.plan('greeting', [speech(GREETING, 2400)]);
  call.model.open();
  await call.run(250);
  call.dials();
}

async function greeted(call: FaultedCall): Promise<void> {
  await rings(call);
  await call.reaches(QUIET);
  await call.run(700);
}

async function uses(call: FaultedCall, name: string): Promise<void> {
  await greeted(call);
  call.plan('own', [tool(name, { what: 'monday', takesMs: 1600 })]);
  call.plan('toolAnswer', [speech('Monday it is', 1100)]);
  call.says('is monday possible', 900);
  await call.reaches('conversing.toolExecuting');
  await call.run(400);
}

/** The states of failures, by name. */
export const CALL_STATES: Readonly<Record<string, CallState>> = {
  connecting: {
    says: 'it connects: the stream is there, the session is not',
    reach: async (call) => {
      call.plan('greeting', [speech(GREETING, 2400)]);
      call.dials();
      await call.run(100);
      call.model.open();
      await call.run(10);
    },
  },
  greeting: {
    says: 'the agent greets',
    reach: async (call) => {
      await rings(call);
      await call.reaches('conversing.greeting.audible');
      await call.run(800);
    },
  },
  listening: { says: 'nobody speaks', reach: greeted },
  callerSpeaking: {
    says: 'the caller speaks',
    reach: async (call) => {
      await greeted(call);
      call.plan('own', [speech(ANSWER, 2600)]);
      call.says('I would like to know when you are open', 2400);
      await call.run(1200);
    },
  },
  thinking: {
    says: 'the caller waits for an answer',
    reach: async (call) => {
      await greeted(call);
      call.plan('own', [speech(ANSWER, 2600)], { firstAfterMs: 900 });
      call.says('when are you open', 900);
      await call.reaches('conversing.listening.awaitingReply');
      await call.run(300);
    },
  },
  speaking: {
    says: 'the agent speaks',
    reach: async (call) => {
      await greeted(call);
      call.plan('own', [speech(ANSWER, 6000)]);
      call.says('when are you open', 900);
      await call.reaches('conversing.responding');
      await call.run(1500);
    },
  },
  toolRead: { says: 'a tool looks something up', reach: (call) => uses(call, 'look_up') },
  toolEffect: { says: 'a tool does something', reach: (call) => uses(call, 'order') },
  transferring: {
    says: 'the agent puts through to a person',
    endsAs: 'person',
    reach: async (call) => {
      await greeted(call);
      call.plan('own', [tool('escalate_to_human', { reason: 'asked for a person' })]);
      call.plan('transfer', [speech('I will connect you now please hold the line', 2400)]);
      call.says('may I speak to a person', 900);
      await call.reaches('transferring');
      await call.run(700);
    },
  },
  resuming: {
    says: 'it comes back after its process died',
    reach: async (call) => {
      await greeted(call);
      call.plan('own', [speech(ANSWER, 6000)]);
      call.says('when are you open', 900);
      await call.reaches('conversing.responding');
      await call.run(1000);
      call.kill();
      await call.until(() => call.state === 'gone', 100);
      await call.until(() => call.isIn('awaitingStream'), 5000);
      await call.until(() => !call.isIn('awaitingStream'), 5000);
    },
  },
  recycling: {
    says: 'its session is followed by the next one, before its limit',
    sessionLimitMs: 12_000,
    reach: async (call) => {
      await greeted(call);
      const isRotating = () =>
        call.written.some(({ regions }) => regions?.['session']?.includes('rotat') === true);
      await call.until(isRotating, 12_000);
    },
  },
  closing: {
    says: 'the agent says goodbye',
    endsAs: 'agent_ended',
    reach: async (call) => {
      await greeted(call);
      call.plan('own', [tool('end_call', { reason: 'the caller is done' })]);
      call.plan('goodbye', [speech('Goodbye and thank you for calling', 2400)]);
      call.says('that is all thank you', 900);
      await call.reaches('ending');
      await call.run(700);
    },
  },
};

/** A new call, in this state. */
export async function callIn({ reach, sessionLimitMs }: CallState): Promise<FaultedCall> {
  const call = new FaultedCall(SETTINGS, sessionLimitMs);
  await call.begin();
  await reach(call);
  return call;
}
