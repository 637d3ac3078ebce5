/** Why the journal takes nothing, in words for operators: what `/readyz` says, and the label of its metric. */
export const JOURNAL_TROUBLES = {
  full: 'the disk is full',
  locked: 'another program has locked the database',
  read_only: 'the database or its disk is read-only',
  failing: 'the disk fails',
  damaged: 'the database is damaged',
  slow: 'the disk is slow: a write has waited for more than 5 s',
  restarting: 'the thread of the journal died, and another one is starting',
  ended: 'the journal is closed',
} as const;

export type JournalTrouble = keyof typeof JOURNAL_TROUBLES;
