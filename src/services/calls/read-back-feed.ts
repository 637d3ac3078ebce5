import { type FeedListener, listenerOf } from '../../protocol/call-feed.ts';
import type { Toolbox } from '../tools/toolbox.ts';

/**
 * Passes on to the toolbox what its policy goes by: the words of the agent that
 * the caller has heard, and that the caller took a turn.
 *
 * The turn counts when it is committed: its words come later than the model's
 * answer to them, and a tool that the answer asks for cannot wait for them.
 */
export const readBackFeed = (toolbox: Pick<Toolbox, 'noteSpoken'>, callSid: string): FeedListener =>
  listenerOf({
    'caller.committed': () => {
      toolbox.noteSpoken(callSid, 'callerSpoke');
    },
    'agent.said': ({ body }) => {
      toolbox.noteSpoken(callSid, { agentSaid: body.text });
    },
  });
