import type { Database } from 'better-sqlite3';
import type { ToolOutcome } from '../../../machines/call/call.events.ts';
import type { Queries } from '../journal.port.ts';
import type { InThread } from './in-thread.ts';

/** What the effects of a call came to, by its intents. */
export function openEffectOutcomes(db: Database): InThread<Queries>['effectOutcomes'] {
  const select = db.prepare<[string], { tool_call_id: string; outcome: string }>(
    'SELECT tool_call_id, outcome FROM intents WHERE call_sid = ? AND outcome IS NOT NULL',
  );
  return ({ callSid }) =>
    select.all(callSid).map(({ tool_call_id: toolCallId, outcome }) => ({
      toolCallId,
      // Written by `concludeEffect`, and by nothing else.
      outcome: JSON.parse(outcome) as ToolOutcome,
    }));
}
