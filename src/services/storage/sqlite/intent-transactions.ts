import type { Database } from 'better-sqlite3';
import type { ToolOutcome } from '../../../machines/call/call.events.ts';
import type { CallLog } from './call-log.ts';
import type { Transactions } from '../journal.port.ts';
import { conclusionOf } from '../rules/intent-steps.ts';
import type { InThread } from './in-thread.ts';

interface IntentRow {
  readonly tool: string;
  readonly outcome: string | null;
}

type IntentTransaction = 'intendEffect' | 'concludeEffect';

/** The transactions around an effect: before it, and when it has come to something. Inside an open database transaction. */
export function intentTransactions(
  db: Database,
  log: CallLog,
): InThread<Pick<Transactions, IntentTransaction>> {
  const select = db.prepare<[string], IntentRow>('SELECT tool, outcome FROM intents WHERE key = ?');
  const insert = db.prepare<[object]>(
    `INSERT INTO intents (key, call_sid, tool, tool_call_id, at)
     VALUES (@key, @callSid, @tool, @toolCallId, @at)`,
  );
  const conclude = db.prepare<[string, string]>('UPDATE intents SET outcome = ? WHERE key = ?');
  const remove = db.prepare<[string]>('DELETE FROM intents WHERE key = ?');
  const undo = db.prepare<[object]>(
    `DELETE FROM intents WHERE call_sid = @callSid AND key <> @key AND outcome IS NOT NULL
     AND tool IN (SELECT value FROM json_each(@tools))`,
  );

  return {
    intendEffect({ at, ...intent }) {
      const { key, callSid, tool, toolCallId } = intent;
      const known = select.get(key);
      if (known !== undefined) return { isNew: false, outcome: outcomeIn(known) };
      insert.run({ ...intent, at });
      log.note(callSid, { at, event: 'effect.intended', body: { key, tool, toolCallId } });
      return { isNew: true, outcome: undefined };
    },

    concludeEffect({ key, callSid, outcome, isFinal, isLate, undoes, at }) {
      const known = select.get(key);
      const intent = known && { tool: known.tool, outcome: outcomeIn(known) };
      const conclusion = conclusionOf(intent, { outcome, isFinal });
      if (conclusion.step === 'answer') return conclusion.outcome;
      if (conclusion.step === 'keep') {
        conclude.run(JSON.stringify(outcome), key);
        undo.run({ callSid, key, tools: JSON.stringify(undoes) });
      } else {
        remove.run(key);
      }
      const { status } = outcome;
      log.note(callSid, {
        at,
        event: 'effect.concluded',
        body: { key, tool: conclusion.tool, status, ...(isLate && { isLate }) },
      });
      return outcome;
    },
  };
}

// Written by `concludeEffect`, and by nothing else.
const outcomeIn = ({ outcome }: IntentRow): ToolOutcome | undefined =>
  outcome === null ? undefined : (JSON.parse(outcome) as ToolOutcome);
