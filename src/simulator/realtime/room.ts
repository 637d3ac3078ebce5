import type { Clock } from '../../clock.ts';
import type { Speech } from '../speech/speech.ts';
import type { Conversation } from './conversation.ts';
import type { Dialogue } from './dialogue.ts';
import type { RealtimeFaults } from './faults.ts';
import type { SessionConfig } from './session-config.ts';
import type { Wire } from './wire.ts';

/** What the parts of one session share. */
export interface Room {
  readonly wire: Wire;
  readonly conversation: Conversation;
  readonly dialogue: Dialogue;
  readonly speech: Speech;
  readonly clock: Clock;
  readonly faults: RealtimeFaults;
  /** The session as it now is. */
  config: SessionConfig;
  /** The model's audio is in the conversation: the voice is fixed. */
  hasSpoken: boolean;
}
