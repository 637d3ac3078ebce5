/** What `/api/agents/:id` tells and takes beside the profile itself. */

import { z } from 'zod';
import { AgentProfile } from './agent-profile.ts';
import { Instant } from './console-calls.ts';
import { pageOf } from './rest.ts';

const Problem = z.strictObject({ path: z.string(), message: z.string() });

/** `GET /api/agents/:id`. */
export const AgentDetail = z.strictObject({
  /** As written, without the defaults: what an editor edits. */
  written: z.record(z.string(), z.unknown()),
  /** With every default: what a call takes. */
  profile: AgentProfile,
  /** Which version is in force. */
  version: z.string(),
});
export type AgentDetail = z.infer<typeof AgentDetail>;

/** `GET /api/agents/:id/versions`: an item, newest first. */
export const AgentVersion = z.strictObject({
  /** Fingerprint of what was written. */
  version: z.string(),
  savedAt: Instant,
  isCurrent: z.boolean(),
  written: z.record(z.string(), z.unknown()),
});
export type AgentVersion = z.infer<typeof AgentVersion>;

/** `GET /api/agents`: with every default, by id. */
export const AgentPage = pageOf(AgentProfile);
export const AgentVersionPage = pageOf(AgentVersion);

/** A profile as it is sent: without `id` it has that of the address, and `$schema` is for editors. */
export const WrittenAgentProfile = AgentProfile.partial({ id: true }).extend({
  $schema: z.string().optional().describe('where the schema of profiles is, for editors'),
});

/** `POST /api/agents/:id/preview`: what a draft would be. A draft with problems is an answer, not an error. */
export const AgentPreview = z.strictObject({
  problems: z.array(Problem),
  /** What the model is told, composed; null while there are problems. */
  instructions: z.string().nullable(),
  greeting: z.string().nullable(),
});
export type AgentPreview = z.infer<typeof AgentPreview>;

/** `POST /api/agents/:id/draft`: kept in memory for an hour, for the softphone. */
export const AgentDraft = z.strictObject({
  draftId: z.string(),
  expiresAt: Instant,
});
export type AgentDraft = z.infer<typeof AgentDraft>;
