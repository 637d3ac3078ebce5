import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { feed } from '../api/feed.ts';
import { Conversation } from './conversation.tsx';

/** The call that is on the line: what is said, as the engine has it. */
export function LiveCall({ callSid }: { readonly callSid: string }) {
  const revision = useRevision(callSid);
  return (
    <div className="live-call">
      <header className="live-call-head">
        <h2>What is said</h2>
        <Link href={`/calls/${encodeURIComponent(callSid)}`} target="_blank" rel="noreferrer">
          Open the call in a new tab
        </Link>
      </header>
      <Conversation callSid={callSid} revision={revision} />
    </div>
  );
}

/** A number that grows with everything that happens in a call. */
function useRevision(callSid: string): number {
  const [revision, setRevision] = useState(0);
  const last = useRef(0);
  useEffect(() => {
    last.current = 0;
    return feed.watchCall(callSid, {
      since: () => last.current,
      onRows: (rows) => {
        last.current = rows.at(-1)?.seq ?? last.current;
        setRevision((before) => before + 1);
      },
      onResync: () => {
        setRevision((before) => before + 1);
      },
    });
  }, [callSid]);
  return revision;
}
