import type { ErrorCode } from '../../../errors.ts';
import type { Log } from '../../../log.ts';
import type { SocketEnd } from '../../../machines/session/session.events.ts';
import { remedyOf } from '../../../remedies.ts';
import type { LegFact } from './leg-rooms.ts';

/** How far a session has come. Of a live one the far end refuses single events only. */
export type SessionStage = 'opening' | 'configuring' | 'live';

/** The line of a model that will not have the session: why, and what an operator does about it. */
function logRefusal(log: Log, code: ErrorCode, { detail, cause }: SocketEnd): void {
  const why = { detail, ...(cause !== undefined && { cause }) };
  log.warn({ code, why, remedy: remedyOf({ code, ...why }) }, 'model refused the session');
}

/** Logs a fact by which the far end refuses the session: at the upgrade, by an error, or with a format that nobody asked for. */
export function logIfRefused(log: Log, fact: LegFact, stage: SessionStage): void {
  if (fact.type === 'socket.refused') logRefusal(log, 'MODEL_REFUSED', fact);
  if (fact.type === 'socket.denied' && stage !== 'live') logRefusal(log, 'MODEL_REFUSED', fact);
  if (fact.type === 'socket.updated' && fact.misfit !== undefined && stage === 'configuring')
    logRefusal(log, 'MODEL_FORMAT', { detail: fact.misfit });
}
