import { noteOf } from '../../../errors.ts';
import { callSetup } from '../call.setup.ts';

/**
 * Where the caller's line is. The phone leg lives here, as long as the call: it says how audio passes; this says
 * whether there is a stream that it could pass on.
 */
export const line = callSetup.createStateConfig({
  id: 'line',
  initial: 'awaited',
  invoke: {
    id: 'phone',
    src: 'phoneLeg',
    input: ({ context: { callSid } }) => ({ callSid }),
    // Without its leg the line is as good as broken.
    onError: {
      actions: { type: 'raiseLineLost', params: ({ event }) => noteOf(event.error, 'CALL_FAILED') },
    },
  },
  on: {
    'phone.attached': '.attached',
    'phone.completed': '.left',
    'phone.stopped': '.left',
    'phone.lost': [
      { guard: { type: 'isBeyondRecall', params: ({ event }) => event.error }, target: '.left' },
      { target: '.lost', actions: { type: 'recordLoss', params: ({ event }) => event.error } },
    ],
  },
  states: {
    /** The TwiML is out; the carrier opens its stream next. */
    awaited: { on: { 'call.restored': 'lost' } },

    /** Audio can go both ways. */
    attached: {
      always: { guard: 'isAway', target: 'away' },
      on: {
        // Whatever the socket looks like: who asks what comes after the stream has left it.
        'phone.left': { actions: 'tellPhoneToDropStream' },
      },
    },

    /** The stream broke, and nobody has said that the caller hung up: the carrier may open another one. */
    lost: { always: { guard: 'isAway', target: 'away' } },

    /** The carrier dials a person: the stream is left, or about to be, and the caller has not hung up by that. */
    away: {
      on: {
        'phone.stopped': { description: 'Expected: the stream ends during a transfer.' },
        'phone.lost': { description: 'Expected: the stream ends without `stop` during a transfer.' },
      },
    },

    /** The caller is gone, or the stream that could be heard. */
    left: {},
  },
});
