import { TwilioRestError } from '../../services/twilio/rest/rest-error.ts';
import { type Experiment, orderAfter, type ProbeAnswer, pause, seconds, statusOf } from './experiment.ts';

/** Updates of one call that are sent at once. */
const UPDATES = 10;
/** Tries that the overrides of an action ask for: one, and three more. */
const TRIES = 4;

const retries: Experiment = {
  name: 'an action is answered 503',
  script: { action: () => undefined },
  lasts: ({ talkMs, retriesMs }) => talkMs + retriesMs,
  run: async (call, _callSid, { times }) => {
    await pause(call, times.talkMs);
    call.stream?.close();
    const end = await call.first(['fallback', 'completed'], times.retriesMs);
    const tries = call.all('action').map(({ at }) => at);
    const forms: ProbeAnswer[] = [
      { id: 'U5', about: 'an action', answer: call.all('action')[0]?.signedForm },
      { id: 'U5', about: 'a stream', answer: call.all('upgrade')[0]?.signedForm },
    ];
    if (tries.length === 0) return [{ id: 'U4', answer: undefined }, ...forms];
    const name = tries.length === TRIES ? 'as it says' : 'otherwise';
    const apart = tries.slice(1).map((at, index) => seconds(at - (tries[index] ?? at)));
    const spacing = apart.length === 0 ? '' : `, ${apart.join(', ')} apart`;
    const then = end === undefined ? '' : `; then ${end.moment}`;
    const asked = `asked ${String(tries.length)} of ${String(TRIES)} times`;
    return [{ id: 'U4', answer: `${name}: ${asked}${spacing}${then}` }, ...forms];
  },
};

const hangUp: Experiment = {
  name: 'the called number hangs up',
  script: {},
  lasts: ({ talkMs, personMs, endMs }) => talkMs + personMs + endMs,
  run: async (call, _callSid, { rest, listener, clock, times, ask }) => {
    await pause(call, times.talkMs);
    const from = clock.steady();
    if (listener.far === undefined) ask('hang up the telephone that was called');
    else await rest.completeCall(listener.far.callSid);
    const end = await call.first(['completed'], times.personMs);
    if (end === undefined) return [{ id: 'U6', answer: undefined }];
    const action = await call.first(['action'], times.endMs);
    const order = orderAfter(call, from, ['stop', 'close', 'action', 'stream-stopped', 'completed']);
    return [
      { id: 'U6', answer: action === undefined ? 'no' : `yes, with ${statusOf(action)}` },
      { id: 'U7', about: 'when a caller hangs up', answer: order },
    ];
  },
};

const updates: Experiment = {
  name: `a call is led to a URL ${String(UPDATES)} times at once`,
  script: {},
  lasts: ({ talkMs, endMs }) => talkMs + endMs,
  run: async (call, callSid, { impatient, listener, times }) => {
    await pause(call, times.talkMs);
    const url = listener.urlOf(call, 'hold');
    const outcomes = await Promise.allSettled(
      Array.from({ length: UPDATES }, () => impatient.redirectCall(callSid, url)),
    );
    const taken = outcomes.filter((one) => one.status === 'fulfilled' && one.value === 'redirected').length;
    const tooMany = outcomes.filter((one) => one.status === 'rejected' && isTooMany(one.reason)).length;
    if (taken + tooMany < UPDATES) return [{ id: 'U10', answer: undefined }];
    const name = tooMany === 0 ? 'all of them' : 'not all of them';
    return [{ id: 'U10', answer: `${name}: ${String(taken)} of ${String(UPDATES)} at once` }];
  },
};

const isTooMany = (reason: unknown) => reason instanceof TwilioRestError && reason.httpStatus === 429;

/** Those that look at what the carrier asks, and what may be asked of it. */
export const REQUEST_EXPERIMENTS: readonly Experiment[] = [retries, hangUp, updates];
