/** `GET /api/audit`: what operators did, as the API tells it and the console shows it. */

import { z } from 'zod';
import { PageQuery } from './rest.ts';

/** What is written down when an operator does it. */
export const ACTS = [
  'hangup',
  'transfer',
  'say',
  'whisper',
  'mute',
  'pauseRecording',
  'placeCall',
  'softphoneCall',
  'softphoneSay',
  'readRecording',
  'exportWords',
  'eraseCaller',
  'eraseCall',
  'blockNumber',
  'unblockNumber',
  'saveAgent',
  'foundAgent',
  'draftAgent',
  'previewAgent',
] as const;
export type ActName = (typeof ACTS)[number];

/**
 * Who did it: whoever holds `ADMIN_TOKEN`, whoever was on this machine while there was none, or whoever changed the
 * files of agents while the engine was not running.
 */
export type ActorName = 'token' | 'loopback' | 'disk';

/** With what, as the client says of itself: nobody checks it. */
export type ClientName = 'browser' | 'commandLine' | 'program';

/** What is known of an act only when it is done. */
export interface ActFindings {
  readonly callSid?: string;
  readonly agentId?: string;
  readonly fromVersion?: string;
  readonly toVersion?: string;
}

/** One act. It names no number, and holds nothing that was said or written. */
export interface AuditRow {
  /** Rises from row to row. */
  readonly id: number;
  /** ISO 8601 UTC with milliseconds. */
  readonly at: string;
  readonly who: ActorName;
  readonly client: ClientName | null;
  /** The client's address; null for `disk`. */
  readonly address: string | null;
  readonly act: ActName;
  /** Of a call that was erased `erased ` and a digest. */
  readonly callSid: string | null;
  readonly agentId: string | null;
  /** Whose data was erased: a keyed digest of the number, the same each time. */
  readonly caller: string | null;
  /** Of a profile that was changed; null where there was none, or is none any more. */
  readonly fromVersion: string | null;
  readonly toVersion: string | null;
  /** HTTP status; null when nobody knows what came of it: it is under way, or the engine died over it. */
  readonly status: number | null;
}

export interface AuditPage {
  readonly items: readonly AuditRow[];
  readonly nextCursor: string | null;
}

/** `GET /api/audit`. */
export const AuditQuery = PageQuery.extend({
  act: z.preprocess(
    (text) => (text === '' ? undefined : text),
    z.enum(ACTS, `must be one of ${ACTS.join(', ')}`).optional(),
  ),
});
