import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { AgentProfile } from '../../protocol/agent-profile.ts';

/** Long enough to try a change on the telephone, and to think about it. */
const LIFETIME_MS = 3_600_000;
/** Drafts of all editors together; the oldest goes first. */
const MAX_DRAFTS = 50;

interface KeptDraft {
  readonly profile: AgentProfile;
  /** By the steady clock. */
  readonly until: number;
}

/** Profiles that are tried before they are saved. In memory: a restart forgets them. */
export class AgentDrafts {
  readonly #clock: Pick<Clock, 'now' | 'steady'>;
  readonly #drafts = new Map<string, KeptDraft>();
  readonly #listeners: ((draftId: string, profile: AgentProfile) => void)[] = [];

  constructor(clock: Pick<Clock, 'now' | 'steady'>) {
    this.#clock = clock;
  }

  /** @returns its id, and when it is forgotten: ISO 8601 UTC with milliseconds. */
  keep(profile: AgentProfile): { draftId: string; expiresAt: string } {
    const draftId = randomUUID();
    this.learn(draftId, profile);
    for (const listener of this.#listeners) listener(draftId, profile);
    return { draftId, expiresAt: new Date(this.#clock.now() + LIFETIME_MS).toISOString() };
  }

  /** Called with each draft that is kept here: other processes are asked for it, too. */
  onKept(listener: (draftId: string, profile: AgentProfile) => void): void {
    this.#listeners.push(listener);
  }

  /** Another process has kept a draft. */
  learn(draftId: string, profile: AgentProfile): void {
    this.#drafts.set(draftId, { profile, until: this.#clock.steady() + LIFETIME_MS });
    for (const oldest of this.#drafts.keys()) {
      if (this.#drafts.size <= MAX_DRAFTS) break;
      this.#drafts.delete(oldest);
    }
  }

  /** Undefined when it is not known, or not any more. */
  find(draftId: string): AgentProfile | undefined {
    const draft = this.#drafts.get(draftId);
    return draft !== undefined && draft.until > this.#clock.steady() ? draft.profile : undefined;
  }
}
