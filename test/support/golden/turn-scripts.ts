import { speech } from './scripted-call.ts';
import {
  ANSWER,
  answered,
  asked,
  FAILED,
  greeted,
  GREETING,
  hungUp,
  partedByAgent,
  QUIET,
  script,
  type CallScript,
} from './script-steps.ts';

/** How caller and agent take turns, until one of them stops. */
export const TURN_SCRIPTS: Readonly<Record<string, CallScript>> = {
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

  'response-failed-once': script({}, async (call) => {
    await greeted(call);
    call.plan('own', [], FAILED);
    call.plan('reply', [speech(ANSWER, 2200)]);
    await asked(call);
    await call.reaches('conversing.responding');
    await call.reaches(QUIET);
    return hungUp(call);
  }),

  'response-refused': script({ bargeIn: 'confirmed' }, async (call) => {
    await greeted(call);
    call.refuse('reply', { code: 'rate_limit_exceeded', message: 'too many' });
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
};
