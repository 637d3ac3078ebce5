import type { Hearing } from '../speech/speech-messages.ts';
import type { Speech } from '../speech/speech.ts';

interface Told {
  /** A piece of the caller's audio, base64, in the tick in which it came. */
  readonly hears?: (audio: string) => void;
  /** The session listens like this from now on. */
  readonly listens?: (hearing: Hearing) => void;
}

/** An ear that finds no turn and no word: whoever opens it says what the caller does. */
export function scriptedEar({
  hears = () => undefined,
  listens = () => undefined,
}: Told = {}): Speech['listen'] {
  return (hearing) => {
    listens(hearing);
    return {
      hear: hears,
      listen: listens,
      take: () => new Promise(() => undefined),
      clear: () => undefined,
      close: () => undefined,
    };
  };
}
