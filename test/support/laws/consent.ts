import { holdsAnnouncement } from '../../../src/machines/call/call.announcement.ts';
import { type Law, lawOf } from './law.ts';
import type { Step } from './step.ts';

/** The chart wants it, or it was done. */
const BEGAN: readonly string[] = ['recording.begins', 'recording.began'];
const MAX_TELLINGS = 2;

const CONSENT = 'nothing is recorded before the announcement was heard';

/** When a call may be recorded. */
export const consent: readonly Law[] = [
  {
    name: CONSENT,
    sentence: 'A recording begins after words that hold the whole announcement were heard, and once.',
    broken: (steps) => {
      const announcement = announcementOf(steps);
      const begun = steps.flatMap(({ announced }, index) =>
        announced.some(({ name }) => BEGAN.includes(name)) ? [index] : [],
      );
      return begun.flatMap((index, nth) => {
        const place = `row ${String(steps[index]?.place)}`;
        if (nth > 0) return [`${CONSENT}: ${place}: it begins a second time`];
        // Whoever holds the tape is quick: its row can stand before the fact's own.
        const before = steps.slice(0, index + 2);
        return before.some((step) => isHeardIn(step, announcement))
          ? []
          : [`${CONSENT}: ${place}: it was not heard`];
      });
    },
  },
  lawOf(
    'the announcement is told again, and not for ever',
    'Words that do not hold the announcement lead to it at most twice, and to nothing when it was heard.',
    () => {
      let tellings = 0;
      let hasBegun = false;
      return ({ event, orders, announced }) => {
        hasBegun ||= announced.some(({ name }) => BEGAN.includes(name));
        if (event !== 'agent.said' || !orders.some(({ name }) => name === 'createResponse:say')) return false;
        if (hasBegun) return 'it is told although it was heard';
        return ++tellings > MAX_TELLINGS && `it is told again ${String(tellings)} times`;
      };
    },
  ),
];

const isHeardIn = ({ event, body }: Step, announcement: string | undefined) =>
  event === 'agent.said' &&
  announcement !== undefined &&
  holdsAnnouncement(String(body['text']), announcement);

function announcementOf(steps: readonly Step[]): string | undefined {
  const began = steps.flatMap(({ announced }) => announced).find(({ name }) => name === 'call.began');
  const text = began?.body['announcement'];
  return typeof text === 'string' ? text : undefined;
}
