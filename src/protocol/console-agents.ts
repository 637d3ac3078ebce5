/** What `/api/agents/:id` tells and takes beside the profile itself. */

import { z } from 'zod';
import type { AgentProfile } from './agent-profile.ts';

const Problem = z.strictObject({ path: z.string(), message: z.string() });

/** `GET /api/agents/:id`. */
export interface AgentDetail {
  /** As written, without the defaults: what an editor edits. */
  readonly written: Readonly<Record<string, unknown>>;
  /** With every default: what a call takes. */
  readonly profile: AgentProfile;
  /** Which version is in force. */
  readonly version: string;
}

/** `GET /api/agents/:id/versions`: an item, newest first. */
export interface AgentVersion {
  /** Fingerprint of what was written. */
  readonly version: string;
  readonly savedAt: string;
  readonly isCurrent: boolean;
  readonly written: Readonly<Record<string, unknown>>;
}

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
  expiresAt: z.iso.datetime({ precision: 3 }),
});
export type AgentDraft = z.infer<typeof AgentDraft>;
