import { isDeepStrictEqual } from 'node:util';
import { lawOf } from './law.ts';

const PROVES: readonly string[] = ['playback.finished', 'playback.cleared', 'phone.stopped', 'phone.lost'];

/** What was heard, and what the model knows of it. */
export const playback = [
  lawOf(
    'the model knows what was heard',
    'Whenever playback ends, the memory is cut once to what was heard, before anything else is asked of the model.',
    () => (step) => {
      if (!PROVES.includes(step.event) || !step.isTaken) return undefined;
      const cuts = step.orders.filter(({ name }) => name === 'settleItems');
      // An answer that comes at once is a step of its own, and takes its orders along.
      if (cuts.length === 0) return 'nothing is told';
      if (!isDeepStrictEqual(cuts[0]?.body['heard'], step.body['heard'])) return 'something else is told';
      const first = step.orders.findIndex(({ name }) => name.startsWith('createResponse'));
      const cut = step.orders.findIndex(({ name }) => name === 'settleItems');
      return first !== -1 && first < cut && 'a response is asked for before the cut';
    },
  ),
  lawOf(
    'one answer at a time is asked for',
    'No step asks twice for the same kind of response.',
    () => (step) => {
      const asked = step.orders.map(({ name }) => name).filter((name) => name.startsWith('createResponse'));
      return new Set(asked).size < asked.length && `asks twice: ${asked.join(', ')}`;
    },
  ),
];
