import { lawOf } from './law.ts';

/** What becomes of a call whose stream was lost, and who hears what of it. */
export const streams = [
  lawOf(
    'a lost stream is waited for',
    'A stream that is lost while caller and agent talk does not end the call: the carrier may bring it back.',
    () => {
      let before = '';
      return ({ event, body, state }) => {
        const wasTalking = /^(connecting|configuring|conversing)/.test(before);
        before = state;
        if (event !== 'phone.lost' || !wasTalking) return undefined;
        const { code } = body['error'] as { code: string };
        return code !== 'CALL_FAILED' && !/^(awaitingStream|transferring)/.test(state) && `ends in ${state}`;
      };
    },
  ),
  lawOf(
    'who comes back is not left in silence',
    'A caller who is owed something when their stream is back hears the agent, or waits for a tool.',
    () => {
      let before = '';
      return ({ event, orders, state }) => {
        const wasOwed = before === 'awaitingStream.replyOwed';
        before = state;
        if (event !== 'phone.attached' || !wasOwed) return undefined;
        const isAsked = orders.some(({ name }) => /^(createResponse|playClip)/.test(name));
        return !isAsked && !state.startsWith('conversing.toolExecuting') && `nothing is said in ${state}`;
      };
    },
  ),
];
