import type { Trouble } from './trouble.ts';

/** The phase of a call from the page, with what the page shows in it. */
export type SoftphoneState =
  | { readonly phase: 'idle'; readonly trouble: Trouble | undefined }
  | { readonly phase: 'dialling'; readonly step: 'devices' | 'call' | 'stream' }
  | {
      readonly phase: 'talking';
      readonly callSid: string;
      /** The start of the call, in ms since the Unix epoch, by the viewer's clock. */
      readonly startedAt: number;
      readonly isMuted: boolean;
      /** The keys pressed so far. */
      readonly keys: string;
      /** How many sentences the built-in voice is making or saying. */
      readonly toSay: number;
      /** A trouble that did not end the call; undefined when there is none. */
      readonly trouble: Trouble | undefined;
    }
  | {
      readonly phase: 'ended';
      readonly callSid: string;
      readonly by: CallEnd;
      readonly lastedMs: number;
    };

/** Who ended the call. `engine`: the agent or an operator. `network`: nobody, the connection was lost. */
export type CallEnd = 'you' | 'engine' | 'network';

export type SoftphoneNews =
  | { readonly type: 'dialled' }
  | { readonly type: 'devicesOpened' }
  | { readonly type: 'callOpened' }
  | { readonly type: 'streamOpened'; readonly callSid: string; readonly at: number }
  | { readonly type: 'failed'; readonly trouble: Trouble }
  | { readonly type: 'muted'; readonly isMuted: boolean }
  | { readonly type: 'pressed'; readonly digit: string }
  | { readonly type: 'sayingBegan' }
  | { readonly type: 'said'; readonly sentences: 'all' | 'one' }
  | { readonly type: 'givenUp' }
  | { readonly type: 'closed'; readonly by: CallEnd; readonly at: number };

export const IDLE: SoftphoneState = { phase: 'idle', trouble: undefined };

/** The state after a piece of news. News that does not fit the phase came too late and changes nothing. */
export function after(state: SoftphoneState, news: SoftphoneNews): SoftphoneState {
  switch (news.type) {
    case 'dialled':
      return state.phase === 'idle' || state.phase === 'ended'
        ? { phase: 'dialling', step: 'devices' }
        : state;
    case 'devicesOpened':
      return state.phase === 'dialling' ? { phase: 'dialling', step: 'call' } : state;
    case 'callOpened':
      return state.phase === 'dialling' ? { phase: 'dialling', step: 'stream' } : state;
    case 'streamOpened':
      return state.phase === 'dialling' ? talking(news.callSid, news.at) : state;
    case 'givenUp':
      return state.phase === 'dialling' ? IDLE : state;
    case 'failed':
      if (state.phase === 'talking') return { ...state, trouble: news.trouble };
      return state.phase === 'dialling' ? { phase: 'idle', trouble: news.trouble } : state;
    case 'closed':
      if (state.phase !== 'talking') return state;
      return {
        phase: 'ended',
        callSid: state.callSid,
        by: news.by,
        lastedMs: Math.max(0, news.at - state.startedAt),
      };
    case 'muted':
    case 'pressed':
    case 'sayingBegan':
    case 'said':
      return state.phase === 'talking' ? { ...state, ...inCall(state, news) } : state;
  }
}

type Talking = Extract<SoftphoneState, { phase: 'talking' }>;
type InCallNews = Extract<SoftphoneNews, { type: 'muted' | 'pressed' | 'sayingBegan' | 'said' }>;

const talking = (callSid: string, startedAt: number): Talking => ({
  phase: 'talking',
  callSid,
  startedAt,
  isMuted: false,
  keys: '',
  toSay: 0,
  trouble: undefined,
});

function inCall(state: Talking, news: InCallNews): Partial<Talking> {
  switch (news.type) {
    case 'muted':
      return { isMuted: news.isMuted };
    case 'pressed':
      return { keys: state.keys + news.digit };
    case 'sayingBegan':
      return { toSay: state.toSay + 1, trouble: undefined };
    case 'said':
      return { toSay: news.sentences === 'all' ? 0 : Math.max(0, state.toSay - 1) };
  }
}
