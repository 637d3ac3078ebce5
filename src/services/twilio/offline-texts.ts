import type { TextSender } from '../text-sender.port.ts';

/** Stands in for the carrier when no Twilio account is configured: texts are kept in the journal and go nowhere. */
export function createOfflineTexts(): TextSender {
  return {
    send: () => Promise.resolve({ outcome: 'simulated' }),
    find: () => Promise.resolve({ outcome: 'simulated' }),
  };
}
