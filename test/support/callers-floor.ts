import type { EventRow } from '../../src/services/storage/journal.port.ts';

/** One step of a call: what it was told, and the orders that it gave because of that, `createResponse:reply` for one. */
export interface Told {
  readonly event: string;
  readonly orders: readonly string[];
}

/** What makes the agent audible, now or in a moment. */
const SPEAKS = /^(createResponse|playClip|resumePlayback)/;
/** The turn is over by these; or there is nobody left to speak. */
const ENDS_TURN: readonly string[] = ['caller.stoppedSpeaking', 'caller.committed', 'phone.attached'];
/** The caller may be spoken over because of these: a person at a desk asked for it, or the call cannot go on. */
const OVERRULES = /^(model|phone|say|transfer|hangup|transcript|xstate\.error|crashed)\b/;

/**
 * The law of the caller's floor: while the caller speaks, nothing that has come due makes the agent talk. No timer, no
 * tool that has settled, no key, no word of an earlier turn. A turn that is ended by order (`commitTurn`) has ended.
 * @returns each step that broke it.
 */
export function spokenInto(history: readonly Told[]): readonly Told[] {
  let isSpeaking = false;
  return history.filter((step) => {
    const { event, orders } = step;
    if (ENDS_TURN.includes(event)) isSpeaking = false;
    const end = orders.findIndex((order) => order === 'commitTurn' || order === 'leaveStream');
    const during = isSpeaking ? orders.slice(0, end === -1 ? undefined : end) : [];
    if (end !== -1) isSpeaking = false;
    if (event === 'caller.startedSpeaking') isSpeaking = true;
    return !OVERRULES.test(event) && during.some((order) => SPEAKS.test(order));
  });
}

/** The steps of a call as its log has them: a fact or a timer, and the orders behind it. */
export function stepsOf(rows: readonly EventRow[]): readonly Told[] {
  const steps: { event: string; orders: string[] }[] = [];
  for (const { actor, event, body } of rows) {
    const { purpose } = body;
    const isFact = event.includes('.') && (actor !== 'call' || /^(after|crashed)\./.test(event));
    if (isFact) steps.push({ event, orders: [] });
    else if (!event.includes('.'))
      steps.at(-1)?.orders.push(typeof purpose === 'string' ? `${event}:${purpose}` : event);
  }
  return steps;
}
