/** Things that go wrong, or only otherwise, at the real service; all off unless set. Read when they matter, so they may change during a session. */
export interface RealtimeFaults {
  /** The upgrade is refused with this HTTP status. */
  refuseUpgrade?: 401 | 403 | 429 | 503;
  /** So many responses from now on end `failed` with this code, without output. */
  failResponses?: { count: number; code: string };
  /** A reply of two sentences or more is two items, and the first one's `.done` comes after the second's first delta. */
  lateAudioDone?: boolean;
  /** The service counts its audio this much shorter than what it sent, in ms. */
  shorterByMs?: number;
  /** `conversation.item.*` comes before its `response.output_item.*`. */
  conversationFirst?: boolean;
  /** Thinking time before the first output of a response, in ms. */
  firstAudioAfterMs?: number;
}
