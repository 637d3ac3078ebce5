import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ErrorCode } from '../../errors.ts';
import type { EndReason } from '../../machines/call/call.events.ts';
import type { RefusalCause } from '../../protocol/refusal-causes.ts';
import type { Refusal } from '../sockets/refusal.ts';
import type { DaySums } from '../storage/admission.port.ts';
import { COUNTERS, GAUGES, LATENCIES, type Latency, type MetricRow } from './metric-rows.ts';

/** Parts of the engine in which a fault is counted. */
export type Component = 'call' | 'http' | 'journal' | 'model' | 'phone' | 'rest' | 'tool';

/** The part of a call that met a fault, by the first word of its code. */
const PART_OF: Readonly<Record<string, Component>> = {
  MODEL: 'model',
  RESPONSE: 'model',
  STREAM: 'phone',
  TOKEN: 'phone',
  TOOL: 'tool',
};

/** Seconds. A barge-in is over in 60 ms, a reply feels late after 1 s, a tool gives up after 8 s: each has buckets on both sides. */
const BUCKETS = [0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.4, 0.7, 1, 1.5, 2, 3, 5, 8, 15];

/** Gauges of the package with a counter's suffix: each is the sum of one that stands beside it, by type. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/**
 * Counters and latencies of one process, in Prometheus's words.
 *
 * Labels come from closed lists of the code: never a call SID, a number or a
 * word of the model, which would be private and without end.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #started: Counter<'direction' | 'test'>;
  readonly #ended: Counter<'reason' | 'test'>;
  readonly #refused: Counter<'cause'>;
  readonly #toolsRefused: Counter<'tool' | 'rule'>;
  readonly #refusals: Counter<'door' | 'reason'>;
  readonly #bargeIns: Counter;
  readonly #ignoredMessages: Counter<'kind'>;
  readonly #faults: Counter<'component' | 'cause'>;
  readonly #dayCalls: Gauge;
  readonly #dayModelSeconds: Gauge;
  readonly #dayCost: Gauge;
  readonly #latencies: Readonly<Record<Latency, Histogram>>;

  /** @param liveCalls - asked at each scrape. */
  constructor(liveCalls: () => number) {
    const registers = [this.#registry];
    const counter = <Label extends string>({ name, help, labels }: MetricRow<Label>) =>
      new Counter<Label>({ name, help, labelNames: labels, registers });
    const gauge = ({ name, help }: MetricRow) => new Gauge({ name, help, registers });
    collectDefaultMetrics({ register: this.#registry });
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
    this.#started = counter(COUNTERS.callsStarted);
    this.#ended = counter(COUNTERS.callsEnded);
    this.#refused = counter(COUNTERS.callsRefused);
    this.#toolsRefused = counter(COUNTERS.toolsRefused);
    this.#refusals = counter(COUNTERS.refusals);
    this.#bargeIns = counter(COUNTERS.bargeIns);
    this.#ignoredMessages = counter(COUNTERS.ignoredMessages);
    this.#faults = counter(COUNTERS.faults);
    this.#latencies = Object.fromEntries(
      Object.entries(LATENCIES).map(([latency, { name, help }]) => [
        latency,
        new Histogram({ name, help, buckets: BUCKETS, registers }),
      ]),
    ) as Record<Latency, Histogram>;
    this.#dayCalls = gauge(GAUGES.dayCalls);
    this.#dayModelSeconds = gauge(GAUGES.dayModelSeconds);
    this.#dayCost = gauge(GAUGES.dayCost);
    new Gauge({
      name: GAUGES.liveCalls.name,
      help: GAUGES.liveCalls.help,
      registers,
      collect() {
        this.set(liveCalls());
      },
    });
  }

  callStarted(direction: 'inbound' | 'outbound', isTest: boolean): void {
    this.#started.inc({ direction, test: String(isTest) });
  }

  callEnded(reason: EndReason, isTest: boolean): void {
    this.#ended.inc({ reason, test: String(isTest) });
  }

  callRefused(cause: RefusalCause): void {
    this.#refused.inc({ cause });
  }

  spentToday({ calls, modelMs, costMicros }: DaySums): void {
    this.#dayCalls.set(calls);
    this.#dayModelSeconds.set(modelMs / 1000);
    this.#dayCost.set(costMicros / 1e6);
  }

  /** @param tool - one of the engine, or of a profile: never what a model made up. */
  toolRefused(tool: string, rule: string): void {
    this.#toolsRefused.inc({ tool, rule });
  }

  /** Counts a refused client that is not a caller. */
  refused(door: Refusal['door'], reason: Refusal['reason']): void {
    this.#refusals.inc({ door, reason });
  }

  bargedIn(): void {
    this.#bargeIns.inc();
  }

  /** A media stream sent what the engine has no use for. */
  streamMessageIgnored(kind: 'unknown' | 'empty'): void {
    this.#ignoredMessages.inc({ kind });
  }

  /** A call is failing, for this reason. */
  callFailing(cause: ErrorCode): void {
    this.fault(PART_OF[cause.split('_')[0] ?? ''] ?? 'call', cause);
  }

  fault(component: Component, cause: ErrorCode): void {
    this.#faults.inc({ component, cause });
  }

  /** Books how long something took, in ms. */
  took(latency: Latency, ms: number): void {
    this.#latencies[latency].observe(ms / 1000);
  }

  /** What a scrape answers. */
  async exposition(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}
