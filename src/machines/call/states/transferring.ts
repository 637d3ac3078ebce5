import { callSetup } from '../call.setup.ts';

/**
 * The caller is handed to a person: they hear the announcement, then the line
 * ringing. The stream is left for the carrier to dial; when nobody answers, the
 * carrier brings the caller back to the agent, who knows why.
 */
export const transferring = callSetup.createStateConfig({
  initial: 'choosing',
  on: {
    'caller.committed': { actions: 'recordCommitted' },
  },
  states: {
    choosing: {
      always: [
        { guard: 'hasSpokenWithTools', target: 'dialing' },
        { target: 'announcing', actions: { type: 'tellModelToSpeak', params: 'transfer' } },
      ],
    },

    /** The agent says that it connects the caller. */
    announcing: {
      on: {
        'playback.finished': {
          target: 'dialing',
          actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard },
        },
        'response.finished': {
          guard: { type: 'isEmpty', params: ({ event }) => event.outcome },
          target: 'dialing',
        },
      },
      after: { announceWithin: 'dialing' },
    },

    /** The stream is left and a person's phone rings. The session stays open: the caller may come back. */
    dialing: {
      entry: 'tellPhoneToDial',
      on: {
        'phone.stopped': {
          actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard },
        },
        'phone.lost': {
          actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard },
        },
        // The caller is with a person, or about to be: the agent is not missed.
        'model.lost': 'connected',
        'transfer.ended': [
          {
            guard: { type: 'isBridged', params: ({ event }) => event.result },
            target: '#call.ending.settling',
            actions: { type: 'recordEnd', params: 'transferred' },
          },
          {
            target: 'returning',
            actions: [
              {
                type: 'recordAsked',
                params: ({ event }) => ({ purpose: 'transferFailed', text: event.result }),
              },
              { type: 'tellModelToExplain', params: ({ event }) => event.result },
            ],
          },
        ],
      },
      after: { answerWithin: 'connected' },
    },

    /** Caller and person talk; the agent is gone. */
    connected: {
      entry: 'tellModelToClose',
      on: {
        'model.lost': { description: 'It was closed here.' },
        'phone.completed': {
          target: '#call.ending.settling',
          actions: { type: 'recordEnd', params: 'transferred' },
        },
        'transfer.ended': [
          {
            guard: { type: 'isBridged', params: ({ event }) => event.result },
            target: '#call.ending.settling',
            actions: { type: 'recordEnd', params: 'transferred' },
          },
          { target: '#call.ending.settling', actions: { type: 'recordEnd', params: 'no_answer' } },
        ],
      },
      after: {
        talkWithin: {
          target: '#call.ending.settling',
          actions: { type: 'recordEnd', params: 'transferred' },
        },
      },
    },

    /** Nobody answered; the carrier opens a new stream to the agent, who already has the words. */
    returning: {
      on: {
        'phone.attached': '#call.conversing.listening.awaitingReply',
      },
      after: {
        returnWithin: {
          target: '#call.ending.settling',
          actions: { type: 'recordEnd', params: 'lost' },
        },
      },
    },
  },
});
