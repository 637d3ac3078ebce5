import { type Experiment, orderAfter, pause, seconds, statusOf } from './experiment.ts';
import type { ProbeCall, ProbeEvent } from './probe-call.ts';

/** What follows within this time is called at once. */
const AT_ONCE_MS = 500;

const reset: Experiment = {
  name: 'a stream is reset',
  script: {},
  lasts: ({ talkMs, actionMs, endMs }) => talkMs + actionMs + endMs,
  run: async (call, _callSid, { clock, times }) => {
    await pause(call, times.talkMs);
    const from = clock.steady();
    call.stream?.reset();
    const end = await call.first(['action', 'completed'], times.actionMs);
    const action = call.all('action')[0];
    await call.first(['stream-stopped', 'stream-error'], times.endMs);
    const order = orderAfter(call, from, ['action', 'stream-stopped', 'stream-error', 'completed']);
    return [
      { id: 'U1', answer: action === undefined ? end && 'not at all: the call ends' : asked(action, from) },
      { id: 'U7', about: 'when a stream breaks', answer: order === '' ? undefined : order },
    ];
  },
};

function asked(action: ProbeEvent, since: number): string {
  const afterMs = action.at - since;
  return `${afterMs < AT_ONCE_MS ? 'at once' : 'later'}: after ${seconds(afterMs)}, ${statusOf(action)}`;
}

const refused: Experiment = {
  name: 'a stream is refused',
  script: { refusesStream: true },
  lasts: ({ actionMs }) => actionMs,
  run: async (call, _callSid, { times }) => {
    const next = await call.first(['action', 'fallback', 'completed'], times.actionMs);
    const answers = {
      action: next && `the action: ${statusOf(next)}`,
      fallback: next && `the fallback URL of the number: ErrorCode=${next.form['ErrorCode'] ?? ''}`,
      completed: 'neither: the call ends',
    };
    const moment = next?.moment;
    const isKnown = moment === 'action' || moment === 'fallback' || moment === 'completed';
    return [{ id: 'U2', answer: isKnown ? answers[moment] : undefined }];
  },
};

const unread: Experiment = {
  name: 'a stream is not read any more',
  script: {},
  lasts: ({ talkMs, unreadMs }) => talkMs + unreadMs,
  run: async (call, _callSid, { clock, times }) => {
    await pause(call, times.talkMs);
    const from = clock.steady();
    call.stream?.stopReading();
    const end = await call.first(['action', 'stream-stopped', 'stream-error', 'completed'], times.unreadMs);
    const answer =
      end === undefined
        ? `not within ${seconds(times.unreadMs)}`
        : `after ${seconds(end.at - from)}: ${end.moment}`;
    return [{ id: 'U3', answer }];
  },
};

const idle: Experiment = {
  name: 'a stream is left alone',
  script: {},
  lasts: ({ idleMs }) => idleMs,
  run: async (call, _callSid, { times }) => {
    call.stream?.ping();
    await pause(call, times.idleMs);
    const pings = call.all('ping').length;
    const pinged = pings === 0 ? 'not pinged' : `pinged ${String(pings)} times`;
    const answered = call.all('pong').length > 0 ? 'answered' : 'not answered';
    return [{ id: 'U8', answer: `${pinged} in ${seconds(times.idleMs)}, a ping was ${answered}` }];
  },
};

const queued: Experiment = {
  name: 'a stream is closed while a tone plays',
  script: { action: () => '<Pause length="10"/>' },
  lasts: ({ talkMs, toneMs, endMs }) => 2 * talkMs + toneMs + endMs,
  run: async (call, _callSid, { listener, times }) => {
    await pause(call, times.talkMs);
    const before = listener.far?.stream?.loudMs;
    call.stream?.playTone(times.toneMs);
    await pause(call, times.talkMs);
    call.stream?.close();
    await pause(call, times.toneMs);
    const after = listener.far?.stream?.loudMs;
    if (before === undefined || after === undefined) return [{ id: 'U9', answer: undefined }];
    const heardMs = after - before;
    const name = heardMs > (times.talkMs + times.toneMs) / 2 ? 'it is played first' : 'it is dropped';
    return [{ id: 'U9', answer: `${name}: ${seconds(heardMs)} of ${seconds(times.toneMs)} were heard` }];
  },
};

/** Those that do something to a stream. */
export const STREAM_EXPERIMENTS: readonly Experiment[] = [reset, refused, unread, idle, queued];

/** Whether the stream of an experiment has begun as it is to begin. */
export const hasBegun = async (call: ProbeCall, withinMs: number): Promise<boolean> => {
  const wanted = call.script.refusesStream === true ? 'upgrade' : 'start';
  const first = await call.first([wanted, 'unanswered', 'completed'], withinMs);
  return first?.moment === wanted;
};
