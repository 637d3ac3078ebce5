import { speech, tool } from './scripted-call.ts';
import {
  ANSWER,
  answered,
  asked,
  CONSENT,
  greeted,
  GREETING,
  hungUp,
  partedByAgent,
  QUIET,
  script,
  type CallScript,
} from './script-steps.ts';
import { ACTION_SCRIPTS } from './action-scripts.ts';
import { TURN_SCRIPTS } from './turn-scripts.ts';

/** Calls by name. A name is a file; a script that has changed is recorded with the next version. */
export const CALL_SCRIPTS: Readonly<Record<string, CallScript>> = {
  ...TURN_SCRIPTS,
  ...ACTION_SCRIPTS,

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
