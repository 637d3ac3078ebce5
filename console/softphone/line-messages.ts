/** The messages between the page and its audio thread. */

export type ToLine =
  /** Mu-law to play to the caller. */
  | { readonly type: 'play'; readonly audio: Uint8Array }
  | { readonly type: 'mark'; readonly name: string }
  | { readonly type: 'clear' }
  /** Mu-law to send to the engine in place of the microphone. */
  | { readonly type: 'say'; readonly audio: Uint8Array; readonly typed?: string | undefined }
  | { readonly type: 'mute'; readonly isMuted: boolean }
  /** The delay from the audio thread to the ear, in seconds. */
  | { readonly type: 'lag'; readonly seconds: number }
  | { readonly type: 'stop' };

export type FromLine =
  /** Sent every 20 ms. A level is the loudest sample in them, from 0 to 1. */
  | {
      readonly type: 'frame';
      readonly audio: Uint8Array;
      /** The typed words that the built-in voice begins to say with this frame. */
      readonly typed?: string | undefined;
      readonly callerLevel: number;
      readonly agentLevel: number;
      readonly playedMs: number;
      readonly queuedMs: number;
    }
  | { readonly type: 'mark'; readonly name: string }
  | { readonly type: 'said' };
