import { isCallerBusy, isConversing, lawOf } from './law.ts';
import type { Step } from './step.ts';

const ANSWERS: readonly string[] = [
  ...['createResponse:reply', 'createResponse:toolAnswer', 'createResponse:resumption', 'playClip:sorry'],
];

/** A response has begun that knows the turn, was asked for, or can be heard already; or a clip says sorry. */
const isAnswered = ({ event, body, orders }: Step) =>
  event === 'playback.started' ||
  orders.some(({ name }) => ANSWERS.includes(name)) ||
  (event === 'response.started' && /^(reply|toolAnswer|resumption)$/.test(String(body['purpose'])));

/** Turns of the caller's, and who answers them. */
export const turns = [
  lawOf(
    'a turn is answered',
    'A turn of the caller’s that is no noise is never followed by silence: a response to it begins, or is asked for, or a clip says sorry.',
    () => {
      let isOwed = false;
      let silencedBy: unknown;
      return (step) => {
        const { event, body, state } = step;
        if (event === 'caller.startedSpeaking' && state.includes('.interrupted')) silencedBy = body['itemId'];
        const isNoise = event === 'caller.committed' && silencedBy === body['itemId'];
        if (event === 'caller.committed' && !isNoise && isConversing(state)) isOwed = true;
        if (isAnswered(step) || !isConversing(state) || isCallerBusy(state)) isOwed = false;
        return isOwed && state === 'conversing.listening.quiet' && 'nobody answers';
      };
    },
  ),
  lawOf(
    'a call waits for words, and for no others',
    'Before its end a call waits for the words of every turn that was committed, and not when it has them all.',
    () => {
      let owed = 0;
      let hasModel = true;
      return ({ event, orders, announced, state }) => {
        if (event === 'caller.committed') owed++;
        if (event === 'caller.said' || event === 'caller.unclear') owed = Math.max(0, owed - 1);
        if (/^(model\.(lost|refused)|crashed\.model)$/.test(event)) hasModel = false;
        if (orders.some(({ name }) => name === 'close')) hasModel = false;
        const isOver = state === 'ended' && event !== 'after.settleWithin';
        if (isOver && hasModel && owed > 0) return `ends without ${String(owed)} of them`;
        // The session that owed them died with its process.
        if (announced.some(({ name }) => name === 'call.resumed')) owed = 0;
        return state === 'ending.settling' && (owed === 0 || !hasModel) && 'waits for nothing';
      };
    },
  ),
  lawOf(
    'what comes to nothing is asked for twice at most',
    'The same is asked for again once, and then a clip says sorry, unless somebody was heard meanwhile.',
    () => {
      const asked = new Map<string, number>();
      return ({ event, orders }) => {
        if (event === 'playback.started' || event.startsWith('caller.') || event.startsWith('digit'))
          asked.clear();
        for (const { name } of orders) {
          if (name.startsWith('playClip')) asked.clear();
          if (!/^createResponse:(greeting|reply|idlePrompt|transferFailed|resumption)$/.test(name)) continue;
          const times = (asked.get(name) ?? 0) + 1;
          asked.set(name, times);
          if (times > 2) return `${name} is asked for ${String(times)} times`;
        }
        return undefined;
      };
    },
  ),
];
