import {
  type Aggregator,
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';
import type { ErrorCode } from '../../errors.ts';
import type { EndReason } from '../../machines/call/call.events.ts';
import type { RefusalCause } from '../../protocol/refusal-causes.ts';
import type { DoorRefusal } from '../sockets/refusal.ts';
import { JOURNAL_TROUBLES, type JournalTrouble } from '../../protocol/journal-troubles.ts';
import type { DaySums } from '../storage/admission.port.ts';
import type { JournalLoad } from '../storage/journal.port.ts';
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
  readonly #resumed: Counter;
  readonly #handedOver: Counter;
  readonly #ended: Counter<'reason' | 'test'>;
  readonly #refused: Counter<'cause'>;
  readonly #toolsRefused: Counter<'tool' | 'rule'>;
  readonly #refusals: Counter<'door' | 'reason'>;
  readonly #bargeIns: Counter;
  readonly #modelsReplaced: Counter;
  readonly #modelsRotated: Counter;
  readonly #streamsReplaced: Counter;
  readonly #ignoredMessages: Counter<'kind'>;
  readonly #faults: Counter<'component' | 'cause'>;
  readonly #dayCalls: Gauge;
  readonly #dayModelSeconds: Gauge;
  readonly #dayCost: Gauge;
  readonly #latencies: Readonly<Record<Latency, Histogram>>;
  #loadOfJournal: () => JournalLoad = () => ({
    ...{ trouble: undefined, lagMs: 0, waitingBytes: 0, droppedRows: 0 },
  });

  /**
   * @param liveCalls - asked at each scrape.
   * @param hasProcess - those of the Node.js process are among them. They watch it for as long as it lives: one is enough.
   */
  constructor(liveCalls: () => number, { hasProcess = true }: { readonly hasProcess?: boolean } = {}) {
    const registers = [this.#registry];
    const counter = <Label extends string>({ name, help, labels }: MetricRow<Label>) =>
      new Counter<Label>({ name, help, labelNames: labels, registers });
    const gauge = ({ name, help }: MetricRow) => new Gauge({ name, help, registers });
    this.#showJournal(registers);
    if (hasProcess) {
      collectDefaultMetrics({ register: this.#registry });
      for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
    }
    this.#started = counter(COUNTERS.callsStarted);
    this.#resumed = counter(COUNTERS.callsResumed);
    this.#handedOver = counter(COUNTERS.callsHandedOver);
    this.#ended = counter(COUNTERS.callsEnded);
    this.#refused = counter(COUNTERS.callsRefused);
    this.#toolsRefused = counter(COUNTERS.toolsRefused);
    this.#refusals = counter(COUNTERS.refusals);
    this.#bargeIns = counter(COUNTERS.bargeIns);
    this.#modelsReplaced = counter(COUNTERS.modelsReplaced);
    this.#modelsRotated = counter(COUNTERS.modelsRotated);
    this.#streamsReplaced = counter(COUNTERS.streamsReplaced);
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

  /** @param load - asked at each scrape. */
  watchJournal(load: () => JournalLoad): void {
    this.#loadOfJournal = load;
  }

  callStarted(direction: 'inbound' | 'outbound', isTest: boolean): void {
    this.#started.inc({ direction, test: String(isTest) });
  }

  callResumed(): void {
    this.#resumed.inc();
  }

  callHandedOver(): void {
    this.#handedOver.inc();
  }

  callEnded(reason: EndReason, isTest: boolean): void {
    this.#ended.inc({ reason, test: String(isTest) });
  }

  modelReplaced(): void {
    this.#modelsReplaced.inc();
  }

  modelRotated(): void {
    this.#modelsRotated.inc();
  }

  streamReplaced(): void {
    this.#streamsReplaced.inc();
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
  refused(door: DoorRefusal['door'], reason: DoorRefusal['reason']): void {
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

  /** Every metric with its values, as one of several workers tells them (metric-sums.ts). */
  values(): Promise<MetricObjectWithValues<MetricValue<string>>[]> {
    return this.#registry.getMetricsAsJSON();
  }

  #showJournal(registers: Registry[]): void {
    const load = () => this.#loadOfJournal();
    const { journalTrouble, journalLag, journalWaiting } = GAUGES;
    const shown = <Label extends string>(
      { name, help, labels }: MetricRow<Label>,
      set: (gauge: Gauge<Label>) => void,
      // Of several workers: the worst.
      aggregator: Aggregator = 'max',
    ) =>
      new Gauge<Label>({
        ...{ name, help, labelNames: labels, registers, aggregator },
        collect() {
          set(this);
        },
      });
    shown(journalTrouble, (gauge) => {
      const { trouble } = load();
      for (const name of Object.keys(JOURNAL_TROUBLES) as JournalTrouble[])
        gauge.set({ trouble: name }, name === trouble ? 1 : 0);
    });
    shown(journalLag, (gauge) => {
      gauge.set(load().lagMs / 1000);
    });
    shown(
      journalWaiting,
      (gauge) => {
        gauge.set(load().waitingBytes);
      },
      'sum',
    );
    const { name, help } = COUNTERS.droppedRows;
    new Counter({
      ...{ name, help, registers },
      collect() {
        this.reset();
        this.inc(load().droppedRows);
      },
    });
  }

  /** What a scrape answers. */
  async exposition(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}
