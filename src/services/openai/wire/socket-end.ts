import type { SocketEnd } from '../../../machines/session/session.events.ts';

const PLAIN = /^[\w./[\]-]{1,64}$/;

/** A far end's name for something, as details may have it: `session.tools[0]`, `audio/pcmu`. What else it sends is not repeated. */
export const farWord = (word: string): string => (PLAIN.test(word) ? word : 'something that is no name');

/** @param cause - what the far end or the network calls it. Left out where it is no code: whatever else a far end sends stays out of records and logs. */
export const socketEnd = (detail: string, cause?: string): SocketEnd =>
  cause !== undefined && /^[\w.-]{1,64}$/.test(cause) ? { detail, cause } : { detail };
