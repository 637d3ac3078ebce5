import { isCallerBusy, isConversing, lawOf } from './law.ts';
import type { Step } from './step.ts';

interface Outcome {
  readonly then?: unknown;
}

const outcomeOf = ({ event, body }: Step) =>
  event === 'tool.settled' ? (body['outcome'] as Outcome | undefined) : undefined;
const askedBy = ({ event, body }: Step) =>
  event === 'tool.requested' ? (body['request'] as { readonly toolCallId: string }).toolCallId : undefined;

const ANSWERS: readonly string[] = [
  ...['createResponse:reply', 'createResponse:toolAnswer', 'createResponse:resumption', 'playClip:sorry'],
];

/** What a tool call comes to, and what of that the call does. */
export const toolCalls = [
  lawOf(
    'a tool call gets one answer',
    'The output of each tool call is given back once, and of none that was not made.',
    () => {
      const open = new Set<unknown>();
      return (step) => {
        const asked = askedBy(step);
        if (asked !== undefined && step.isTaken) open.add(asked);
        for (const { name, body } of step.orders) {
          if (name === 'answerTool' && !open.delete(body['toolCallId'])) return 'is answered again';
        }
        return undefined;
      };
    },
  ),
  lawOf(
    'the answers of tools are put into words',
    'Once the last tool of a round has settled, a response is asked for before the agent falls silent, or a clip says sorry.',
    () => {
      let open = 0;
      let isOwed = false;
      return (step) => {
        const outcome = outcomeOf(step);
        if (askedBy(step) !== undefined && step.isTaken) open++;
        for (const { name } of step.orders) if (name === 'answerTool') open--;
        if (outcome !== undefined && step.isTaken) isOwed = outcome.then === undefined;
        const isCovered =
          step.orders.some(({ name }) => ANSWERS.includes(name)) ||
          (step.event === 'response.started' && /^(reply|resumption)$/.test(String(step.body['purpose']))) ||
          !isConversing(step.state);
        if (isCovered) isOwed = false;
        return isOwed && open === 0 && step.state === 'conversing.listening.quiet' && 'nobody answers';
      };
    },
  ),
  lawOf(
    'what a tool has decided is done',
    'A transfer that a tool was told is under way begins as soon as the caller has finished; so does an end, unless the caller speaks on.',
    () => {
      let held: string | undefined;
      return (step) => {
        const { event, state } = step;
        const then = outcomeOf(step)?.then;
        if (typeof then === 'string' && step.isTaken && isConversing(state)) held = then;
        if (!isConversing(state)) held = undefined;
        // Who goes on is answered: the end can wait.
        if (held === 'endCall' && event === 'caller.startedSpeaking') held = undefined;
        return held !== undefined && !isCallerBusy(state) && `${held} is not done in ${state}`;
      };
    },
  ),
];
