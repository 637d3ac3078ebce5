import { speech, tool } from './scripted-call.ts';
import {
  ANSWER,
  answered,
  asked,
  FAILED,
  greeted,
  hungUp,
  partedByAgent,
  PERSON,
  QUIET,
  script,
  type CallScript,
} from './script-steps.ts';

/** What is done in a call: by tools, by operators, by a person who takes it over. */
export const ACTION_SCRIPTS: Readonly<Record<string, CallScript>> = {
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

  'transfer-answered': script(PERSON, async (call) => {
    await greeted(call);
    call.plan('own', [tool('escalate_to_human', { reason: 'asked for a person' })]);
    call.plan('transfer', [speech('I will connect you', 1200)]);
    await asked(call, 'may I speak to a person');
    await call.reaches('transferring.dialing');
    await call.run(6000);
    call.tell({ type: 'transfer.ended', result: 'reached' });
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
    call.tell({ type: 'transfer.ended', result: 'noAnswer' });
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
    call.tell({ type: 'transfer.ended', result: 'reached' });
    return call.ended();
  }),
};
