import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { CallRegistry } from '../services/calls/call-registry.ts';
import type { Exposition } from '../services/http/health.ts';
import type { OutboxDelivery } from '../services/outbox/outbox.port.ts';
import type { Metrics } from '../services/telemetry/metrics.ts';
import type { TwilioRest } from '../services/twilio/rest/rest.ts';
import type { Siblings } from '../services/workers/siblings.port.ts';
import { openAgents } from './agents.ts';
import { type CallsParts, openCalls } from './calls.ts';
import { openModel } from './model.ts';
import type { OpenPort } from './port.ts';
import type { Services } from './service.ts';
import { openStartGarbage } from './start-garbage.ts';
import type { OpenStorage } from './storage.ts';
import { openWeb } from './web.ts';

/** What whoever takes calls stands on. */
export interface Foundation {
  readonly config: Config;
  readonly publicUrl: string;
  readonly port: OpenPort;
  readonly storage: OpenStorage;
  readonly outbox: OutboxDelivery;
  /** The carrier's account; undefined where there is none. */
  readonly rest: TwilioRest | undefined;
  /** Where the simulated model is, when it is not to be started here. */
  readonly simulatedUrl?: string;
  readonly registry: CallRegistry;
  /** Where calls without a process are waited for; undefined: here. */
  readonly awaited: CallsParts['awaited'];
  readonly metrics: Metrics;
  readonly exposition: () => Promise<Exposition>;
  /** The other workers; undefined where there are none. */
  readonly siblings: Siblings | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Everything that takes calls: the same in a process that is the whole engine, and in one of several workers.
 *
 * @throws {EngineError} `TOOL_FILE_INVALID`, `PROFILE_INVALID`, `STORAGE_UNAVAILABLE` or `SPEECH_UNAVAILABLE`.
 */
export async function openAnswering(services: Services, foundation: Foundation) {
  const { config, storage, registry, simulatedUrl, clock, log } = foundation;
  const { journal, trail, clips } = storage;
  const { agents, toolbox } = services.add(await openAgents({ ...foundation, journal }));
  await trail.foundProfiles(agents.versionsInForce());
  const model = services.add(await openModel({ config, files: clips, simulatedUrl, agents, clock, log }));
  const calls = services.add(await openCalls({ ...foundation, model, agents, toolbox }));
  services.add(openStartGarbage(registry, clock));
  return services.add(openWeb({ ...foundation, calls, agents, toolbox }));
}
