/** Things that go wrong, or only otherwise, at the real service; all off unless set. Read when they matter, so they may change during a session. */
export interface RealtimeFaults {
  /** The upgrade is refused with this HTTP status. */
  refuseUpgrade?: 401 | 403 | 429 | 503;
  /** So many client events of a type from now on are refused with this code, and have no effect. */
  refuseEvents?: { readonly type: string; readonly code: string; count: number };
  /** So many responses from now on end `failed` with this code, without output. */
  failResponses?: { count: number; code: string };
  /** What befalls frames on their way to the client; of two for one event the first. */
  frames?: readonly FrameFault[];
  /** A reply of two sentences or more is two items, and the first one's `.done` comes after the second's first delta. */
  lateAudioDone?: boolean;
  /** The service counts its audio this much shorter than what it sent, in ms. */
  shorterByMs?: number;
  /** `conversation.item.*` comes before its `response.output_item.*`. */
  conversationFirst?: boolean;
  /** Sessions that begin from now on end after so long, in ms, and say so. */
  endsAfterMs?: number;
  /** Thinking time before the first output of a response, in ms. */
  firstAudioAfterMs?: number;
}

/** So many server events of a type from now on do not arrive as they should. */
export type FrameFault = {
  readonly type: string;
  count: number;
} & (
  | /** Others overtake it. */ { readonly how: 'late'; readonly byMs: number }
  | { readonly how: 'doubled' }
  /** Half of it is lost: it is no JSON any more. */
  | { readonly how: 'malformed' }
  /** It does not come: the socket closes with this code. */
  | { readonly how: 'closed'; readonly code: number }
);
