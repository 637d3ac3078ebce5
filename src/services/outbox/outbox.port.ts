import type { Errand } from '../storage/journal.port.ts';

/** What a tool sees of the outbox. */
export interface OutboxDelivery {
  /**
   * Sees to it that an errand leaves, at most once, and resolves when that is settled: in some 200 ms when all goes
   * well, minutes later when the carrier is down. Undefined for an errand that the outbox does not have. Never rejects.
   */
  deliver(id: string): Promise<Errand | undefined>;
}
