import { z } from 'zod';
import { lineArg } from '../argument-text.ts';
import { defineTool } from '../define-tool.ts';
import { done } from '../tool-answer.ts';

/** Ends the call. The line closes after the goodbye was heard: the call's chart sees to that. */
export const endCall = () =>
  defineTool({
    name: 'end_call',
    description: 'Hang up. Use it when the caller has said goodbye or wants nothing more. Say goodbye first.',
    policy: { kind: 'effect', once: 'none', outlivesCall: false, needsReadBack: false, isWayOut: true },
    args: () => z.strictObject({ reason: lineArg(500, 'Why, in a few words.') }),
    run: () => done({ ending: true }, 'endCall'),
  });
