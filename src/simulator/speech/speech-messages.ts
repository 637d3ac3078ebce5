/** What the pool and its threads say to each other. Everything is plain data; audio is moved, not copied. */

import type { ErrorNote } from '../../errors.ts';
import type { Manner } from './flite.ts';
import type { Detection, VoiceFact } from './voice-activity.ts';

/** Formats of the Realtime API: mu-law or A-law at 8 kHz, or 16-bit little-endian PCM at 24 kHz. */
export type SpeechFormat = 'audio/pcmu' | 'audio/pcma' | 'audio/pcm';

/** Bytes of one millisecond. */
export const BYTES_PER_MS = { 'audio/pcmu': 8, 'audio/pcma': 8, 'audio/pcm': 48 } as const;

/** How an ear listens. */
export interface Hearing {
  readonly format: SpeechFormat;
  /** Undefined: the listener ends turns itself. */
  readonly detection: Detection | undefined;
}

/** Asked of a thread; answered once, under the same id. */
export type SpeechTask =
  | { readonly type: 'say'; readonly text: string; readonly manner: Manner; readonly format: SpeechFormat }
  | { readonly type: 'recognise'; readonly samples: Float32Array<ArrayBuffer> };

/** Messages to an ear; it does not answer them. */
export type EarOrder =
  | { readonly type: 'listen'; readonly hearing: Hearing }
  /** Base64 in the ear's format. */
  | { readonly type: 'hear'; readonly audio: string }
  /** Ends the turn: answered by one `uttered`. */
  | { readonly type: 'take' }
  | { readonly type: 'clear' }
  | { readonly type: 'close' };

export type ToThread =
  | { readonly to: 'task'; readonly id: number; readonly task: SpeechTask }
  | { readonly to: 'ear'; readonly ear: number; readonly order: EarOrder };

export type FromThread =
  | {
      readonly from: 'task';
      readonly id: number;
      readonly result: Uint8Array<ArrayBuffer> | string | undefined;
    }
  | { readonly from: 'task'; readonly id: number; readonly error: ErrorNote }
  | { readonly from: 'ear'; readonly ear: number; readonly fact: VoiceFact };
