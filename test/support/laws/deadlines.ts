import { isCallerBusy, isCallerSpeaking, isConversing, lawOf } from './law.ts';

const isOver = (event: string) => event === 'after.maxCall' || event === 'transcript.filled';

/** What has come due stays due, and is done as soon as anyone can. */
export const deadlines = [
  lawOf(
    'a call that has lasted too long says goodbye',
    'Once its time is up, a conversation goes on only while the caller speaks.',
    () => {
      let isDue = false;
      return ({ event, state }) => {
        isDue ||= isOver(event);
        return isDue && isConversing(state) && !isCallerSpeaking(state) && `goes on in ${state}`;
      };
    },
  ),
  lawOf(
    'the end of a call is announced',
    'Once the last minute has begun, the caller is told as soon as they have been answered.',
    () => {
      let isDue = false;
      return ({ event, orders, state }) => {
        isDue ||= event === 'after.lastWordsAfter';
        if (orders.some(({ name }) => name === 'createResponse:lastMinute')) isDue = false;
        const isBusy = isCallerBusy(state) || state.startsWith('conversing.listening.awaitingReply');
        return isDue && isConversing(state) && !isBusy && `is not announced in ${state}`;
      };
    },
  ),
];
