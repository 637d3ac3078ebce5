import { noteOfEnd, sessionSetup } from './session.setup.ts';

/**
 * The session nears the limit that its far end has set, and the one that is to follow is got ready beside it. The change
 * waits for a moment in which nobody speaks and nothing is owed: then all that the next one needs is in the history. A
 * session that is lost meanwhile is followed by the one that is coming, however far that has come.
 */
export const rotating = sessionSetup.createStateConfig({
  initial: 'opening',
  entry: 'openNext',
  on: {
    'next.ended': {
      target: '#session.open.live.resting',
      actions: ['letGoOfNext', { type: 'recordPause', params: ({ event }) => event }],
    },
  },
  states: {
    /** The far end has yet to make the session that is to follow. */
    opening: {
      on: {
        'next.opened': { target: 'configuring', actions: 'tellNextToConfigure' },
        'socket.closed': {
          target: '#session.open.opening',
          actions: [
            { type: 'recordLoss', params: ({ event }) => event },
            { type: 'tellCallItIsDisconnected', params: ({ event }) => noteOfEnd('MODEL_LOST', event) },
            'handOver',
          ],
        },
      },
      after: { openWithin: { actions: 'raiseNextEnded' } },
    },

    /** The same as for the first: formats, voice, tools and turn detection. */
    configuring: {
      on: {
        'next.updated': [
          {
            guard: { type: 'isMisfit', params: ({ event }) => event },
            actions: 'raiseNextEnded',
          },
          { target: 'waiting' },
        ],
        'socket.closed': {
          target: '#session.open.configuring',
          actions: [
            { type: 'recordLoss', params: ({ event }) => event },
            { type: 'tellCallItIsDisconnected', params: ({ event }) => noteOfEnd('MODEL_LOST', event) },
            'handOver',
            'tellCallItIsOpen',
          ],
        },
      },
      after: { settleWithin: { actions: 'raiseNextEnded' } },
    },

    /** Two sessions are ready, and the caller is heard by the first. */
    waiting: {
      entry: 'tellSocketToAwaitQuiet',
      on: {
        'socket.fellQuiet': {
          target: '#session.open.live.alone',
          actions: ['tellSocketToGiveOver', 'handOver', 'tellSocketToBegin', 'tellCallItIsRotated'],
        },
        'socket.closed': {
          target: '#session.open.live',
          reenter: true,
          actions: [
            { type: 'recordLoss', params: ({ event }) => event },
            { type: 'tellCallItIsDisconnected', params: ({ event }) => noteOfEnd('MODEL_LOST', event) },
            'handOver',
            'tellCallItIsOpen',
          ],
        },
      },
    },
  },
});
