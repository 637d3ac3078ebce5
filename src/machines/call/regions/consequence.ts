import { callSetup } from '../call.setup.ts';

/**
 * What a tool has decided for the call itself, held until the floor can take it: the model was told that it is done, so
 * it is done. A caller who speaks is heard first.
 */
export const consequence = callSetup.createStateConfig({
  id: 'consequence',
  initial: 'none',
  on: {
    'tool.settled': [
      { guard: 'isEndDecidedAndSpoken', target: '.end.spoken' },
      { guard: 'isEndDecided', target: '.end' },
      { guard: 'isTransferDecidedAndSpoken', target: '.transfer.spoken' },
      { guard: 'isTransferDecided', target: '.transfer' },
    ],
    'end.wanted': '.parting',
  },
  states: {
    none: {
      on: {
        'call.restored': [
          { guard: { type: 'wasEndWanted', params: ({ event }) => event.restored }, target: 'end' },
          { guard: { type: 'wasParting', params: ({ event }) => event.restored }, target: 'parting' },
          { guard: { type: 'wasTransferWanted', params: ({ event }) => event.restored }, target: 'transfer' },
        ],
      },
    },

    /** The conversation is over: the agent is to say goodbye. */
    end: {
      initial: 'unspoken',
      always: { guard: 'isEnding', target: 'parting' },
      states: {
        unspoken: {},
        /** The goodbye was heard beside the tool call. */
        spoken: {},
      },
    },

    /** The agent says goodbye, by its own will: a caller who thinks of something is answered instead. */
    parting: {
      always: { guard: 'isTransferUnderWay', target: 'none' },
      on: { 'end.withdrawn': 'none' },
    },

    /** The caller is to be handed to a person. */
    transfer: {
      initial: 'unspoken',
      always: { guard: 'isTransferUnderWay', target: 'none' },
      states: {
        unspoken: {},
        /** The announcement was heard beside the tool call. */
        spoken: {},
      },
    },
  },
});
