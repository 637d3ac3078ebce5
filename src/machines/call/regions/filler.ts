import { callSetup } from '../call.setup.ts';

/** Keeps fillers apart: "one moment" twice in a breath is worse than silence. */
export const filler = callSetup.createStateConfig({
  id: 'filler',
  initial: 'ready',
  states: {
    ready: { on: { 'filler.asked': 'resting' } },
    resting: { after: { fillersApart: 'ready' } },
  },
});
