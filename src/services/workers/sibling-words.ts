/** What workers say to the process that they are all joined to, and it to them: topics of a pipe, and their data. */

/** A call lives here from now on, or does no more: a call SID. */
export const HAS = 'siblings.has';
export const HAS_NO_MORE = 'siblings.hasNoMore';
/** A call SID; the answer is a worker's number, or undefined. */
export const OWNER_OF = 'siblings.ownerOf';
/** To another worker: the first word is said to the process between, the second by it. */
export const ASK = 'siblings.ask';
export const ASKED = 'siblings.asked';
export const TELL_ALL = 'siblings.tellAll';
export const TOLD = 'siblings.told';
export const GIVE = 'siblings.give';
export const GIVEN = 'siblings.given';

export interface AskWords {
  readonly worker: number;
  readonly question: string;
  readonly args: unknown;
}

export type AskedWords = Omit<AskWords, 'worker'>;

export interface TellWords {
  readonly news: string;
  readonly args: unknown;
}

export interface ToldWords extends TellWords {
  readonly from: number;
}

/** Its socket goes along. */
export interface GiveWords {
  readonly worker: number;
  readonly purpose: string;
  readonly args: unknown;
  /** What was read from the socket, and nobody has taken. */
  readonly head: Uint8Array;
}

export type GivenWords = Omit<GiveWords, 'worker'>;
