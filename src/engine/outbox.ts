import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { Outbox } from '../services/outbox/outbox.ts';
import type { Journal } from '../services/storage/journal.port.ts';
import { restOf, sendersOf } from '../services/twilio/rest/carrier-account.ts';
import type { Service } from './service.ts';

/** What the outbox is opened with as a part of the engine. */
export interface OutboxServiceParts {
  readonly config: Config;
  /** Where the carrier reports what became of a text or a call. */
  readonly publicUrl: string;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is on its way to the carrier, and the account that it goes through. */
export function openOutbox({ config, publicUrl, journal, clock, log }: OutboxServiceParts) {
  const rest = restOf(config.twilio);
  const outbox = new Outbox({ journal, clock, log, chance: Math.random });
  const service: Service = {
    name: 'outbox',
    start: () => {
      outbox.start(sendersOf(rest, publicUrl));
    },
    stop: () => outbox.close(),
  };
  return { outbox, rest, service };
}
