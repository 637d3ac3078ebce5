import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { ModelCircuit } from '../services/admission/model-circuit.ts';
import { isFinalCause } from '../services/openai/wire/model-errors.ts';
import { openAdmission } from '../services/admission/open-admission.ts';
import type { Agents } from '../services/agents/agents.ts';
import { AwaitedCalls, type WaitingForCalls } from '../services/calls/awaited-calls.ts';
import { type CallRegistry, HANDED_OVER } from '../services/calls/call-registry.ts';
import { LiveDesk } from '../services/calls/live-desk.ts';
import { RunningCalls } from '../services/calls/running-calls.ts';
import { loadClips } from '../services/clips/clips.ts';
import { AwaitedSight } from '../services/live/awaited-sight.ts';
import { LiveCalls } from '../services/live/live-calls.ts';
import { LiveFeed } from '../services/live/live-feed.ts';
import { StreamTokens } from '../services/phone/stream-token.ts';
import { openStately, type StatelyOutlet } from '../services/stately/stately-outlet.ts';
import type { Metrics } from '../services/telemetry/metrics.ts';
import type { Toolbox } from '../services/tools/toolbox.ts';
import { ownNumberOf } from '../services/twilio/rest/carrier-account.ts';
import type { TwilioRest } from '../services/twilio/rest/rest.ts';
import { afterStreamUrl } from '../services/twilio/webhooks/twiml.ts';
import type { Siblings } from '../services/workers/siblings.port.ts';
import type { OpenModel } from './model.ts';
import type { Service } from './service.ts';
import type { SharedWaiting } from './shared-work.ts';
import { joinWorkers } from './sharing.ts';
import type { OpenStorage } from './storage.ts';

export type OpenCalls = Awaited<ReturnType<typeof openCalls>>;

export interface CallsParts {
  readonly config: Config;
  /** Where the carrier asks. */
  readonly publicUrl: string;
  readonly storage: OpenStorage;
  readonly model: Pick<OpenModel, 'model' | 'sentences'>;
  readonly agents: Agents;
  readonly toolbox: Toolbox;
  readonly registry: CallRegistry;
  /** Where calls without a process are waited for, when that is in another process; undefined: here. */
  readonly awaited: SharedWaiting | undefined;
  /** The carrier's account; undefined where there is none. */
  readonly rest: TwilioRest | undefined;
  readonly metrics: Metrics;
  /** The other workers; undefined where there are none. */
  readonly siblings: Siblings | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The calls: who may take a line, the desk that accepts and commands them, and where they are watched.
 *
 * @throws {EngineError} `CONFIG_INVALID` when `INSPECT` names a package that is not installed.
 */
export async function openCalls(parts: CallsParts) {
  const { config, publicUrl, storage, model, agents, toolbox, registry, rest, metrics, clock, log } = parts;
  const { siblings } = parts;
  const { journal, key, recordings } = storage;
  const tokens = new StreamTokens(config.twilio.authToken ?? (await key('stream-key')), clock);
  // Last of what can fail: it listens.
  const stately = config.inspect === 'stately' ? await openStatelyFor(log) : undefined;
  const circuit = new ModelCircuit({ isFinal: isFinalCause, clock, log });
  const { admission, meter } = openAdmission({
    ...{
      settings: config.admission,
      lines: config.maxConcurrentCalls,
      circuit,
      journal,
      clock,
      log,
      metrics,
    },
    isOneOfMany: siblings !== undefined,
    onOverdrawn: () => {
      desk.dismissAll();
    },
  });
  const liveCalls = new LiveCalls();
  const isDraining = () => desk.isDraining;
  const forget = (callSid: string) => {
    awaited.forget(callSid);
  };
  const shared =
    siblings && joinWorkers({ siblings, calls: liveCalls, circuit, journal, isDraining, forget, clock, log });
  const liveFeed = new LiveFeed({ calls: liveCalls, elsewhere: shared?.elsewhere, journal, clock, log });
  registry.onEnded(({ callSid }) => {
    liveFeed.ended(callSid);
  });
  const awaited = waitInSight(parts, liveCalls, liveFeed);
  const calls = new RunningCalls({
    ...{ model: model.model, toolbox, journal, meter, log, metrics, live: liveCalls, recordings },
    circuit,
    clips: loadClips(),
    clipsOf: (profile) => model.sentences.clipsOf(profile),
    transferTo: (callSid) => registry.find(callSid)?.transferTo,
    endCall: rest && ((callSid) => rest.completeCall(callSid)),
    recall:
      rest &&
      (async (callSid) => {
        const answer = await rest.redirectCall(callSid, afterStreamUrl(publicUrl));
        if (answer === 'over') registry.tell(callSid, { type: 'phone.completed' });
      }),
    inspect: stately && ((callSid) => stately.attach(callSid)),
  });
  const desk: LiveDesk = new LiveDesk({
    ...{ registry, agents, journal, clock, log, admission, awaited, successors: shared?.successors },
    ownNumber: ownNumberOf(config.twilio),
    mintToken: (stream) => tokens.mint(stream),
    host: (facts, ownClock, before) => calls.host(facts, ownClock, before),
  });
  await awaited.open();
  const service: Service = {
    name: 'calls',
    drain: (withinMs) => desk.drain(withinMs),
    stop: async () => {
      awaited.close();
      shared?.close();
      await meter.close();
      stately?.close();
    },
  };
  return { desk, calls, admission, circuit, liveFeed, tokens, successors: shared?.successors, service };
}

/** Whoever watches the calls sees those that are waited for, too, here or in another process. */
function waitInSight(parts: CallsParts, calls: LiveCalls, feed: LiveFeed): WaitingForCalls {
  const { storage, registry, clock, log } = parts;
  const sight = new AwaitedSight({ calls, feed, clock });
  registry.onHandedOver(({ callSid }) => {
    calls.handOver(callSid, HANDED_OVER);
  });
  parts.awaited?.listen(sight);
  const awaited =
    parts.awaited ??
    new AwaitedCalls({
      ...{ journal: storage.journal, clock, log },
      isHere: (callSid) => registry.find(callSid) !== undefined,
      ...{ onAwaited: sight.onAwaited, onBack: sight.onBack, onOver: sight.onOver },
    });
  return {
    open: () => awaited.open(),
    forget: (callSid) => {
      awaited.forget(callSid);
    },
    close: () => {
      awaited.close();
      sight.close();
    },
  };
}

async function openStatelyFor(log: Log): Promise<StatelyOutlet> {
  const stately = await openStately();
  log.info({ url: stately.url }, "Stately's inspector shows calls, on this machine only");
  return stately;
}
