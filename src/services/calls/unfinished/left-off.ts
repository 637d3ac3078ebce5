import type { PausedBy } from '../../../machines/call/call.events.ts';
import type { RestoredCall } from '../../../machines/call/restored-call.ts';
import type { Regions } from '../../../protocol/call-feed.ts';
import { isWithin } from '../../../protocol/state-path.ts';

interface Standing {
  readonly state: string;
  /** The caller has heard something. */
  readonly isAudible: boolean;
}

const BEFORE_THE_GREETING = ['connecting', 'configuring', 'conversing.greeting'];
const WITH_A_PERSON = ['transferring.dialing', 'transferring.connected'];
const HANDED_OVER = ['transferring.announcing', 'transferring.excusing', 'transferring.lost'];

/** What the caller is to hear next, by where the call stood. */
export function owedIn({ state, isAudible }: Standing): RestoredCall['owed'] {
  const isOneOf = (states: readonly string[]) => states.some((each) => isWithin(each, state));
  if (isOneOf(['awaitingStream.greetingOwed'])) return 'greeting';
  if (isOneOf(['awaitingStream.quiet', 'conversing.listening.quiet'])) return 'nothing';
  if (isOneOf(WITH_A_PERSON)) return 'transfer';
  return !isAudible && isOneOf(BEFORE_THE_GREETING) ? 'greeting' : 'reply';
}

/** What was decided for the call and not done: an announcement that was not heard to its end is begun again. */
export function consequenceIn(
  state: string,
  { consequence = 'none' }: Regions,
  canTransfer: boolean,
): RestoredCall['consequence'] {
  const isTransfer = isWithin('transfer', consequence) || HANDED_OVER.some((each) => isWithin(each, state));
  // Whom an operator has named is written down when the carrier is to dial, and not before.
  if (isTransfer) return canTransfer ? 'transfer' : 'none';
  if (isWithin('end', consequence)) return 'end';
  return consequence === 'parting' ? 'parting' : 'none';
}

/** Whether what is said is kept, and who has it pause. */
export function recordingIn({ recording = 'off' }: Regions): RestoredCall['recording'] {
  const pausedBy = PAUSERS.find((by) => recording.endsWith(`paused.${by}`));
  const standing = STANDINGS.find((each) => isWithin(each, recording)) ?? 'rolling';
  return { standing, ...(pausedBy !== undefined && { pausedBy }) };
}

const PAUSERS: readonly PausedBy[] = ['operator', 'agent', 'card'];
/** Beside `paused`, which is rolling with somebody who has it pause. */
const STANDINGS = ['off', 'consentOwed', 'stopped'] as const;
