import type { EndReason, ToolOutcome } from '../../../machines/call/call.events.ts';
import type { RestoredCall } from '../../../machines/call/restored-call.ts';
import type { BodyOf, StoredEntry } from '../../../protocol/call-feed.ts';
import { lastStandingAfter, NOT_BEGUN } from './last-standing.fold.ts';
import { conversationOf, unansweredIn, withAnswer } from './conversation.fold.ts';
import { consequenceIn, owedIn, recordingIn } from './left-off.ts';
import { NOTHING_COUNTED, stepCountsAfter } from './step-counts.fold.ts';
import { lateAnswers } from './tool-answers.ts';

/** What a tool is answered whose call's process has ended. */
type ToolAnswer = BodyOf<'call.resumed'>['answers'][number];

/** A call that can go on. */
export interface OpenEndedCall {
  /** What its chart is told then. */
  readonly restored: RestoredCall;
  /** Of the tools in its history, what those are answered that were at work. */
  readonly answers: readonly ToolAnswer[];
  /** When it came back before: ms since the Unix epoch. */
  readonly comebacks: readonly number[];
  /** The state that it stood in. */
  readonly state: string;
  /** Since its last row, in ms. */
  readonly gapMs: number;
  /** Its log. */
  readonly rows: readonly StoredEntry[];
}

/** A call whose process has ended before the call did. `over`: why it was about to end, or had ended. */
export type UnfinishedCall = { readonly over: EndReason } | OpenEndedCall;

interface Known {
  /** Ms since the Unix epoch. */
  readonly now: number;
  /** What effects came to that were had, or may have been, by the model's ids of the tool calls. */
  readonly outcomes: ReadonlyMap<string, ToolOutcome>;
}

/** A call by its rows, of which the first says that it was accepted: what it has come to, and how it goes on. */
export function unfinishedCallOf(rows: readonly StoredEntry[], { now, outcomes }: Known): UnfinishedCall {
  const standing = rows.reduce(lastStandingAfter, NOT_BEGUN);
  if (standing.endReason !== undefined) return { over: standing.endReason };

  const { state, regions, comebacks } = standing;
  const { slots, tellings } = rows.reduce(stepCountsAfter, NOTHING_COUNTED);
  const began = rows.find(({ event }) => event === 'call.began');
  const beganAt = (began ?? rows[0])?.at ?? now;
  const canTransfer = rows.reduce(canTransferAfter, false);
  const keptTools = keptToolsOf(rows);
  const history = conversationOf(rows);
  const answers = lateAnswers(unansweredIn(history), rows, outcomes);
  return {
    restored: {
      elapsedMs: Math.max(0, now - beganAt),
      resumes: comebacks.length,
      owed: owedIn(standing),
      consequence: consequenceIn(state, regions, canTransfer),
      isWarned: ['warned', 'overdue'].includes(regions['clock'] ?? ''),
      recording: recordingIn(regions),
      tellings,
      nextSlot: slots,
      history: answers.reduce(withAnswer, history),
      ...(keptTools !== undefined && { keptTools }),
    },
    ...{ answers, comebacks, state, rows },
    gapMs: Math.max(0, now - (rows.at(-1)?.at ?? now)),
  };
}

const canTransferAfter = (before: boolean, row: StoredEntry) =>
  row.event === 'call.began' || row.event === 'call.resumed' ? row.body.canTransfer : before;

function keptToolsOf(rows: readonly StoredEntry[]): readonly string[] | undefined {
  const last = rows.findLast(({ event }) => event === 'keepTools');
  return last?.event === 'keepTools' ? last.body.names : undefined;
}
