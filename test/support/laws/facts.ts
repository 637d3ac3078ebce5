import { lawOf } from './law.ts';

/** Facts, requests and timers that there may be nobody to take, and why nothing follows from them then. */
const MAY_BE_LEFT: Readonly<Record<string, string>> = {
  'response.started': 'Only who waits for an answer asks which response begins.',
  'caller.startedSpeaking': 'It is told again, or before the call has begun, or at its end.',
  'caller.stoppedSpeaking': 'The turn has ended otherwise, or was no turn.',
  'playback.started': 'Something is heard already.',
  'digit.pressed': 'Nobody has asked for digits yet, or nobody answers them any more.',
  'after.fillerAfter': 'The caller has just heard a filler, or hears none in this call.',
  'phone.left': 'The call is ending: the carrier is told to hang up.',
  'say.requested': 'The desk says that it cannot be done now.',
  'handOver.requested': 'It is asked for again in the next quiet moment.',
  'transfer.requested': 'The desk says that it cannot be done now.',
};

/** What a call is told. */
export const facts = [
  lawOf(
    'a fact is taken, or counted as one that nobody took',
    'What a call is told while it lasts is taken by a state that names it. Its row says which transitions took it, or that none did, and that may be so of few kinds.',
    () => {
      let isOver = false;
      return ({ event, state, isTaken, isAccounted }) => {
        const wasOver = isOver;
        isOver = state === 'ended';
        if (wasOver) return undefined;
        if (!isAccounted) return 'its row does not say';
        return !isTaken && !Object.hasOwn(MAY_BE_LEFT, event) && `nobody takes it in ${state}`;
      };
    },
  ),
];
