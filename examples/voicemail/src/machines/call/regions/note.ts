import { noteOf } from '../../../errors.ts';
import { callSetup } from '../call.setup.ts';

/**
 * What a caller says to the voicemail, until it is kept. Stands beside the floor, because words come late: who hangs up right
 * after speaking has left a note, too. The end of the call waits for it, briefly.
 */
export const note = callSetup.createStateConfig({
  id: 'note',
  initial: 'none',
  states: {
    /** The agent answers this call, or will. */
    none: { always: { guard: 'isAtVoicemail', target: 'open' } },

    /** The caller may leave one, and has said nothing yet. */
    open: {
      on: {
        'caller.said': [
          {
            guard: { type: 'isWordless', params: ({ event }) => event.text },
            description: 'It was a noise.',
          },
          { target: 'taken', actions: { type: 'recordNote', params: ({ event }) => event.text } },
        ],
      },
    },

    /** Something was said, and more may come. */
    taken: {
      always: { guard: 'isLineClosed', target: 'closing' },
      on: { 'caller.said': { actions: { type: 'recordNote', params: ({ event }) => event.text } } },
    },

    /** Nobody speaks any more: the last words are on their way. */
    closing: {
      always: [
        { guard: 'hasAllWords', target: 'keeping' },
        { guard: 'isSessionGone', target: 'keeping' },
      ],
      on: { 'caller.said': { actions: { type: 'recordNote', params: ({ event }) => event.text } } },
      after: { lastWordsWithin: 'keeping' },
    },

    /** It is being stored. */
    keeping: {
      invoke: {
        id: 'note',
        src: 'keepNote',
        input: ({ context: { callSid, note: text } }) => ({ callSid, text }),
        onDone: 'kept',
        onError: {
          target: 'lost',
          actions: {
            type: 'announceFailure',
            params: ({ event }) => noteOf(event.error, 'STORAGE_UNAVAILABLE'),
          },
        },
      },
    },

    kept: { type: 'final' },

    /** It could not be stored; whoever listens was told. */
    lost: { type: 'final' },
  },
});
