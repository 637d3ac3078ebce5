import { type GoldenCall, type RecordedCall, speech, tool } from './golden-call.ts';
import type { EngineSettings } from './hosted-engine.ts';

/** One call of the folder: what its agent is like, and what happens in it. */
export interface CallScript {
  readonly settings: EngineSettings;
  readonly happens: (call: GoldenCall) => Promise<RecordedCall>;
}

const QUIET = 'conversing.listening.quiet';
const GREETING = 'Hi, this is Acme, how can I help you?';
const CONSENT = 'This call is recorded.';
const ANSWER = 'We are open from nine to five today';
const PERSON = { escalation: { phoneNumber: '+12025550111' } };
const FAILED = { status: 'failed', reason: 'server_error' } as const;

/** A script for an agent that differs so from the default. */
const script = (
  profile: EngineSettings['profile'],
  happens: CallScript['happens'],
  more: Partial<EngineSettings> = {},
): CallScript => ({ settings: { profile, dialect: 'ga', ...more }, happens });

/** The session is there, then the stream; the caller hears the greeting to its end. */
async function greeted(call: GoldenCall): Promise<void> {
  call.plan('greeting', [speech(GREETING, 2400)]);
  call.model.open();
  await call.run(250);
  call.dials();
  await call.reaches(QUIET);
  await call.run(700);
}

/** The caller says something; the model begins to answer by itself. */
async function asked(call: GoldenCall, words = 'what are your hours', ms = 1100): Promise<void> {
  call.says(words, ms);
  await call.reaches('conversing.listening.awaitingReply');
}

/** The caller asks, and hears the answer to its end. */
async function answered(call: GoldenCall, words?: string): Promise<void> {
  call.plan('own', [speech(ANSWER, 2200)]);
  await asked(call, words);
  await call.reaches('conversing.responding');
  await call.reaches(QUIET);
}

/** The caller hangs up. */
async function hungUp(call: GoldenCall, afterMs = 400): Promise<RecordedCall> {
  await call.run(afterMs);
  call.carrier.hangUp();
  await call.run(150);
  call.tell({ type: 'phone.completed' });
  return call.ended();
}

/** The agent parts, and the caller hears it. */
async function partedByAgent(call: GoldenCall): Promise<RecordedCall> {
  call.plan('own', [tool('end_call', { reason: 'the caller is done' })]);
  call.plan('goodbye', [speech('Goodbye and thank you for calling', 1500)]);
  call.says('that is all, thank you', 900);
  return call.ended();
}

