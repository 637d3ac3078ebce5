import type { Clock } from '../../clock.ts';
import type { Speech } from '../speech/speech.ts';
import type { Answers } from './answers.ts';
import type { Conversation } from './conversation.ts';
import type { RealtimeFaults } from './faults.ts';
import type { SessionConfig } from './session-config.ts';
import type { Wire } from './wire.ts';

/** What the parts of one session share. */
export interface Room {
  readonly wire: Wire;
  readonly conversation: Conversation;
  readonly answers: Answers;
  /** Opens the ear that hears the caller. */
  readonly listen: Speech['listen'];
  readonly clock: Clock;
  readonly faults: RealtimeFaults;
  /** The session as it now is. */
  config: SessionConfig;
  /** The model's audio is in the conversation: the voice is fixed. */
  hasSpoken: boolean;
}
