import { callSetup } from '../call.setup.ts';

/**
 * The caller hears the agent. A fact of playback at the carrier, not of deltas
 * from the model: the two are seconds apart.
 */
export const responding = callSetup.createStateConfig({
  entry: 'recordSpeech',
  // The goodbye, or the announcement, is what can be heard now: it is not asked for again.
  always: [
    {
      guard: 'isEndWanted',
      target: '#floor.ending.farewell.hearing',
      actions: { type: 'recordEnd', params: 'agent_ended' },
    },
    { guard: 'isTransferWanted', target: '#floor.transferring.announcing' },
  ],
  on: {
    'caller.startedSpeaking': 'interrupted',
    'playback.finished': [
      { guard: 'hasRunningTools', target: 'toolExecuting' },
      { guard: 'isAnswerComing', target: 'toolExecuting.answering' },
      { target: 'listening' },
    ],
  },
  after: {
    speakWithin: { target: 'listening', actions: ['tellPhoneToClear', 'tellModelToCancel'] },
  },
});
