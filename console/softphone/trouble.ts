/** What went wrong, in words for the viewer: what it is, and what to do. */
export interface Trouble {
  readonly title: string;
  readonly advice: string;
  /** True when the microphone is what is wrong: a call without one is still possible. */
  readonly isOfMicrophone: boolean;
}

/** Why there is no microphone, by the name of the browser's error. Source: W3C, "Media Capture and Streams", 10.2.1. */
export function microphoneTrouble(name: string, isSecure: boolean): Trouble {
  return { ...explained(name, isSecure), isOfMicrophone: true };
}

function explained(name: string, isSecure: boolean): Omit<Trouble, 'isOfMicrophone'> {
  if (!isSecure) {
    return {
      title: 'This page may not use a microphone',
      advice:
        'Browsers give it only to pages that come over https or from localhost. Open the console that way.',
    };
  }
  switch (name) {
    case 'NotAllowedError':
      return {
        title: 'The microphone is not allowed',
        advice: 'Allow it for this page, with the icon beside the address, and call again.',
      };
    case 'NotFoundError':
      return {
        title: 'There is no microphone',
        advice: 'Connect one, or call without: what you type is spoken for you.',
      };
    case 'OverconstrainedError':
      return {
        title: 'That microphone is gone',
        advice: 'Choose another one and call again.',
      };
    case 'NotReadableError':
    case 'AbortError':
      return {
        title: 'The microphone does not answer',
        advice: 'Another program may be using it. Close that, or choose another microphone.',
      };
    default:
      return { title: 'The microphone cannot be used', advice: `The browser says: ${name}.` };
  }
}

export const SPEAKER_TROUBLE: Trouble = {
  title: 'There is no sound',
  advice: 'The browser could not open an audio output. Check the speaker, and call again.',
  isOfMicrophone: false,
};

/** The trouble when the engine did not open a call or its stream, in the engine's words. */
export const callTrouble = (words: string): Trouble => ({
  title: 'The call could not be placed',
  advice: words,
  isOfMicrophone: false,
});
