import type { PausedBy } from '../call.events.ts';
import { callSetup } from '../call.setup.ts';
import type { RestoredCall } from '../restored-call.ts';

/** Whether the recording of a call that is restored stood so, and who had it pause. */
const was = (standing: RestoredCall['recording']['standing'], pausedBy?: PausedBy) => ({
  type: 'wasRecorded' as const,
  params: ({ event: { restored } }: { event: { restored: RestoredCall } }) => ({
    restored,
    standing,
    pausedBy,
  }),
});

/**
 * Whether what is said is kept as sound. Nothing is before the caller has heard the announcement, by what was proved to be
 * heard; how it is kept, and that it is durable, is the affair of whoever holds the tape.
 *
 * A pause for a card's number ends with the caller's next words without one. It becomes one that somebody asked for when
 * somebody does, and then ends only when somebody ends it.
 */
export const recording = callSetup.createStateConfig({
  id: 'recording',
  initial: 'off',
  on: { 'recording.brokeOff': '.stopped' },
  states: {
    /** The call is not recorded, or there is no line yet on which that could be announced. */
    off: {
      on: {
        'call.restored': [
          { guard: was('consentOwed'), target: 'consentOwed' },
          { guard: was('consentOwed', 'operator'), target: 'consentOwed.paused.operator' },
          { guard: was('consentOwed', 'agent'), target: 'consentOwed.paused.agent' },
          { guard: was('consentOwed', 'card'), target: 'consentOwed.paused.card' },
          // It goes on behind what the process before had written.
          { guard: was('rolling'), target: 'rolling', actions: 'announceRecordingBegin' },
          {
            guard: was('rolling', 'operator'),
            target: 'paused.operator',
            actions: [
              'announceRecordingBegin',
              { type: 'announceRecordingPause', params: { by: 'operator' } },
            ],
          },
          {
            guard: was('rolling', 'agent'),
            target: 'paused.agent',
            actions: ['announceRecordingBegin', { type: 'announceRecordingPause', params: { by: 'agent' } }],
          },
          {
            guard: was('rolling', 'card'),
            target: 'paused.card',
            actions: ['announceRecordingBegin', { type: 'announceRecordingPause', params: { by: 'card' } }],
          },
          { guard: was('stopped'), target: 'stopped' },
        ],
        'phone.attached': { guard: 'isRecorded', target: 'consentOwed' },
        'recording.requested': [
          { guard: 'isPauseOfRecorded', target: 'consentOwed.paused.operator' },
          { guard: 'isOfPersonAndRecorded', target: 'consentOwed' },
        ],
      },
    },

    /** The caller has not heard to its end that the call is recorded: nothing is kept. */
    consentOwed: {
      initial: 'unpaused',
      on: {
        // Who talks over it every time is not recorded.
        'agent.said': { guard: 'canTellAgain', actions: ['recordTelling', 'wantConsent'] },
      },
      states: {
        /** The recording begins when the announcement was heard. */
        unpaused: {
          on: {
            'agent.said': {
              guard: { type: 'isAnnouncementHeard', params: ({ event }) => event.text },
              target: '#recording.rolling',
              actions: 'announceRecordingBegin',
            },
            'recording.requested': [
              { guard: 'isPauseByOperator', target: 'paused.operator' },
              { guard: 'isPauseByAgent', target: 'paused.agent' },
              { guard: 'isPauseByCard', target: 'paused.card' },
              { guard: 'isOfPerson', target: 'unpaused' },
            ],
          },
        },

        /** The recording begins with a pause: it was requested before the announcement was heard. */
        paused: {
          initial: 'operator',
          states: {
            /** An operator asked for it. */
            operator: {
              on: {
                'agent.said': {
                  guard: { type: 'isAnnouncementHeard', params: ({ event }) => event.text },
                  target: '#recording.paused.operator',
                  actions: [
                    'announceRecordingBegin',
                    { type: 'announceRecordingPause', params: { by: 'operator' } },
                  ],
                },
                'recording.requested': [
                  { guard: 'isResumeByPerson', target: '#recording.consentOwed.unpaused' },
                  { guard: 'isOfPerson', target: 'operator' },
                ],
              },
            },

            /** The agent asked for it, with a tool. */
            agent: {
              on: {
                'agent.said': {
                  guard: { type: 'isAnnouncementHeard', params: ({ event }) => event.text },
                  target: '#recording.paused.agent',
                  actions: [
                    'announceRecordingBegin',
                    { type: 'announceRecordingPause', params: { by: 'agent' } },
                  ],
                },
                'recording.requested': [
                  { guard: 'isResumeByPerson', target: '#recording.consentOwed.unpaused' },
                  { guard: 'isOfPerson', target: 'agent' },
                ],
              },
            },

            /** The caller gives a card's number. */
            card: {
              on: {
                'agent.said': {
                  guard: { type: 'isAnnouncementHeard', params: ({ event }) => event.text },
                  target: '#recording.paused.card',
                  actions: [
                    'announceRecordingBegin',
                    { type: 'announceRecordingPause', params: { by: 'card' } },
                  ],
                },
                'recording.requested': [
                  { guard: 'isResume', target: '#recording.consentOwed.unpaused' },
                  { guard: 'isPauseByOperator', target: 'operator' },
                  { guard: 'isPauseByAgent', target: 'agent' },
                ],
              },
            },
          },
        },
      },
    },

    /** What both sides say is kept. */
    rolling: {
      on: {
        'recording.requested': [
          {
            guard: 'isPauseByOperator',
            target: 'paused.operator',
            actions: { type: 'announceRecordingPause', params: ({ event }) => event },
          },
          {
            guard: 'isPauseByAgent',
            target: 'paused.agent',
            actions: { type: 'announceRecordingPause', params: ({ event }) => event },
          },
          {
            guard: 'isPauseByCard',
            target: 'paused.card',
            actions: { type: 'announceRecordingPause', params: ({ event }) => event },
          },
          { guard: 'isOfPerson', target: 'rolling' },
        ],
      },
    },

    /** Its time goes on, and nothing is heard on it. */
    paused: {
      initial: 'operator',
      states: {
        /** An operator asked for it. */
        operator: {
          on: {
            'recording.requested': [
              {
                guard: 'isResumeByPerson',
                target: '#recording.rolling',
                actions: { type: 'announceRecordingResume', params: ({ event }) => event },
              },
              {
                guard: 'isCardGiven',
                actions: { type: 'announceRecordingSilence', params: ({ event }) => event },
              },
              { guard: 'isOfPerson', target: 'operator' },
            ],
          },
        },

        /** The agent asked for it, with a tool. */
        agent: {
          on: {
            'recording.requested': [
              {
                guard: 'isResumeByPerson',
                target: '#recording.rolling',
                actions: { type: 'announceRecordingResume', params: ({ event }) => event },
              },
              {
                guard: 'isCardGiven',
                actions: { type: 'announceRecordingSilence', params: ({ event }) => event },
              },
              { guard: 'isOfPerson', target: 'agent' },
            ],
          },
        },

        /** The caller gives a card's number. */
        card: {
          on: {
            'recording.requested': [
              {
                guard: 'isResume',
                target: '#recording.rolling',
                actions: { type: 'announceRecordingResume', params: ({ event }) => event },
              },
              {
                guard: 'isPauseByOperator',
                target: 'operator',
                actions: { type: 'announceRecordingPause', params: ({ event }) => event },
              },
              {
                guard: 'isPauseByAgent',
                target: 'agent',
                actions: { type: 'announceRecordingPause', params: ({ event }) => event },
              },
              {
                guard: 'isCardGiven',
                actions: { type: 'announceRecordingSilence', params: ({ event }) => event },
              },
            ],
          },
        },
      },
    },

    /** The recording failed or was deleted: it does not begin again. */
    stopped: {
      on: { 'recording.requested': { guard: 'isOfPerson', target: 'stopped' } },
    },
  },
});
