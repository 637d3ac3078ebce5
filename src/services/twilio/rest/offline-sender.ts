import type { Sender } from '../../outbox/sender.port.ts';

/** Stands in for the carrier when no Twilio account is configured: what is to be sent is kept in the journal and goes nowhere. */
export function createOfflineSender(): Sender {
  return {
    send: () => Promise.resolve({ outcome: 'simulated' }),
    // It keeps nothing, so nothing that it was given is anywhere.
    find: () => Promise.resolve({ outcome: 'looked', candidates: [] }),
  };
}
