import { isSpoken, lawOf } from './law.ts';

/** The caller is gone, or somebody else ends the call. */
const LEFT: readonly string[] = [
  ...['phone.stopped', 'phone.lost', 'phone.completed', 'crashed.phone', 'hangup.requested'],
  ...['transfer.ended', 'after.talkWithin', 'after.returnWithin', 'after.comeBackWithin'],
  // Who may not come back hears a sentence of the carrier's.
  'phone.left',
];
const PARTS: readonly string[] = ['createResponse:goodbye', 'playClip:failed'];
/** Each reaches its leg once: a second one would be for a leg that is closed. */
const ONCE: readonly string[] = ['close', 'leaveStream:hangup', 'endCall'];

/** How a call may end. */
export const endings = [
  lawOf(
    'nobody is hung up on without a word',
    'A line that this side leaves was left by the caller, or has heard a goodbye, or a clip that says sorry.',
    () => {
      let hasParted = false;
      let isToolOpen = false;
      return ({ event, orders, state }) => {
        if (event === 'tool.requested') isToolOpen = true;
        // What is said beside a tool that ends the call is its goodbye.
        const saidByTool = isToolOpen && (event === 'playback.finished' || state.startsWith('ending'));
        if (LEFT.includes(event) || saidByTool) hasParted = true;
        if (event === 'caller.startedSpeaking' && !state.startsWith('ending')) hasParted = false;
        for (const { name } of orders) {
          if (PARTS.includes(name)) hasParted = true;
          if (name === 'leaveStream:hangup' && !hasParted) return 'the line is left without a word';
        }
        return undefined;
      };
    },
  ),
  lawOf(
    'nothing is said to a line that was left',
    'Once the stream is left for good, or the caller has left it, nobody is asked to speak.',
    () => {
      let isLeft = false;
      return ({ event, orders, state }) => {
        if (event === 'phone.attached') isLeft = false;
        // A person's line rings, or the carrier is about to dial it: the caller may come back to the agent.
        if (state.startsWith('transferring')) isLeft = false;
        else if (/^phone\.(stopped|lost|completed)$/.test(event)) isLeft = true;
        for (const { name } of orders) {
          if (isLeft && isSpoken(name)) return `${name} is for nobody`;
          if (name === 'leaveStream:hangup') isLeft = true;
        }
        return undefined;
      };
    },
  ),
  lawOf('an end is ordered once', 'Each order that ends a leg is given once in a call.', () => {
    const given = new Set<string>();
    return ({ orders }) => {
      for (const { name } of orders) {
        if (!ONCE.includes(name)) continue;
        if (given.has(name)) return `${name} a second time`;
        given.add(name);
      }
      return undefined;
    };
  }),
];