/** Calls by name. A name is a file; a script that has changed is recorded with the next version. */
export const CALL_SCRIPTS: Readonly<Record<string, CallScript>> = {
  'greeting-by-model': script({}, async (call) => {
    await greeted(call);
    await answered(call);
    return hungUp(call);
  }),

  'greeting-by-clip': script(
    { greetingMode: 'clip' },
    async (call) => {
      call.dials();
      await call.run(400);
      call.model.open();
      await call.reaches(QUIET);
      await answered(call);
      return hungUp(call);
    },
    { greetingMs: 2200 },
  ),

  'greeting-interrupted': script({}, async (call) => {
    call.plan('greeting', [speech(GREETING, 3000)]);
    call.model.open();
    await call.run(200);
    call.dials();
    await call.reaches('conversing.greeting.audible');
    await call.run(900);
    await answered(call, 'yes hello, what are your hours');
    return hungUp(call);
  }),

  turns: script({}, async (call) => {
    await greeted(call);
    await answered(call, 'what are your hours');
    await call.run(1300);
    call.plan('own', [speech('Yes we are', 900), speech('And on Saturdays too', 1300)]);
    call.says(undefined, 700, { wordsAfterMs: 900 });
    await call.reaches('conversing.responding');
    await call.reaches(QUIET);
    await call.run(300);
    call.plan('own', [speech(ANSWER, 2000)]);
    call.says('and on Sundays', 600, { wordsAfterMs: 2600, isRepeating: true });
    await call.reaches('conversing.responding');
    await call.reaches(QUIET);
    await call.run(900);
    return partedByAgent(call);
  }),

  'long-turn': script({ limits: { maxTurnMs: 4000 } }, async (call) => {
    await greeted(call);
    call.plan('reply', [speech('Let me stop you there', 1200)]);
    call.plan('own', [speech('Let me stop you there', 1200)]);
    call.plan('own', [speech('Now I have it all', 1200)]);
    call.says('it is a long story and it goes on and on', 6500);
    await call.run(9000);
    await call.reaches(QUIET);
    return hungUp(call);
  }),

  'barge-in-immediate': script({}, async (call) => {
    await greeted(call);
    call.plan('own', [speech('We are open from nine to five and on Saturdays from ten to four', 6000)]);
    await asked(call);
    await call.reaches('conversing.responding');
    await call.run(1730);
    await answered(call, 'no, only on Mondays');
    return hungUp(call);
  }),

  'barge-in-confirmed': script({ bargeIn: 'confirmed' }, async (call) => {
    await greeted(call);
    call.plan('reply', [speech('We are open from nine to five and on Saturdays from ten to four', 6000)]);
    call.plan('reply', [speech(ANSWER, 2200)]);
    await asked(call);
    await call.reaches('conversing.responding');
    await call.run(1500);
    await asked(call, 'no, only on Mondays please', 1400);
    await call.reaches('conversing.responding');
    await call.reaches(QUIET);
    return hungUp(call);
  }),

  'barge-in-false-alarm': script({ bargeIn: 'confirmed' }, async (call) => {
    await greeted(call);
    call.plan('reply', [speech('We are open from nine to five and on Saturdays from ten to four', 6000)]);
    await asked(call);
    await call.reaches('conversing.responding');
    await call.run(1500);
    call.says('', 120);
    await call.run(1500);
    call.says(undefined, 200, { wordsAfterMs: 300 });
    await call.reaches(QUIET);
    return hungUp(call);
  }),

  'barge-in-twice': script({}, async (call) => {
    await greeted(call);
    for (const words of ['what are your hours', 'no I meant', 'wait']) {
      call.plan('own', [speech('We are open from nine to five and on Saturdays from ten to four', 6000)]);
      await asked(call, words, 700);
      await call.reaches('conversing.responding');
      await call.run(830);
    }
    await answered(call, 'on Mondays');
    return hungUp(call);
  }),

  'two-tools': script({}, async (call) => {
    await greeted(call);
    call.plan('own', [
      speech('Let me look', 700),
      tool('look_up', { what: 'monday', takesMs: 350 }),
      tool('look_up', { what: 'tuesday', takesMs: 600 }),
    ]);
    call.plan('toolAnswer', [speech('Monday is free and so is Tuesday', 2000)]);
    await asked(call, 'are you free on monday or tuesday');
    await call.reaches('conversing.toolExecuting');
    await call.reaches('conversing.responding');
    await call.reaches(QUIET);
    return partedByAgent(call);
  }),

  'slow-tool-with-filler': script({}, async (call) => {
    await greeted(call);
    call.plan('own', [tool('look_up', { what: 'monday', takesMs: 4200 })]);
    call.plan('toolAnswer', [speech('Monday is free', 1100)]);
    await asked(call, 'are you free on monday');
    await call.reaches('conversing.toolExecuting');
    await call.reaches('conversing.responding');
    await call.reaches(QUIET);
    return hungUp(call);
  }),

  'slow-tool-with-filler-by-model': script(
    { filler: 'model', limits: { toolTimeoutMs: 3500 } },
    async (call) => {
      await greeted(call);
      call.plan('own', [tool('look_up', { what: 'monday', takesMs: 6000 })]);
      call.plan('filler', [speech('One moment please', 900)]);
      call.plan('toolAnswer', [speech('I cannot reach our calendar', 1500)]);
      await asked(call, 'are you free on monday');
      await call.reaches('conversing.toolExecuting');
      await call.reaches('conversing.responding');
      await call.reaches(QUIET);
      return hungUp(call, 4000);
    },
  ),

  'tool-interrupted': script({}, async (call) => {
    await greeted(call);
    call.plan('own', [tool('look_up', { what: 'monday', takesMs: 2500 })]);
    await asked(call, 'are you free on monday');
    await call.reaches('conversing.toolExecuting');
    await call.run(500);
    call.plan('own', [speech('On Tuesday we are closed', 1400)]);
    call.plan('toolAnswer', [speech('Monday is free', 1100)]);
    call.says('or rather on tuesday', 1200);
    await call.run(9000);
    await call.reaches(QUIET);
    return hungUp(call);
  }),

  'response-failed-once': script({}, async (call) => {
    await greeted(call);
    call.plan('own', [], FAILED);
    call.plan('reply', [speech(ANSWER, 2200)]);
    await asked(call);
    await call.reaches('conversing.responding');
    await call.reaches(QUIET);
    return hungUp(call);
  }),

  'response-apologised-for': script({}, async (call) => {
    await greeted(call);
    call.plan('own', [], FAILED).plan('reply', [], { status: 'incomplete', reason: 'content_filter' });
    call.says('what are your hours', 1100);
    await call.run(4000);
    await answered(call, 'your hours please');
    return hungUp(call);
  }),

  'responses-given-up': script({}, async (call) => {
    await greeted(call);
    for (let turn = 0; turn < 3; turn++) call.plan('own', [], FAILED).plan('reply', [], FAILED);
    for (let turn = 0; turn < 3 && call.state.startsWith('conversing'); turn++) {
      call.says('hello?', 500);
      await call.run(3500);
    }
    return call.ended();
  }),

  digits: script({}, async (call) => {
    await greeted(call);
    call.plan('own', [speech('Please enter the number of your booking', 2600)]);
    await asked(call, 'I have a booking');
    await call.reaches('conversing.responding');
    await call.run(1200);
    for (const digit of ['4', '7', '1']) {
      call.carrier.press(digit);
      await call.run(450);
    }
    call.plan('reply', [speech('Thank you I have found it', 1500)]);
    await call.reaches('conversing.responding');
    await call.reaches(QUIET);
    await call.run(500);
    call.plan('reply', [speech('And two', 600)]);
    call.carrier.press('2');
    await call.run(300);
    call.carrier.press('#');
    await call.reaches('conversing.responding');
    await call.reaches(QUIET);
    return hungUp(call);
  }),

  'transfer-answered': script(PERSON, async (call) => {
    await greeted(call);
    call.plan('own', [tool('escalate_to_human', { reason: 'asked for a person' })]);
    call.plan('transfer', [speech('I will connect you', 1200)]);
    await asked(call, 'may I speak to a person');
    await call.reaches('transferring.dialing');
    await call.run(6000);
    call.tell({ type: 'transfer.ended', result: 'completed' });
    await call.run(200);
    call.tell({ type: 'phone.completed' });
    return call.ended();
  }),

  'transfer-not-answered': script(PERSON, async (call) => {
    await greeted(call);
    call.plan('own', [
      speech('I will connect you', 1200),
      tool('escalate_to_human', { reason: 'asked for a person' }),
    ]);
    await asked(call, 'may I speak to a person');
    await call.reaches('transferring.dialing');
    await call.run(25_000);
    call.plan('transferFailed', [speech('Nobody is there can I help you instead', 2200)]);
    call.plan('toolAnswer', [speech('So what can I do for you', 1600)]);
    call.tell({ type: 'transfer.ended', result: 'no-answer' });
    await call.run(300);
    call.dials();
    await call.reaches(QUIET);
    await answered(call);
    return hungUp(call);
  }),

  'operator-commands': script({}, async (call) => {
    await greeted(call);
    call.plan('say', [speech('A colleague is listening too', 1500)]);
    call.tell({ type: 'say.requested', text: 'A colleague is listening too.' });
    await call.run(3000);
    call.tell({ type: 'whisper.requested', text: 'Offer a discount.' });
    await answered(call);
    await call.run(300);
    call.plan('own', [speech(ANSWER, 3000)]);
    await asked(call, 'and on saturdays');
    await call.reaches('conversing.responding');
    await call.run(700);
    call.tell({ type: 'mute.requested', muted: true });
    await call.run(900);
    call.tell({ type: 'mute.requested', muted: false });
    await call.reaches(QUIET);
    call.plan('own', [speech('We are open from nine to five and on Saturdays from ten to four', 6000)]);
    await asked(call, 'and on sundays');
    await call.reaches('conversing.responding');
    await call.run(1000);
    call.tell({ type: 'hangup.requested' });
    return call.ended();
  }),

  'operator-transfer': script({}, async (call) => {
    await greeted(call);
    call.tell({ type: 'transfer.requested' });
    await call.run(300);
    call.plan('transfer', [], FAILED);
    call.tell({ type: 'transfer.requested', hasNumber: true });
    await call.reaches('transferring.dialing');
    await call.run(8000);
    call.tell({ type: 'transfer.ended', result: 'completed' });
    return call.ended();
  }),

  idle: script({ limits: { idleMs: 6000 } }, async (call) => {
    await greeted(call);
    call.plan('idlePrompt', [speech('Are you still there', 1100)]);
    await call.run(8000);
    await answered(call, 'yes I am');
    for (let prompt = 0; prompt < 3; prompt++) call.plan('idlePrompt', [speech('Are you still there', 1100)]);
    call.plan('goodbye', [speech('I will hang up now goodbye', 1400)]);
    return call.ended();
  }),

  'max-call': script({ limits: { maxCallMs: 30_000 } }, async (call) => {
    await greeted(call);
    await answered(call);
    call.plan('lastMinute', [speech('We have to end soon', 1200)]);
    await call.until('the warning', () => call.clock.now() >= call.beganAt + 20_000);
    call.plan('own', [speech('We are open from nine to five and on Saturdays from ten to four', 6000)]);
    await call.until('the last question', () => call.clock.now() >= call.beganAt + 26_000);
    call.says('one more thing', 800);
    call.plan('goodbye', [speech('Goodbye and thank you for calling', 1500)]);
    return call.ended();
  }),

  recorded: script({ recording: true }, async (call) => {
    call.plan('greeting', [speech(`${CONSENT} ${GREETING}`, 4200)]);
    call.model.open();
    await call.run(250);
    call.dials();
    await call.reaches(QUIET);
    call.tell({ type: 'recording.requested', paused: true, by: 'operator' });
    await answered(call, 'my address is private');
    call.tell({ type: 'recording.requested', paused: false, by: 'operator' });
    call.plan('own', [tool('pause_recording', {})]);
    call.plan('toolAnswer', [speech('It is paused', 800)]);
    await asked(call, 'please do not record me');
    await call.reaches('conversing.responding');
    await call.reaches(QUIET);
    return hungUp(call);
  }),

  'announcement-interrupted': script({ recording: true }, async (call) => {
    call.plan('greeting', [speech(`${CONSENT} ${GREETING}`, 4200)]);
    call.model.open();
    await call.run(250);
    call.dials();
    await call.reaches('conversing.greeting.audible');
    await call.run(500);
    call.plan('say', [speech(CONSENT, 1300)]);
    call.plan('own', [speech(ANSWER, 2000)]);
    call.says('hello?', 500);
    await call.run(4000);
    return hungUp(call);
  }),

  pcm16: script({ audio: 'pcm16' }, async (call) => {
    await greeted(call);
    call.plan('own', [speech('We are open from nine to five and on Saturdays from ten to four', 6000)]);
    await asked(call);
    await call.reaches('conversing.responding');
    await call.run(1240);
    await answered(call, 'no, only on Mondays');
    return hungUp(call);
  }),

  'beta-dialect': script(
    {},
    async (call) => {
      await greeted(call);
      call.plan('own', [tool('look_up', { what: 'monday', takesMs: 200 })]);
      call.plan('toolAnswer', [speech('Monday is free and so is Tuesday and Wednesday', 4000)]);
      await asked(call, 'are you free on monday');
      await call.reaches('conversing.responding');
      await call.run(900);
      await answered(call, 'good');
      return partedByAgent(call);
    },
    { dialect: 'beta' },
  ),

  'model-lost': script({}, async (call) => {
    await greeted(call);
    call.plan('own', [speech('We are open from nine to five and on Saturdays from ten to four', 6000)]);
    await asked(call);
    await call.reaches('conversing.responding');
    await call.run(1000);
    call.model.terminate();
    return call.ended();
  }),

  'stream-lost': script({}, async (call) => {
    await greeted(call);
    call.plan('own', [speech(ANSWER, 2200)]);
    await asked(call);
    await call.reaches('conversing.responding');
    await call.run(600);
    call.carrier.vanish();
    return call.ended();
  }),

  'no-stream': script({}, async (call) => {
    call.model.open();
    return call.ended();
  }),

  'no-model': script({}, async (call) => {
    call.dials();
    return call.ended();
  }),
};
