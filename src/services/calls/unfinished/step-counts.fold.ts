import type { StoredEntry } from '../../../protocol/call-feed.ts';

/** What a chart counts in its context, and its rows do not tell outright. */
export interface StepCounts {
  /** Tool calls that were given a slot. */
  readonly slots: number;
  /** How often the recording was announced again. */
  readonly tellings: number;
  /** The announcement of the recording, word for word. */
  readonly announcement: string | undefined;
  /** The fact that the rows which follow belong to. */
  readonly fact: { readonly event: string; readonly toolCallId?: string } | undefined;
}

export const NOTHING_COUNTED: StepCounts = {
  ...{ slots: 0, tellings: 0 },
  ...{ announcement: undefined, fact: undefined },
};

/** The counts after one more row. */
export function stepCountsAfter(counts: StepCounts, row: StoredEntry): StepCounts {
  switch (row.event) {
    case 'call.began':
    case 'call.resumed':
      return { ...counts, announcement: row.body.announcement };
    case 'tool.requested': {
      const { toolCallId } = row.body.request;
      return { ...counts, slots: counts.slots + 1, fact: { event: row.event, toolCallId } };
    }
    case 'answerTool':
      // Answered in the step that asked: nobody runs it, and it has no slot.
      return counts.fact?.toolCallId === row.body.toolCallId
        ? { ...counts, slots: counts.slots - 1, fact: undefined }
        : counts;
    case 'createResponse': {
      const isTelling = row.body.purpose === 'say' && row.body.text === counts.announcement;
      return isTelling && counts.fact?.event === 'agent.said'
        ? { ...counts, tellings: counts.tellings + 1, fact: undefined }
        : counts;
    }
    default:
      return row.to === 'call' ? { ...counts, fact: { event: row.event } } : counts;
  }
}
