import { z } from 'zod';
import { defineTool, type Tool } from '../../../src/services/tools/define-tool.ts';
import { done } from '../../../src/services/tools/tool-answer.ts';
import type { Life } from './life.ts';

/** A far end of the business's that takes orders: what it has taken it keeps, and it takes each key once. */
export class FarOrders {
  readonly taken: string[] = [];

  /** The tool that orders, as one process has it: half of its time is the way there, and half the way back. */
  toolFor(life: Life): Tool {
    return defineTool({
      name: 'order',
      description: 'Orders something.',
      policy: {
        kind: 'effect',
        once: 'arguments',
        outlivesCall: true,
        needsReadBack: false,
        isWayOut: false,
      },
      args: () => z.strictObject({ what: z.string(), takesMs: z.number() }),
      run: ({ what, takesMs }, { key }) =>
        new Promise((resolve) => {
          life.clock.setTimeout(() => {
            life.act('an order to the far end', () => {
              this.taken.push(key);
            });
            life.clock.setTimeout(() => {
              resolve(done({ ordered: what }));
            }, takesMs / 2);
          }, takesMs / 2);
        }),
    });
  }
}
