import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { noteOf } from '../errors.ts';
import { createGuard, type Guard } from '../services/http/guard.ts';
import { SOFTPHONE_STREAM_PATH } from '../services/http/softphone-api.ts';
import type { LiveFeed } from '../services/live/live-feed.ts';
import { LiveServer } from '../services/live/live-server.ts';
import type { Log } from '../log.ts';
import { UpgradeRouter } from '../services/sockets/upgrade-router.ts';
import type { Journal } from '../services/storage/journal.port.ts';
import type { Metrics } from '../services/telemetry/metrics.ts';
import { refusalTeller } from '../services/telemetry/refusal-teller.ts';
import type { CarrierStream } from '../services/phone/carrier.port.ts';
import { webhookVerifier } from '../services/twilio/webhooks/signature.ts';
import { TWILIO_PROOF } from '../services/twilio/webhooks/twilio-routes.ts';
import { StreamServer } from '../services/twilio/stream/stream-server.ts';
import type { StreamTokens } from '../services/phone/stream-token.ts';
import type { Siblings } from '../services/workers/siblings.port.ts';
import { StreamHandover } from '../services/workers/stream-handover.ts';
import type { OpenPort } from './port.ts';

export interface AccessParts {
  readonly config: Config;
  readonly publicUrl: string;
  readonly port: OpenPort;
  readonly tokens: StreamTokens;
  readonly journal: Journal;
  readonly liveFeed: LiveFeed;
  /** Gives a stream to its call. False: no such call is here. */
  readonly attach: (callSid: string, stream: CarrierStream) => boolean;
  /** The date by a call's own clock. */
  readonly dateOf: (callSid: string) => number | undefined;
  readonly metrics: Metrics;
  /** The other workers; undefined where there are none. */
  readonly siblings: Siblings | undefined;
  readonly log: Log;
  readonly clock: Clock;
}

/** Decides who may open what: requests by the guard, streams and the live feed by the door for upgrades. */
export function openAccess(parts: AccessParts): { guard: Guard; door: UpgradeRouter } {
  const { config, publicUrl, port, tokens, journal, liveFeed, attach, dateOf, metrics, log, clock } = parts;
  const { addressOf, onTrusted } = port;
  const { authToken } = config.twilio;
  const handover = parts.siblings && new StreamHandover(parts.siblings, log);
  const { typedPublicUrl } = config;
  const onRefused = refusalTeller(metrics, log);
  const guard = createGuard({
    publicUrl,
    adminToken: config.adminToken,
    carrier: TWILIO_PROOF,
    verifyWebhook:
      authToken === undefined ? undefined : webhookVerifier({ publicUrl, typedPublicUrl, authToken }),
    addressOf,
    onTrusted,
    onRefused,
    clock,
  });
  const streams = new StreamServer({
    publicUrl,
    authToken,
    maxConcurrentCalls: config.maxConcurrentCalls,
    pagePath: SOFTPHONE_STREAM_PATH,
    guardPage: (request) => {
      guard.page(request);
    },
    tokens,
    journal,
    attach,
    handOver: handover && ((callSid, socket, request) => handover.give(callSid, socket, request)),
    onTrusted,
    onRefused,
    addressOf,
    dateOf,
    log,
    clock,
  });
  const live = new LiveServer({ feed: liveFeed, guard, onRefused, addressOf, clock });
  const door = new UpgradeRouter(clock, [...streams.routes, live.route], {
    threw: (thrown) => {
      log.error(noteOf(thrown, 'INTERNAL'), 'upgrade failed');
    },
    noHandshake: (request) => {
      onRefused({ door: 'page', reason: 'no_handshake', address: addressOf(request) });
    },
  });
  handover?.receive(door);
  door.serve(port.server);
  return { guard, door };
}
