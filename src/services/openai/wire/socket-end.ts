import type { SocketEnd } from '../../../machines/session/session.events.ts';

/** @param cause - what the far end or the network calls it. Left out where it is no code: whatever else a far end sends stays out of records and logs. */
export const socketEnd = (detail: string, cause?: string): SocketEnd =>
  cause !== undefined && /^[\w.-]{1,64}$/.test(cause) ? { detail, cause } : { detail };
