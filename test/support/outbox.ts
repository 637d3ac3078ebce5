import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { systemClock } from '../../src/clock.ts';
import type { Sender } from '../../src/services/outbox/sender.port.ts';
import { Outbox, type OutboxParts } from '../../src/services/outbox/outbox.ts';
import type { Journal } from '../../src/services/storage/journal.port.ts';
import { createOfflineSender } from '../../src/services/twilio/rest/offline-sender.ts';
import { keptLog } from './tool-call.ts';

/** An outbox over a journal, at work with one sender for everything; closed after the test. */
export function outboxOver(
  journal: Journal,
  sender: Sender = createOfflineSender(),
  parts: Partial<OutboxParts> = {},
): Outbox {
  const outbox = new Outbox({ journal, clock: systemClock, log: keptLog(), ...parts });
  outbox.start({ text: sender, call: sender });
  onTestFinished(() => outbox.close());
  return outbox;
}

/** The system's timers, and a time of day that stands still. */
export const clockAt = (now: number): Clock => ({ ...systemClock, now: () => now });
