/** What workers tell each other of agents: which profile was saved, and which one is only tried. */

import { z } from 'zod';
import type { Log } from '../../log.ts';
import { AgentProfile } from '../../protocol/agent-profile.ts';
import { hearWorkers, tellWorkers } from './question.ts';
import type { Siblings } from './siblings.port.ts';

const AGENT_SAVED = { name: 'agent.saved', args: z.strictObject({ file: z.string() }) };
const DRAFT_KEPT = {
  name: 'draft.kept',
  args: z.strictObject({ draftId: z.uuid(), profile: AgentProfile }),
};

/** The profiles of a worker. */
interface OwnAgents {
  onSaved(listener: (file: string) => void): void;
  reread(file?: string): Promise<readonly string[]>;
}

/** Profiles that are tried before they are saved. */
interface OwnDrafts {
  onKept(listener: (draftId: string, profile: AgentProfile) => void): void;
  learn(draftId: string, profile: AgentProfile): void;
}

/** A profile that is saved in one worker holds in all: each reads its file again. */
export function shareAgents(siblings: Siblings, agents: OwnAgents, log: Pick<Log, 'error'>): void {
  const reread = async (file?: string) => {
    const problems = await agents.reread(file).catch((thrown: unknown) => [String(thrown)]);
    for (const problem of problems) log.error({ code: 'PROFILE_INVALID' }, `profile not taken: ${problem}`);
  };
  agents.onSaved((file) => {
    tellWorkers(siblings, AGENT_SAVED, { file });
  });
  hearWorkers(siblings, AGENT_SAVED, ({ file }) => void reread(file));
  // One that was saved elsewhere while this worker read the folder was told to nobody here.
  void reread();
}

/** A draft that is kept in one worker can be tried in all. */
export function shareDrafts(siblings: Siblings, drafts: OwnDrafts): void {
  drafts.onKept((draftId, profile) => {
    tellWorkers(siblings, DRAFT_KEPT, { draftId, profile });
  });
  hearWorkers(siblings, DRAFT_KEPT, ({ draftId, profile }) => {
    drafts.learn(draftId, profile);
  });
}
