import { callSetup } from '../call.setup.ts';

/**
 * The caller's stream was lost, and the carrier is expected to ask what comes after it: it is given another one. Nobody
 * hears anybody meanwhile; tools go on, and so does every deadline of the call.
 *
 * What was being said is not heard any more: it is broken off, and the model's memory ends where the caller stopped
 * listening. What the caller is owed when they are back is the state.
 */
export const awaitingStream = callSetup.createStateConfig({
  initial: 'replyOwed',
  entry: 'tellModelToCancel',
  always: [
    // Nobody could hear the clip that goes before it.
    { guard: 'isSessionGoneWithPerson', target: '#floor.transferring.lost' },
    { guard: 'isTransferWanted', target: '#floor.transferring.lost' },
  ],
  on: {
    'phone.left': [
      {
        guard: { type: 'mayReturn', params: ({ event }) => event },
        description: 'It is given another stream.',
      },
      { guard: 'hasPerson', target: '#floor.transferring.dialing' },
      { target: '#floor.ending.settling', actions: 'recordLossEnd' },
    ],
    // It is over, and nobody has said that the caller hung up.
    'phone.completed': { target: '#floor.ending.settling', actions: 'recordLossEnd' },
    // What the far end says by itself, nobody hears.
    'response.started': { actions: 'tellModelToCancel' },
    'hangup.requested': {
      target: '#floor.ending.settling',
      actions: ['tellPhoneToEndCall', { type: 'recordEnd', params: 'operator' }],
    },
  },
  after: {
    // The carrier may not have noticed.
    recallAfter: { actions: 'tellPhoneToRecall' },
    comeBackWithin: { target: '#floor.ending.settling', actions: 'recordLossEnd' },
  },
  states: {
    /** The caller has not heard a word of the greeting. */
    greetingOwed: {
      entry: 'tellModelToHoldReplies',
      on: { 'phone.attached': '#floor.connecting' },
    },

    /** The caller has missed nothing, and is owed nothing. */
    quiet: {
      on: {
        'phone.attached': [
          { guard: 'hasRunningTools', target: '#floor.conversing.toolExecuting' },
          { target: '#floor.conversing.listening' },
        ],
        // What was said before the loss is transcribed after it.
        'caller.startedSpeaking': 'replyOwed',
        'caller.committed': 'replyOwed',
      },
      // A silence that the caller has noticed is explained.
      after: { noticeAfter: 'replyOwed' },
    },

    /** The agent was cut short, or the caller was: the agent says sorry, and goes on from there. */
    replyOwed: {
      on: {
        'phone.attached': [
          { guard: 'hasRunningTools', target: '#floor.conversing.toolExecuting' },
          { target: '#floor.conversing.listening.awaitingReply', actions: 'tellModelToResume' },
        ],
      },
    },
  },
});
