import type { AcceptedCall } from '../../protocol/accepted-call.ts';
import type { AgentProfile } from '../../protocol/agent-profile.ts';

/**
 * The call on whose behalf a tool acts. All authority comes from here: who may
 * be texted, where a transfer goes, whose diary it is. Never from arguments,
 * which are whatever a caller talked the model into.
 */
export interface CallFacts extends AcceptedCall {
  /** The profile as it was when the call began. */
  readonly profile: AgentProfile;
  /** Milliseconds since the Unix epoch, on the call's own clock. */
  now(): number;
}

/** The other party's number as the carrier says it. */
export const callerOf = (call: CallFacts): string => (call.direction === 'inbound' ? call.from : call.to);

/** The engine's own number in this call, as the carrier says it. */
export const ownNumberOf = (call: CallFacts): string => (call.direction === 'inbound' ? call.to : call.from);
