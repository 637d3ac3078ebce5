/** What a tool found, as fields the model can speak from. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * What a tool says to its one request.
 *
 * - `ok`: done. `then` is what the call itself does next because of it.
 * - `refused`: nothing was done, because a rule of the business is against it. `reason` is a
 *   sentence the model can act on; `result` is what would be possible instead.
 * - `uncertain`: an effect may have happened. It is not tried again, not even when asked to.
 */
export type ToolAnswer =
  | { readonly status: 'ok'; readonly result: Fields; readonly then?: 'endCall' | 'transfer' }
  | { readonly status: 'refused'; readonly reason: string; readonly result?: Fields }
  | { readonly status: 'uncertain'; readonly reason: string };

export function done(result: Fields, then?: 'endCall' | 'transfer'): ToolAnswer {
  return then === undefined ? { status: 'ok', result } : { status: 'ok', result, then };
}

export function refuse(reason: string, result?: Fields): ToolAnswer {
  return result === undefined ? { status: 'refused', reason } : { status: 'refused', reason, result };
}
