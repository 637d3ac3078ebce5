import { z } from 'zod';
import type { Clock } from '../../../src/clock.ts';
import { defineTool } from '../../../src/services/tools/define-tool.ts';
import { done } from '../../../src/services/tools/tool-answer.ts';

/** Takes as long as it is asked to. */
export const lookUp = (clock: Pick<Clock, 'setTimeout'>) =>
  defineTool({
    name: 'look_up',
    description: 'Looks something up.',
    policy: { kind: 'reads', once: 'none', outlivesCall: false, needsReadBack: false, isWayOut: false },
    args: () => z.strictObject({ what: z.string(), takesMs: z.number() }),
    run: ({ what, takesMs }) =>
      new Promise((resolve) => {
        clock.setTimeout(() => {
          resolve(done({ found: what }));
        }, takesMs);
      }),
  });
