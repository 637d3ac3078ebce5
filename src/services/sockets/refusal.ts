/** A client was refused at one of the engine's doors: what is counted and logged. */
export interface DoorRefusal {
  readonly door: Door;
  readonly reason: RefusalReason;
  /** Of the client, as the door knows it. */
  readonly address: string;
  /** Details, in the engine's own words. */
  readonly detail?: string | undefined;
  /** The call that it claimed to be of. */
  readonly callSid?: string | undefined;
}

export type TellRefusal = (refusal: DoorRefusal) => void;

/**
 * The detail of a `wrong_signature`: the URL that it should have been of, by which an operator sees what to mend.
 * @param secretSetting - the setting by which signatures are verified.
 */
export const checkedAgainst = (url: string, secretSetting: string) =>
  `checked against ${url}: is PUBLIC_URL what the carrier calls, and ${secretSetting} its account's?`;

/**
 * Which door: `api` and `webhook` are requests, `live` and `stream` upgrades and what came through them,
 * `page` the console's files and what is upgraded for it.
 */
type Door = 'api' | 'webhook' | 'live' | 'page' | 'stream';

/**
 * Why not. A closed list, for it labels a metric.
 *
 * - `no_token`: of the API. A console asks so until somebody has typed the token: it is counted, and not logged.
 * - `wrong_token`: of the API, or of a stream; used, expired and another call's are wrong, too.
 * - `wrong_signature`: none, or not the carrier's.
 * - `not_local`: no token is set, and the client is not on this machine.
 * - `other_page`: a web page of another site.
 * - `no_handshake`: an upgrade to something that is no WebSocket, or not as RFC 6455 has it.
 * - `too_many`: more at once than there is room for.
 * - `not_started`: it was let in, and did not say in time what it wanted.
 * - `out_of_order`: it said something else first.
 */
type RefusalReason =
  | 'no_token'
  | 'wrong_token'
  | 'wrong_signature'
  | 'not_local'
  | 'other_page'
  | 'no_handshake'
  | 'too_many'
  | 'not_started'
  | 'out_of_order';
