import { isSpoken, type Law } from './law.ts';
import type { Step } from './step.ts';

/** The turn is over by these; or there is nobody left to speak, or nobody who heard whether they still do. */
const ENDS_TURN: readonly string[] = [
  'caller.stoppedSpeaking',
  'caller.committed',
  'phone.attached',
  'model.disconnected',
  'after.rejoinWithin',
  'after.reconnectWithin',
];
/**
 * The caller may be spoken over because of these: a person at a desk asked for it, the call cannot go on, or the recording has
 * to be announced again at once.
 */
const OVERRULES = /^(agent|model|phone|say|transfer|hangup|transcript|crashed)\b/;

/** While the caller speaks, nothing that has come due makes the agent talk: no timer, no tool, no key, no word of an earlier turn. */
export const callersFloor: Law = {
  name: 'the caller is not spoken over',
  sentence: 'While the caller speaks, nothing that has come due makes the agent talk.',
  broken: (steps) =>
    spokenInto(steps).map(
      ({ place, event }) =>
        `the caller is not spoken over: row ${String(place)}, ${event}: the agent is to talk`,
    ),
};

/** A turn that is ended by order (`commitTurn`) has ended. */
function spokenInto(steps: readonly Step[]): readonly Step[] {
  let isSpeaking = false;
  return steps.filter(({ event, orders }) => {
    if (ENDS_TURN.includes(event)) isSpeaking = false;
    const end = orders.findIndex(({ name }) => name === 'commitTurn' || name.startsWith('leaveStream'));
    const during = isSpeaking ? orders.slice(0, end === -1 ? undefined : end) : [];
    if (end !== -1) isSpeaking = false;
    if (event === 'caller.startedSpeaking') isSpeaking = true;
    return !OVERRULES.test(event) && during.some(({ name }) => isSpoken(name));
  });
}
