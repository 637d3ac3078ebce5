import type { ActFindings, ActName, ActorName, AuditPage, ClientName } from '../../protocol/console-audit.ts';

/** The audit trail: services/audit/audit-trail.ts writes it. */
export interface AuditTransactions {
  /** Writes down that an act begins; the same id again is the same act. Takes away what is older than is kept. */
  beginAct(act: NewAct): Promise<void>;
  /** Writes down what came of an act, once, and what only then was known of it. An unknown id is none. */
  concludeAct(end: ActEnd): Promise<void>;
  /** Writes down which profiles are others than those last known, which are new, and which are gone. */
  noteProfiles(args: {
    profiles: readonly { readonly agentId: string; readonly version: string }[];
    at: number;
  }): Promise<void>;
}

export interface AuditQueries {
  /** Newest first. */
  audit(args: { limit: number; cursor?: string; act?: ActName }): Promise<AuditPage>;
}

export interface NewAct {
  readonly id: string;
  readonly at: number;
  readonly who: ActorName;
  readonly client: ClientName;
  readonly address: string;
  readonly act: ActName;
  readonly callSid?: string;
  readonly agentId?: string;
  /** A keyed digest of a number. */
  readonly caller?: string;
}

export interface ActEnd extends ActFindings {
  readonly id: string;
  readonly status: number;
}
