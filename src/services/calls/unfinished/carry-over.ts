import type { FeedListener, StoredEntry } from '../../../protocol/call-feed.ts';
import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import type { CallerLanguage } from '../../openai/memory/caller-language.ts';

/** What a call has in memory beside its chart. */
interface InMemory {
  readonly language: Pick<CallerLanguage, 'heard'>;
  readonly rules: AgentProfile['language'];
  readonly countWords: FeedListener;
}

/** Puts into memory what the process before this one had there of a call. */
export function carryOver(rows: readonly StoredEntry[], { language, rules, countWords }: InMemory): void {
  for (const row of rows) {
    if (row.event !== 'unread') countWords(row);
    if (row.event === 'caller.said') language.heard(row.body.text, row.body.language, rules);
  }
}
