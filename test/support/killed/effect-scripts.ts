import {
  type CallScript,
  greeted,
  hungUp,
  partedByAgent,
  PERSON,
  QUIET,
  script,
} from '../golden/script-steps.ts';
import { type ScriptedCall, speech, tool } from '../golden/scripted-call.ts';

const SLOT = { name: 'Ann', service: 'Advice', date: '2026-01-06', time: '14:30' };
const LATER = { date: SLOT.date, time: SLOT.time, newDate: '2026-01-07', newTime: '10:00' };

/** The caller wants something, the model uses a tool for it, and says what came of it. */
async function wanted(
  call: ScriptedCall<unknown>,
  words: string,
  ...uses: readonly [name: string, args: object][]
): Promise<void> {
  call.plan(
    'own',
    uses.map(([name, args]) => tool(name, args)),
  );
  call.plan('toolAnswer', [speech('That is done', 900)]);
  call.says(words, 900);
  await call.reaches('conversing.toolExecuting', 5000);
  await call.reaches(QUIET);
}

/** Calls in which something is done that outlives them. */
export const EFFECT_SCRIPTS: Readonly<Record<string, CallScript>> = {
  lead: script({}, async (call) => {
    await greeted(call);
    await wanted(call, 'please call me back', ['create_lead', { name: 'Ann', interest: 'Advice' }]);
    return hungUp(call);
  }),

  booking: script({}, async (call) => {
    await greeted(call);
    await wanted(call, 'tomorrow at half past two', ['book_appointment', SLOT]);
    return partedByAgent(call);
  }),

  'booking-moved': script({}, async (call) => {
    await greeted(call);
    await wanted(call, 'tomorrow at half past two', ['book_appointment', SLOT]);
    await wanted(call, 'or rather on Wednesday at ten', ['reschedule_appointment', LATER]);
    return hungUp(call);
  }),

  text: script({}, async (call) => {
    await greeted(call);
    await wanted(call, 'send me that', ['send_sms', { body: 'We are open from nine to five.' }]);
    return hungUp(call);
  }),

  'lead-and-text': script({}, async (call) => {
    await greeted(call);
    await wanted(
      call,
      'call me back and send me a text',
      ['create_lead', { name: 'Ann' }],
      ['send_sms', { body: 'We call you back.' }],
    );
    return partedByAgent(call);
  }),

  'lead-then-person': script(PERSON, async (call) => {
    await greeted(call);
    await wanted(call, 'please call me back', ['create_lead', { name: 'Ann' }]);
    call.plan('own', [tool('escalate_to_human', { reason: 'asked for a person' })]);
    call.plan('transfer', [speech('I will connect you', 1200)]);
    call.says('or rather now', 900);
    await call.reaches('transferring.dialing');
    await call.run(3000);
    call.tell({ type: 'transfer.ended', result: 'reached' });
    await call.run(200);
    call.tell({ type: 'phone.completed' });
    return call.ended();
  }),

  'tool-behind-the-caller': script({}, async (call) => {
    await greeted(call);
    call.plan('own', [tool('look_up', { what: 'monday', takesMs: 1500 })]);
    call.says('are you free on monday', 900);
    await call.reaches('conversing.toolExecuting', 5000);
    return hungUp(call, 200);
  }),
};
