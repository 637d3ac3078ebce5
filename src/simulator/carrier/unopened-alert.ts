import type { CarrierAlert } from './carrier-events.ts';

const REFUSED = new Set(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND']);

/**
 * What the carrier's debugger says of a media socket that could not be opened: no answer in time, no connection, no
 * TLS, or an answer other than 101.
 */
export function unopenedAlert(error: Error): CarrierAlert {
  const { code = '' } = error as NodeJS.ErrnoException;
  const text = `the media socket could not be opened: ${error.message || code}`;
  if (code === 'ETIMEDOUT' || error.message.includes('timed out')) return { code: 31_901, text };
  if (REFUSED.has(code)) return { code: 31_902, text };
  if (code.includes('CERT') || code.includes('SSL') || code.includes('SELF_SIGNED')) {
    return { code: 31_910, text };
  }
  return { code: 31_920, text };
}
