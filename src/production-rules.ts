/**
 * What is a fault only where strangers call. In production it stops the start;
 * anywhere else it is said at the start, in the log.
 */

import { isLoopbackUrl } from './loopback.ts';
import { weaknessOf } from './weak-secret.ts';

/** The settings that are looked at. */
export interface Guarded {
  readonly OPENAI_REALTIME_URL: string | undefined;
  readonly TWILIO_API_URL: string | undefined;
  readonly PUBLIC_URL: string | undefined;
  readonly ADMIN_TOKEN: string | undefined;
  readonly TWILIO_AUTH_TOKEN: string | undefined;
}

/** Each begins with the variable's name, and holds no value. */
export function productionFaults(values: Guarded, tlsRejectUnauthorized: string | undefined): string[] {
  const faults: string[] = [];
  for (const name of ['OPENAI_REALTIME_URL', 'TWILIO_API_URL', 'PUBLIC_URL'] as const) {
    const url = values[name];
    // On this machine nobody listens in: a proxy that speaks TLS may stand there.
    if (url === undefined || isLoopbackUrl(url) || /^(?:https|wss):/i.test(url)) continue;
    faults.push(`${name}: sends secrets and voices unencrypted; use https:// or wss://`);
  }
  for (const name of ['ADMIN_TOKEN', 'TWILIO_AUTH_TOKEN'] as const) {
    const secret = values[name];
    const weakness = secret === undefined ? undefined : weaknessOf(secret);
    if (weakness !== undefined) faults.push(`${name}: ${weakness}; ${REMEDIES[name]}`);
  }
  // Node reads it with every connection, and takes this text alone for a no.
  if (tlsRejectUnauthorized === '0') {
    faults.push(
      'NODE_TLS_REJECT_UNAUTHORIZED: must not be 0: no certificate is checked, anybody can pose as the carrier or the model',
    );
  }
  return faults;
}

const REMEDIES = {
  ADMIN_TOKEN: 'use the output of `openssl rand -hex 32`',
  TWILIO_AUTH_TOKEN: "use your Twilio account's token, 32 hexadecimal digits",
};
