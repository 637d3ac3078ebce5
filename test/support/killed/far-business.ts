import { z } from 'zod';
import { defineTool, type Tool } from '../../../src/services/tools/define-tool.ts';
import { done } from '../../../src/services/tools/tool-answer.ts';
import { lookUp } from '../golden/look-up.ts';
import type { Life } from './life.ts';

/** The systems of a business behind its tools: what they were ordered they keep, whatever becomes of who ordered it. */
export class FarBusiness {
  /** Keys of the orders, in order. */
  readonly orders: string[] = [];
  /** What nobody may see who was ordered something. */
  readonly faults: string[] = [];
  #hangs = false;

  /** Nothing answers any more, though what was under way is done. */
  hangs(): void {
    this.#hangs = true;
  }

  /** The tools that reach it, as one process has them. */
  toolsFor(life: Life): Tool[] {
    return [
      lookUp({
        setTimeout: (answer, ms) =>
          life.clock.setTimeout(() => {
            if (!this.#hangs) answer();
          }, ms),
      }),
      this.#orderTool(life),
    ];
  }

  /** Half of its time is the way there, and half the way back. */
  #orderTool(life: Life): Tool {
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
            life.act('an order to the business', () => {
              if (this.orders.includes(key)) this.faults.push('the same is ordered twice');
              this.orders.push(key);
            });
            life.clock.setTimeout(() => {
              if (!this.#hangs) resolve(done({ ordered: what }));
            }, takesMs / 2);
          }, takesMs / 2);
        }),
    });
  }
}
