import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { loadCharts } from '../charts/drawn-charts.ts';
import type { Log } from '../log.ts';
import { AgentDrafts } from '../services/agents/agent-drafts.ts';
import type { Agents } from '../services/agents/agents.ts';
import { CallPlacer } from '../services/calls/call-placer.ts';
import type { CallRegistry } from '../services/calls/call-registry.ts';
import { createHttp } from '../services/http/app.ts';
import { CONSOLE_FOLDER, readConsole } from '../services/http/console-files.ts';
import type { Exposition } from '../services/http/health.ts';
import { consolePage } from '../services/http/console-page.ts';
import { instructionsOf } from '../services/openai/session/prompt.ts';
import type { OutboxDelivery } from '../services/outbox/outbox.port.ts';
import type { Metrics } from '../services/telemetry/metrics.ts';
import type { Toolbox } from '../services/tools/toolbox.ts';
import { ownNumberOf } from '../services/twilio/rest/carrier-account.ts';
import { TWILIO_ROUTES } from '../services/twilio/webhooks/twilio-routes.ts';
import { shareDrafts } from '../services/workers/agent-news.ts';
import type { Siblings } from '../services/workers/siblings.port.ts';
import { LoneVoice } from '../simulator/speech/lone-voice.ts';
import { openAccess } from './access.ts';
import type { OpenCalls } from './calls.ts';
import type { OpenPort } from './port.ts';
import type { Service } from './service.ts';
import { shareCalls, shareWriteLimits } from './sharing.ts';
import type { OpenStorage } from './storage.ts';

export interface WebParts {
  readonly config: Config;
  readonly publicUrl: string;
  readonly port: OpenPort;
  readonly storage: OpenStorage;
  readonly calls: OpenCalls;
  readonly registry: CallRegistry;
  readonly agents: Agents;
  readonly toolbox: Toolbox;
  readonly outbox: OutboxDelivery;
  readonly metrics: Metrics;
  /** What a scrape answers. */
  readonly exposition: () => Promise<Exposition>;
  /** The other workers; undefined where there are none. */
  readonly siblings: Siblings | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Everything that is asked of the engine from outside: webhooks, the API, the console, media streams, the live feed. */
export function openWeb(parts: WebParts) {
  const { config, publicUrl, port, storage, calls, registry, agents, toolbox, metrics, clock, log } = parts;
  const { siblings } = parts;
  const { journal, erasures, recordings, trail } = storage;
  const { admission, circuit, liveFeed, tokens, successors } = calls;
  const desk = shareCalls({ siblings, registry, desk: calls.desk, successors });
  const { guard, door } = openAccess({
    ...{ config, publicUrl, port, tokens, journal, liveFeed, metrics, siblings, log, clock },
    attach: (callSid, stream) => calls.calls.attach(callSid, stream),
    dateOf: (callSid) => registry.dateOf(callSid),
  });
  const drafts = new AgentDrafts(clock);
  if (siblings !== undefined) shareDrafts(siblings, drafts);
  const voice = new LoneVoice();
  const outbound = new CallPlacer({
    ...{ journal, outbox: parts.outbox, admission, clock },
    agentOf: (id) => agents.find(id),
    ownNumber: ownNumberOf(config.twilio),
  });
  const listener = createHttp({
    carrier: TWILIO_ROUTES,
    ...{ publicUrl, guard, desk, circuit, outbound, journal, erasures, recordings, agents, log, clock },
    audit: { trail, addressOf: port.addressOf },
    charts: loadCharts(),
    drafts,
    instructionsFor: (profile) => instructionsOf(profile, toolbox.specsFor(profile)),
    speak: (text) => voice.say(text),
    placedPerMinute: config.admission.placed.perMinute,
    metrics: parts.exposition,
    shareLimits:
      siblings &&
      ((limits) => {
        shareWriteLimits(siblings, limits);
      }),
    countFault: (cause) => {
      metrics.fault('http', cause);
    },
    console: consolePage(readConsole(CONSOLE_FOLDER), TWILIO_ROUTES.prefix),
  });
  const service: Service = {
    name: 'web',
    start: () => {
      port.serve(listener);
    },
    stop: async () => {
      door.close();
      await port.close();
      await voice.close();
    },
  };
  return { streams: door, service };
}
