import type { Clock } from '../../../clock.ts';
import type { AudioLine } from '../../../media/audio-line.ts';
import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import type { Log } from '../../../log.ts';
import type { KeyedEntry } from '../../cards/keyed-entries.ts';
import type { CallMemory } from '../memory/call-memory.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { ModelSocket } from '../wire/model-socket.ts';
import type { ToolSpec } from './prompt.ts';

/** What one call's model leg needs. */
export interface ModelLegDeps {
  readonly line: AudioLine;
  /** Begins to connect. Failures are told by the socket's events. */
  readonly connect: (dialect: Dialect) => ModelSocket;
  /** One for each socket: it may remember. */
  readonly makeDialect: () => Dialect;
  readonly profile: AgentProfile;
  readonly tools: readonly ToolSpec[];
  readonly clock: Clock;
  /** Says which call it is. */
  readonly log: Log;
  /** What the session speaks; the line always speaks mu-law. */
  readonly audio: AgentProfile['audio'];
  /** What was keyed, as the model may be told it. Undefined: as it is. */
  readonly keyed?: ((text: string) => KeyedEntry) | undefined;
  /** What was said, as a session may be told it in writing. Undefined: as it is. */
  readonly written?: ((text: string) => string) | undefined;
  /** The far end is the simulator, which takes what a caller typed as words. No other is ever sent them. */
  readonly takesTyped?: boolean | undefined;
  /** Called each time a count of the leg was wrong. It is mended there, and no call ends of it. */
  readonly onMiscount?: (() => void) | undefined;
  /** The same for every leg that a call has in its time. */
  readonly memory: CallMemory;
}
