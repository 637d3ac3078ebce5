import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { openAdmission } from '../services/admission/open-admission.ts';
import type { Agents } from '../services/agents/agents.ts';
import type { CallRegistry } from '../services/calls/call-registry.ts';
import { LiveDesk } from '../services/calls/live-desk.ts';
import { RunningCalls } from '../services/calls/running-calls.ts';
import { loadClips } from '../services/clips/clips.ts';
import { LiveCalls } from '../services/live/live-calls.ts';
import { LiveFeed } from '../services/live/live-feed.ts';
import { StreamTokens } from '../services/phone/stream-token.ts';
import { openStately, type StatelyOutlet } from '../services/stately/stately-outlet.ts';
import type { Metrics } from '../services/telemetry/metrics.ts';
import type { Toolbox } from '../services/tools/toolbox.ts';
import { ownNumberOf } from '../services/twilio/rest/carrier-account.ts';
import type { TwilioRest } from '../services/twilio/rest/rest.ts';
import type { OpenModel } from './model.ts';
import type { Service } from './service.ts';
import type { OpenStorage } from './storage.ts';

export type OpenCalls = Awaited<ReturnType<typeof openCalls>>;

export interface CallsParts {
  readonly config: Config;
  readonly storage: OpenStorage;
  readonly model: Pick<OpenModel, 'model' | 'sentences'>;
  readonly agents: Agents;
  readonly toolbox: Toolbox;
  readonly registry: CallRegistry;
  /** The carrier's account; undefined where there is none. */
  readonly rest: TwilioRest | undefined;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The calls: who may take a line, the desk that accepts and commands them, and where they are watched.
 *
 * @throws {EngineError} `CONFIG_INVALID` when `INSPECT` names a package that is not installed.
 */
export async function openCalls(parts: CallsParts) {
  const { config, storage, model, agents, toolbox, registry, rest, metrics, clock, log } = parts;
  const { journal, key, recordings } = storage;
  const tokens = new StreamTokens(config.twilio.authToken ?? (await key('stream-key')), clock);
  // Last of what can fail: it listens.
  const stately = config.inspect === 'stately' ? await openStatelyFor(log) : undefined;
  const { admission, meter } = openAdmission({
    ...{ settings: config.admission, lines: config.maxConcurrentCalls, journal, clock, log, metrics },
    onOverdrawn: () => {
      desk.dismissAll();
    },
  });
  const liveCalls = new LiveCalls();
  const liveFeed = new LiveFeed({ calls: liveCalls, journal, clock, log });
  registry.onEnded(({ callSid }) => {
    liveFeed.ended(callSid);
  });
  const calls = new RunningCalls({
    ...{ model: model.model, toolbox, journal, meter, log, metrics, live: liveCalls, recordings },
    clips: loadClips(),
    clipsOf: (profile) => model.sentences.clipsOf(profile),
    endCall: rest && ((callSid) => rest.completeCall(callSid)),
    inspect: stately && ((callSid) => stately.attach(callSid)),
  });
  const desk: LiveDesk = new LiveDesk({
    ...{ registry, agents, journal, clock, log, admission },
    ownNumber: ownNumberOf(config.twilio),
    mintToken: (stream) => tokens.mint(stream),
    host: (facts, ownClock) => calls.host(facts, ownClock),
  });
  const service: Service = {
    name: 'calls',
    drain: (withinMs) => desk.drain(withinMs),
    stop: async () => {
      await meter.close();
      stately?.close();
    },
  };
  return { desk, calls, admission, liveFeed, tokens, service };
}

async function openStatelyFor(log: Log): Promise<StatelyOutlet> {
  const stately = await openStately();
  log.info({ url: stately.url }, "Stately's inspector shows calls, on this machine only");
  return stately;
}
