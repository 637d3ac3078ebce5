/** `GET /api/audit`: what operators did, as the API tells it and the console shows it. */

import { z } from 'zod';
import { Instant } from './console-calls.ts';
import { pageOf, PageQuery } from './rest.ts';

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
const ActorName = z.enum(['token', 'loopback', 'disk']);
export type ActorName = z.infer<typeof ActorName>;

/** With what, as the client says of itself: nobody checks it. */
const ClientName = z.enum(['browser', 'commandLine', 'program']);
export type ClientName = z.infer<typeof ClientName>;

/** What is known of an act only when it is done. */
export interface ActFindings {
  readonly callSid?: string;
  readonly agentId?: string;
  readonly fromVersion?: string;
  readonly toVersion?: string;
}

/** One act. It names no number, and holds nothing that was said or written. */
export const AuditRow = z.strictObject({
  /** Rises from row to row. */
  id: z.int(),
  at: Instant,
  who: ActorName,
  client: ClientName.nullable(),
  /** The client's address; null for `disk`. */
  address: z.string().nullable(),
  act: z.enum(ACTS),
  /** Of a call that was erased `erased ` and a digest. */
  callSid: z.string().nullable(),
  agentId: z.string().nullable(),
  /** Whose data was erased: a keyed digest of the number, the same each time. */
  caller: z.string().nullable(),
  /** Of a profile that was changed; null where there was none, or is none any more. */
  fromVersion: z.string().nullable(),
  toVersion: z.string().nullable(),
  /** HTTP status; null when nobody knows what came of it: it is under way, or the engine died over it. */
  status: z.int().nullable(),
});
export type AuditRow = z.infer<typeof AuditRow>;

export const AuditPage = pageOf(AuditRow);
export type AuditPage = z.infer<typeof AuditPage>;

/** `GET /api/audit`. */
export const AuditQuery = PageQuery.extend({
  act: z.preprocess(
    (text) => (text === '' ? undefined : text),
    z
      .enum(ACTS, `must be one of ${ACTS.join(', ')}`)
      .optional()
      .describe('acts of this kind only'),
  ),
});
