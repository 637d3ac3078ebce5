/** What the page and its audio thread tell each other. */

export type ToLine =
  /** Mu-law for the caller's ear. */
  | { readonly type: 'play'; readonly audio: Uint8Array }
  | { readonly type: 'mark'; readonly name: string }
  | { readonly type: 'clear' }
  /** Mu-law that is said in the microphone's place. */
  | { readonly type: 'say'; readonly audio: Uint8Array; readonly typed?: string | undefined }
  | { readonly type: 'mute'; readonly isMuted: boolean }
  /** Seconds from the audio thread to the ear. */
  | { readonly type: 'lag'; readonly seconds: number }
  | { readonly type: 'stop' };

export type FromLine =
  /** 20 ms passed. Levels are the loudest sample in them, from 0 to 1. */
  | {
      readonly type: 'frame';
      readonly audio: Uint8Array;
      /** Begins what the built-in voice says for the caller: the words that were typed. */
      readonly typed?: string | undefined;
      readonly callerLevel: number;
      readonly agentLevel: number;
      readonly playedMs: number;
      readonly queuedMs: number;
    }
  | { readonly type: 'mark'; readonly name: string }
  | { readonly type: 'said' };
