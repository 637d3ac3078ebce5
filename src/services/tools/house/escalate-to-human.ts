import { z } from 'zod';
import { lineArg } from '../argument-text.ts';
import { defineTool } from '../define-tool.ts';
import { done, refuse } from '../tool-answer.ts';

/**
 * Hands the caller over to a person. The model chooses that it transfers,
 * never where: the number is the profile's, and is not told to the model.
 */
export const escalateToHuman = () =>
  defineTool({
    name: 'escalate_to_human',
    description:
      'Transfer the caller to a person. Use it when the caller asks for one, or when you cannot help. Say so before you call this.',
    policy: { kind: 'effect', once: 'none', outlivesCall: false, needsReadBack: false, isWayOut: true },
    args: () => z.strictObject({ reason: lineArg(500, 'Why, in a few words.') }),
    run: (_args, { call }) =>
      call.profile.escalation === undefined
        ? refuse('Nobody can be reached by transfer. Offer to take a message instead.')
        : done({ transferring: true }, 'transfer'),
  });
