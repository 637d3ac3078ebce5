import { callSetup } from '../call.setup.ts';

/**
 * The caller is handed to a person: they hear the announcement, then the line
 * ringing. The stream is left for the carrier to dial; when nobody answers, the
 * carrier brings the caller back to the agent, who knows why.
 */
export const transferring = callSetup.createStateConfig({
  initial: 'announcing',
  on: {
    // The caller may be with a person by now, on a line that no stream can end.
    'hangup.requested': {
      target: '#floor.ending.settling',
      actions: ['tellPhoneToEndCall', { type: 'recordEnd', params: 'operator' }],
    },
  },
  states: {
    /** The agent says that it connects the caller. */
    announcing: {
      always: { guard: 'isSessionGone', target: 'dialing' },
      on: {
        'playback.finished': 'dialing',
        'phone.lost': { target: 'lost', actions: 'tellModelToCancel' },
        'phone.left': { target: 'dialing', actions: 'tellModelToCancel' },
        'response.finished': {
          guard: { type: 'isEmpty', params: ({ event }) => event.outcome },
          target: 'dialing',
        },
        'hangup.requested': {
          target: '#floor.ending.closing',
          actions: ['tellPhoneToClear', 'tellModelToCancel', { type: 'recordEnd', params: 'operator' }],
        },
      },
      after: { announceWithin: 'dialing' },
    },

    /** The model is gone, and a person takes over: a clip asks the caller to wait. */
    excusing: {
      entry: { type: 'tellPhoneToPlay', params: 'hold' },
      on: {
        'playback.finished': 'dialing',
        'phone.lost': 'lost',
        'phone.left': 'dialing',
        'hangup.requested': {
          target: '#floor.ending.closing',
          actions: ['tellPhoneToClear', 'tellModelToCancel', { type: 'recordEnd', params: 'operator' }],
        },
      },
      after: { apologyWithin: 'dialing' },
    },

    /** The stream broke before it was left. It was decided: when the carrier asks what comes next, it dials. */
    lost: {
      on: {
        'phone.left': 'dialing',
        'phone.attached': 'dialing',
      },
      after: {
        // The carrier may not have noticed.
        recallAfter: { actions: 'tellPhoneToRecall' },
        comeBackWithin: { target: '#floor.ending.settling', actions: 'recordLossEnd' },
      },
    },

    /** The stream is left and a person's phone rings. The session stays open: the caller may come back. */
    dialing: {
      entry: 'tellPhoneToDial',
      on: {
        'phone.attached': {
          actions: 'tellPhoneToDial',
          description: 'The carrier was told before that to open it: it is left, too.',
        },
        'phone.stopped': { description: 'Expected: the stream ends, and the carrier dials.' },
        'phone.lost': { description: 'Expected: the stream ends without `stop`, and the carrier dials.' },
        'phone.left': { description: 'Expected: the carrier asks, and is told whom to dial.' },
        'transfer.ended': [
          {
            guard: { type: 'isReached', params: ({ event }) => event.result },
            target: '#floor.ending.settling',
            actions: { type: 'recordEnd', params: 'transferred' },
          },
          {
            guard: 'isSessionGone',
            target: 'returning',
            description: 'The model is gone, so the agent cannot explain the failure.',
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
      on: {
        'phone.completed': {
          target: '#floor.ending.settling',
          actions: { type: 'recordEnd', params: 'transferred' },
        },
        'transfer.ended': [
          {
            guard: { type: 'isReached', params: ({ event }) => event.result },
            target: '#floor.ending.settling',
            actions: { type: 'recordEnd', params: 'transferred' },
          },
          { target: '#floor.ending.settling', actions: { type: 'recordEnd', params: 'no_answer' } },
        ],
      },
      after: {
        talkWithin: {
          target: '#floor.ending.settling',
          actions: { type: 'recordEnd', params: 'transferred' },
        },
      },
    },

    /** Nobody answered; the carrier opens a new stream to the agent, who already has the words. */
    returning: {
      on: {
        'phone.left': { description: 'The stream that it was given did not come: it is given another one.' },
        'phone.attached': [
          {
            guard: 'isSessionGone',
            target: '#floor.ending.apologizing',
            actions: ['announceOldFailure', { type: 'recordEnd', params: 'failed' }],
          },
          { target: '#floor.conversing.listening.awaitingReply' },
        ],
      },
      after: {
        returnWithin: {
          target: '#floor.ending.settling',
          actions: { type: 'recordEnd', params: 'lost' },
        },
      },
    },
  },
});
