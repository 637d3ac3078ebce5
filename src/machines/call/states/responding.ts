import { callSetup } from '../call.setup.ts';

/**
 * The caller hears the agent. A fact of playback at the carrier, not of deltas
 * from the model: the two are seconds apart.
 */
export const responding = callSetup.createStateConfig({
  entry: 'recordSpeech',
  on: {
    'caller.startedSpeaking': 'interrupted',
    'caller.committed': {
      actions: [{ type: 'recordTurn', params: ({ event }) => event.itemId }, 'recordCommitted'],
    },
    // It broke off in mid-sentence, or came to nothing behind what is still heard: the rest is owed.
    'response.finished': {
      guard: { type: 'isCutShort', params: ({ event }) => event.outcome },
      actions: ['recordRest', { type: 'recordResponseEnd', params: ({ event }) => event.outcome }],
    },
    // The goodbye, or the announcement, is what can be heard now: it is not asked for again.
    'tool.settled': [
      {
        guard: { type: 'isEndingTheCall', params: ({ event }) => event.outcome },
        target: '#call.ending.farewell.hearing',
        actions: [
          { type: 'settleToolCall', params: ({ event }) => event },
          { type: 'recordEnd', params: 'agent_ended' },
        ],
      },
      {
        guard: { type: 'isTransferring', params: ({ event }) => event.outcome },
        target: '#call.transferring.announcing',
        actions: { type: 'settleToolCall', params: ({ event }) => event },
      },
    ],
    'playback.finished': [
      {
        guard: 'hasRunningTools',
        target: 'toolExecuting',
        actions: [
          { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard },
          'recordSpokeWithTools',
        ],
      },
      {
        guard: 'isAnswerComing',
        target: 'toolExecuting.answering',
        actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard },
      },
      {
        guard: 'isTurnOwed',
        target: 'listening.awaitingReply',
        actions: [{ type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard }, 'tellModelToReply'],
      },
      {
        target: 'listening',
        actions: { type: 'tellModelWhatWasHeard', params: ({ event }) => event.heard },
      },
    ],
  },
  after: {
    speakWithin: { target: 'listening', actions: ['tellPhoneToClear', 'tellModelToCancel'] },
  },
});
