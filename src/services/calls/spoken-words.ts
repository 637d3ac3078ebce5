import type { AudioLine } from '../../media/audio-line.ts';
import type { SpokenWords } from '../../protocol/console-live.ts';
import type { CardWatch } from '../cards/card-watch.ts';
import type { CallMemory } from '../openai/memory/call-memory.ts';

interface Speaking {
  readonly line: Pick<AudioLine, 'playing'>;
  readonly memory: Pick<CallMemory, 'items' | 'callerWords'>;
  /** Undefined for calls whose card numbers are kept. */
  readonly cards: Pick<CardWatch, 'whileSpoken'> | undefined;
}

/**
 * What is being said in a call at this moment: lines that have not come to their
 * end, and are in no transcript yet. The agent's are held to what was heard, and
 * what comes next is told apart: a barge-in may leave it unsaid.
 *
 * Nothing of it is kept or told to anybody: it is worked out when it is asked for.
 */
export function spokenWords({ line, memory, cards }: Speaking): SpokenWords[] {
  const shown = (role: SpokenWords['role'], text: string) => cards?.whileSpoken(role, text) ?? text;
  const caller = [...memory.callerWords.coming].map(([itemId, text]): SpokenWords => ({
    role: 'caller',
    itemId,
    text: shown('caller', text),
    ahead: '',
  }));
  const agent = memory.items.spoken(line.playing()).map(({ itemId, text, ahead }): SpokenWords => {
    const whole = shown('agent', text + ahead);
    // Where some of it is not shown, it is not known either where in it the caller's ear is.
    if (whole !== text + ahead) return { role: 'agent', itemId, text: whole, ahead: '' };
    return { role: 'agent', itemId, text, ahead };
  });
  return [...caller, ...agent];
}
