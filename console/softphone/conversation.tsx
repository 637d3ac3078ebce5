import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import type { TranscriptLine } from '../../src/protocol/console-calls.ts';
import { useFeedStatus } from '../api/feed.ts';
import { ask } from '../api/request.ts';
import type { SpokenLines } from '../timeline/spoken-lines.ts';
import { UnheardWords } from '../parts/unheard-words.tsx';
import './conversation.css';

const ROLES: Readonly<Record<TranscriptLine['role'], string>> = {
  caller: 'You',
  agent: 'Agent',
  tool: 'Tool',
};

interface ConversationProps {
  readonly callSid: string;
  /** When it changes, the transcript is loaded again. */
  readonly revision: number;
  /** The lines that are being spoken now. */
  readonly spoken: SpokenLines;
}

/** Shows what has been said, in the order in which it was spoken. */
export function Conversation({ callSid, revision, spoken }: ConversationProps) {
  const transcript = useTranscript(callSid, revision);
  const lines = useMemo(() => withSpoken(transcript, spoken), [transcript, spoken]);
  const end = useRef<HTMLLIElement>(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'nearest' });
  }, [lines]);

  return (
    <div className="conversation" role="log" aria-label="What is said">
      <ol className="lines">
        {lines.map(({ role, text, itemId, interrupted, unheard, ahead }, index) => (
          <li
            key={`${itemId}/${String(index)}`}
            ref={index === lines.length - 1 ? end : null}
            className="line"
            data-role={role}
          >
            <span className="line-role">{ROLES[role]}</span>
            <span className="line-text">
              {text}
              {ahead !== undefined && <span className="line-ahead">{ahead}</span>}{' '}
              {unheard !== undefined && <UnheardWords text={unheard} />}
              {interrupted && <span className="line-cut"> (interrupted)</span>}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** A line of the transcript, or a line that is being spoken; `ahead`: its words that are not heard yet. */
type ShownLine = Pick<TranscriptLine, 'role' | 'text' | 'itemId' | 'interrupted' | 'unheard'> & {
  readonly ahead?: string;
};

/** Puts lines that are being spoken where the transcript will have them: at the place kept for them, or at the end. */
function withSpoken(transcript: readonly TranscriptLine[], spoken: SpokenLines): readonly ShownLine[] {
  const isTold = ({ text, unheard }: TranscriptLine) => text !== '' || unheard !== undefined;
  const lines = transcript.map((line): ShownLine => {
    const coming = isTold(line) ? undefined : spoken.get(line.itemId);
    return coming === undefined ? line : { ...coming, interrupted: false };
  });
  const known = new Set(transcript.map(({ itemId }) => itemId));
  const more = [...spoken.values()].filter(({ itemId }) => !known.has(itemId));
  return [...lines, ...more.map((line) => ({ ...line, interrupted: false }))];
}

/** How often the transcript is loaded again while the live feed is not open, in ms. */
const ASK_AGAIN_MS = 1500;

const NONE: readonly TranscriptLine[] = [];

function useTranscript(callSid: string, revision: number): readonly TranscriptLine[] {
  const queries = useQueryClient();
  const isTold = useFeedStatus() === 'open';
  const { data } = useQuery({
    queryKey: ['calls', callSid, 'transcript'],
    queryFn: ({ signal }) =>
      ask<TranscriptLine[]>(`/api/calls/${encodeURIComponent(callSid)}/transcript?unheard=true`, { signal }),
    refetchInterval: isTold ? false : ASK_AGAIN_MS,
  });
  useEffect(() => {
    // A request under way is not broken off; another follows it.
    void queries.invalidateQueries({ queryKey: ['calls', callSid, 'transcript'] }, { cancelRefetch: false });
  }, [queries, callSid, revision]);
  return data ?? NONE;
}
