import { callSetup } from '../call.setup.ts';

/**
 * What the caller heard goes to the model, whoever has the floor. Stands above
 * every region that asks the model to speak: within one step the regions give
 * their orders from top to bottom, and the cut is told before the next response is asked for.
 */
export const memory = callSetup.createStateConfig({
  on: {
    'playback.finished': { actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard } },
    'playback.cleared': { actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard } },
    'phone.stopped': { actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard } },
    'phone.lost': { actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard } },
  },
});
