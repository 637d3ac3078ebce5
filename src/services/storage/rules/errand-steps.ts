import type { AtCarrier, Errand } from '../journal.port.ts';

type Claim = Pick<Errand, 'state'> & { readonly task: 'send' | 'find'; readonly sends: 0 | 1 };

/**
 * How an errand is taken up; undefined when it is not due, or done. Sent is only what certainly has not left: one whose
 * owner died over it may be with the carrier, and is looked for.
 */
export function claimOf({ state, due }: Pick<Errand, 'state' | 'due'>, at: number): Claim | undefined {
  if (state === 'done' || due > at) return undefined;
  if (state === 'waiting') return { task: 'send', state: 'sending', sends: 1 };
  return { task: 'find', state: state === 'sending' ? 'lost' : state, sends: 0 };
}

/** Whether the owner by this claim still has it: it is not done, and nobody took it up since. */
export const isOwnedBy = ({ state, claim }: Pick<Errand, 'state' | 'claim'>, owner: number): boolean =>
  state !== 'done' && claim === owner;

/**
 * What an errand ends as, told a status or found at the carrier; undefined when it stays as it is. It ends once, but
 * what was given up as `unknown` may still be proved.
 */
export function endOf(
  errand: Pick<Errand, 'state' | 'status' | 'providerSid'>,
  { found, status: told }: { readonly found: AtCarrier | undefined; readonly status: string | undefined },
): { readonly status: string; readonly providerSid: string | null } | undefined {
  const status = found?.status ?? told;
  if (status === undefined) return undefined;
  const providerSid = found?.providerSid ?? null;
  const isProof = providerSid !== null && errand.providerSid === null && errand.status === 'unknown';
  return errand.state === 'done' && !isProof ? undefined : { status, providerSid };
}
