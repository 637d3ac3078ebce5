import { contextOf } from './call.context.ts';
import { callSetup } from './call.setup.ts';
import { floor } from './floor/floor.ts';
import { answer } from './regions/answer.ts';
import { clip } from './regions/clip.ts';
import { clock } from './regions/clock.ts';
import { consequence } from './regions/consequence.ts';
import { filler } from './regions/filler.ts';
import { line } from './regions/line.ts';
import { memory } from './regions/memory.ts';
import { recording } from './regions/recording.ts';
import { session } from './regions/session.ts';
import { tools } from './regions/tools.ts';
import { turn } from './regions/turn.ts';
import { words } from './regions/words.ts';

/**
 * One phone call, from the first ring to the last word.
 *
 * Everything that a call knows is a state. `floor` is the one that people talk
 * about: who may speak. Beside it stand the conditions that live longer than any
 * state of the floor, each a region of its own. Within one step the regions act
 * from top to bottom, so their order is the order of orders on the wire; the
 * floor asks them by guards, and tells them by events of the call's own.
 * The story of each state: docs/statecharts/call.md.
 */
export const callMachine = callSetup.createMachine({
  id: 'call',
  context: ({ input }) => contextOf(input),
  output: ({ context }) => ({ reason: context.endReason ?? 'completed' }),
  initial: 'alive',
  states: {
    alive: {
      type: 'parallel',
      entry: 'raiseRestored',
      states: {
        memory,
        line,
        session,
        clip,
        tools,
        consequence,
        turn,
        answer,
        words,
        filler,
        clock,
        recording,
        floor,
      },
    },

    /** Final here: another process goes on with the call, from its log. Its stream is left, and the carrier asks what comes next. */
    handedOver: { type: 'final' },

    /** Final: XState stops both legs and every tool still running. */
    ended: { type: 'final', entry: 'announceEnd' },
  },
});
