import type { ReactNode } from 'react';
import type { Trouble } from './trouble.ts';

interface TroubleNoteProps {
  readonly trouble: Trouble;
  /** The buttons that help. */
  readonly children?: ReactNode;
}

/** Says what is wrong with the phone, and what the viewer can do. */
export function TroubleNote({ trouble, children }: TroubleNoteProps) {
  return (
    <div className="trouble" role="alert">
      <p className="trouble-title">{trouble.title}</p>
      <p>{trouble.advice}</p>
      {children}
    </div>
  );
}
