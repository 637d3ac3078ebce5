import type { ToolOutcome } from '../../../machines/call/call.events.ts';
import type { RememberedTool } from '../../../machines/session/session.events.ts';
import type { BodyOf, StoredEntry } from '../../../protocol/call-feed.ts';
import { uncertain } from '../../tools/tool-answer.ts';
import { failed, outcomeOf } from '../../tools/tool-output.ts';

/** Of one that was begun, or may have been: asking again tells, since an effect that was had is not had twice. */
const NOT_KNOWN =
  'The call was interrupted, and it is not known whether this was done. Ask for it again in the same words, where it is still wanted: what was done is not done again, only its result is repeated.';

/**
 * What tools are answered whose call was interrupted while they were at work: what they came to, where that was written
 * down, and otherwise that nobody knows.
 */
export function lateAnswers(
  tools: readonly RememberedTool[],
  rows: readonly StoredEntry[],
  outcomes: ReadonlyMap<string, ToolOutcome>,
): BodyOf<'call.resumed'>['answers'] {
  const settled = new Map<string, ToolOutcome>(outcomes);
  const undone = notDone(rows);
  for (const row of rows)
    if (row.event === 'tool.settled') settled.set(row.body.toolCallId, row.body.outcome);
  return tools.map(({ request: { toolCallId } }) => {
    const known = settled.get(toolCallId) ?? (undone.has(toolCallId) ? failed('TOOL_FAILED') : undefined);
    const { output } = known ?? outcomeOf(uncertain(NOT_KNOWN));
    return { toolCallId, output };
  });
}

/** The tool calls whose effects are known not to have been had: what they came to is not kept. */
function notDone(rows: readonly StoredEntry[]): ReadonlySet<string> {
  const asked = new Map<string, string>();
  const undone = new Set<string>();
  for (const row of rows) {
    if (row.event === 'effect.intended') asked.set(row.body.key, row.body.toolCallId);
    const toolCallId = row.event === 'effect.concluded' ? asked.get(row.body.key) : undefined;
    if (row.event === 'effect.concluded' && toolCallId !== undefined && NOT_DONE.has(row.body.status))
      undone.add(toolCallId);
  }
  return undone;
}

const NOT_DONE: ReadonlySet<string> = new Set<ToolOutcome['status']>(['failed', 'refused', 'cancelled']);
