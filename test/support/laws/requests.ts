import { isConversing, lawOf } from './law.ts';

/** What carries out a request that is made while the two talk. */
const CARRIES_OUT: Readonly<Record<string, string>> = {
  'mute.requested': 'mutePlayback',
  'whisper.requested': 'addMessage',
  'say.requested': 'createResponse:say',
  'tools.withdrawn': 'keepTools',
};

/** What those who are asked do. */
export const requests = [
  lawOf(
    'what is asked for is done',
    'While caller and agent talk, each request of the desk is carried out in the step in which it is made.',
    () => {
      let before = '';
      return ({ event, orders, state }) => {
        const wasConversing = isConversing(before);
        before = state;
        const wanted = CARRIES_OUT[event];
        if (!wasConversing || wanted === undefined) return undefined;
        return orders.every(({ name }) => name !== wanted) && `${wanted} is not ordered`;
      };
    },
  ),
  lawOf(
    'nobody goes on speaking unheard',
    'Whenever the playback is cleared, the response is cancelled, too.',
    () =>
      ({ orders }) => {
        const given = orders.map(({ name }) => name);
        return given.includes('clearPlayback') && !given.includes('cancelResponse') && 'it is generated on';
      },
  ),
  lawOf(
    'an operator is obeyed',
    'Who asks for the end of a call that has not begun to end gets it, and the caller with it.',
    () => {
      let before = '';
      return ({ event, orders, state }) => {
        const wasEnding = /^(ending|ended)/.test(before) && !before.startsWith('ending.farewell');
        before = state;
        if (event !== 'hangup.requested' || wasEnding) return undefined;
        if (!/^(ending\.(closing|settling)|ended)/.test(state)) return `goes on in ${state}`;
        const given = orders.map(({ name }) => name);
        return !given.includes('clearPlayback') && !given.includes('endCall') && 'the caller hears the rest';
      };
    },
  ),
];
