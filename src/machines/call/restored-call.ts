import type { History } from '../session/session.events.ts';
import type { PausedBy } from './call.events.ts';

/** What is known of a call that goes on in another process than the one before: a fold of its journal. */
export interface RestoredCall {
  /** How long it has lasted already, in ms: none of its deadlines begins anew. */
  readonly elapsedMs: number;
  /** How often it has come back before, from a lost stream or a lost process. */
  readonly resumes: number;
  /** What the caller is to hear when the line is back. `transfer`: they hear a person's line, and nothing of the agent. */
  readonly owed: 'greeting' | 'reply' | 'nothing' | 'transfer';
  /** What a tool had decided for the call, and nobody has done yet. */
  readonly consequence: 'none' | 'end' | 'transfer' | 'parting';
  /** The caller has been told that the call ends soon. */
  readonly isWarned: boolean;
  /** Whether the caller has heard that the call is recorded, and who has the recording pause. */
  readonly recording: {
    readonly standing: 'off' | 'consentOwed' | 'rolling' | 'stopped';
    readonly pausedBy?: PausedBy;
  };
  /** How often the recording was announced again. */
  readonly tellings: number;
  /** The next tool call's slot. */
  readonly nextSlot: number;
  /** The conversation as it was heard, for the next session. Every tool in it has its output. */
  readonly history: History;
  /** The tools that are left; absent: all of them. */
  readonly keptTools?: readonly string[];
}
