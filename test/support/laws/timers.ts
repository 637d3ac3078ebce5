import { lawOf } from './law.ts';

interface Consequence {
  /** Where the call is then. */
  readonly state?: RegExp;
  /** One of these orders is among those given. */
  readonly gives?: readonly string[];
  /** So is each of these. */
  readonly givesAll?: readonly string[];
}

const SILENCED = ['clearPlayback', 'cancelResponse'];

/** What the caller is to notice, or not, when a time is over. */
const WHEN_OVER: Readonly<Record<string, Consequence>> = {
  connectWithin: { state: /^ending\.apologizing/, givesAll: ['playClip:failed', 'close'] },
  configureWithin: { state: /^ending\.apologizing/, givesAll: ['playClip:failed', 'close'] },
  reconnectWithin: { state: /^(transferring|ending|awaitingStream)/ },
  recallAfter: { givesAll: ['recall'] },
  comeBackWithin: { state: /^(ending\.settling|ended)/ },
  noticeAfter: { state: /^awaitingStream\.replyOwed/ },
  rejoinWithin: {
    state: /^conversing\.listening\.awaitingReply|^(ending|transferring)/,
    gives: ['createResponse:reply'],
  },
  greetWithin: { gives: ['createResponse:greeting', 'playClip:sorry'], givesAll: ['cancelResponse'] },
  replyWithin: {
    state: /^(conversing\.listening\.(awaitingReply|apologizing)|transferring\.dialing|ending\.apologizing)/,
    givesAll: ['cancelResponse'],
  },
  speakWithin: { state: /^conversing\.(listening|toolExecuting)/, givesAll: SILENCED },
  doubtWithin: { state: /^conversing\.interrupted\.(cut|doubting)/ },
  weighWithin: { state: /^conversing\.interrupted\.yielding/, givesAll: SILENCED },
  clearWithin: { state: /^conversing\.listening\.awaitingReply|^(ending|transferring)/ },
  turnWithin: { givesAll: ['commitTurn'] },
  digitWithin: { givesAll: ['addMessage'] },
  idleAfter: { gives: ['createResponse:idlePrompt', 'createResponse:goodbye'] },
  fillWithin: { state: /^conversing\.responding|^(ending|transferring)/ },
  partWithin: { state: /^ending\.closing/ },
  farewellWithin: { state: /^ending\.closing/ },
  apologyWithin: {
    state:
      /^(ending\.closing|transferring\.dialing|conversing\.(listening\.(quiet|awaitingReply)|toolExecuting))/,
  },
  closeAfter: { state: /^(ending\.settling|ended)/, givesAll: ['leaveStream:hangup'] },
  settleWithin: { state: /^ended/ },
  announceWithin: { state: /^transferring\.dialing/, givesAll: ['leaveStream:dial'] },
  answerWithin: { state: /^transferring\.connected/ },
  talkWithin: { state: /^(ending\.settling|ended)/ },
  returnWithin: { state: /^(ending\.settling|ended)/ },
};

/** What happens when somebody has been waited for long enough. */
export const timers = [
  lawOf('a time that is over is noticed', 'Each timer has the effect that the caller is promised.', () => {
    return ({ event, orders, state }) => {
      const wanted = event.startsWith('after.') ? WHEN_OVER[event.slice('after.'.length)] : undefined;
      if (wanted === undefined) return undefined;
      const given = orders.map(({ name }) => name);
      const { state: where, gives = [], givesAll = [] } = wanted;
      if (where !== undefined && !where.test(state)) return `leads to ${state}`;
      if (gives.length > 0 && !gives.some((name) => given.includes(name)))
        return `orders ${given.join(', ')}`;
      return givesAll.every((name) => given.includes(name)) ? undefined : `orders only ${given.join(', ')}`;
    };
  }),
];
