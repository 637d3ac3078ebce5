import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { systemClock } from '../../src/clock.ts';
import type { Courier } from '../../src/services/courier.port.ts';
import { Outbox, type OutboxParts } from '../../src/services/outbox/outbox.ts';
import type { Journal } from '../../src/services/storage/journal.port.ts';
import { createOfflineCourier } from '../../src/services/twilio/offline-courier.ts';
import { keptLog } from './tool-call.ts';

/** An outbox over a journal, at work with one courier for everything; closed after the test. */
export function outboxOver(
  journal: Journal,
  courier: Courier = createOfflineCourier(),
  parts: Partial<OutboxParts> = {},
): Outbox {
  const outbox = new Outbox({ journal, clock: systemClock, log: keptLog(), ...parts });
  outbox.start({ text: courier, call: courier });
  onTestFinished(() => outbox.close());
  return outbox;
}

/** The system's timers, and a time of day that stands still. */
export const clockAt = (now: number): Clock => ({ ...systemClock, now: () => now });
