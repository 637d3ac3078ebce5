import {
  AggregatorRegistry,
  Counter,
  Gauge,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';
import type { DaySums } from '../storage/admission.port.ts';
import { GAUGES, SUPERVISION } from './metric-rows.ts';

/** Every metric of one process with its values. */
export type MetricValues = readonly MetricObjectWithValues<MetricValue<string>>[];

export interface MetricSumsDeps {
  /** Workers that take calls: asked at each scrape. */
  readonly workers: () => number;
  /** What the day has come to, of the whole engine. Rejects while that cannot be read. */
  readonly daySums: () => Promise<DaySums>;
  /** When this process began, in seconds since the Unix epoch. */
  readonly startedAt: number;
}

/**
 * The metrics of an engine of several workers: what they have told, added up by prom-client's own rules, whichever of
 * them a scrape has come to. What a worker that is gone had counted still counts: a counter that fell would look like
 * a restart.
 */
export class MetricSums {
  readonly #deps: MetricSumsDeps;
  readonly #registry = new Registry();
  readonly #lost: Counter<'why'>;
  readonly #dayGauges: { readonly calls: Gauge; readonly modelSeconds: Gauge; readonly cost: Gauge };
  /** By worker, what it told last. */
  readonly #told = new Map<number, MetricValues>();
  /** Counters and histograms of those that are gone, added up at the next scrape. */
  #gone: MetricValues[] = [];

  constructor(deps: MetricSumsDeps) {
    this.#deps = deps;
    const registers = [this.#registry];
    const gauge = ({ name, help }: { name: string; help: string }) => new Gauge({ name, help, registers });
    const { name, help, labels } = SUPERVISION.workersLost;
    this.#lost = new Counter({ name, help, labelNames: labels, registers });
    // Each worker knows what the day had come to when it looked last; the journal knows it now.
    this.#dayGauges = {
      calls: gauge(GAUGES.dayCalls),
      modelSeconds: gauge(GAUGES.dayModelSeconds),
      cost: gauge(GAUGES.dayCost),
    };
    new Gauge({
      name: SUPERVISION.workers.name,
      help: SUPERVISION.workers.help,
      registers,
      collect() {
        this.set(deps.workers());
      },
    });
    // As prom-client has it for a single process: what an alert for restarts of the engine looks at.
    gauge({
      name: 'process_start_time_seconds',
      help: 'Start time of the process since unix epoch in seconds.',
    }).set(deps.startedAt);
  }

  /** A worker tells what it has counted so far. */
  tell(worker: number, values: MetricValues): void {
    this.#told.set(worker, values);
  }

  /** A worker is gone. @param why - from a list of the code. */
  lose(worker: number, why: string): void {
    this.#lost.inc({ why });
    this.#gone.push((this.#told.get(worker) ?? []).filter(({ type }) => ADDS_UP.has(String(type))));
    this.#told.delete(worker);
  }

  /** What a scrape answers. */
  async exposition(): Promise<{ contentType: string; text: string }> {
    await this.#readDay();
    const own = await this.#registry.getMetricsAsJSON();
    const names = new Set(own.map(({ name }) => name));
    this.#gone = [await added(this.#gone).getMetricsAsJSON()];
    const others = [...this.#told.values(), ...this.#gone].map((values) =>
      values.filter(({ name }) => !names.has(name)),
    );
    const sums = added([own, ...others]);
    return { contentType: sums.contentType, text: await sums.metrics() };
  }

  async #readDay(): Promise<void> {
    const sums = await this.#deps.daySums().catch(() => undefined);
    if (sums === undefined) return; // What was read last is nearer the truth than nothing.
    this.#dayGauges.calls.set(sums.calls);
    this.#dayGauges.modelSeconds.set(sums.modelMs / 1000);
    this.#dayGauges.cost.set(sums.costMicros / 1e6);
  }
}

/** What is counted, and does not go back with who counted it. */
const ADDS_UP = new Set(['counter', 'histogram']);

const added = (all: readonly MetricValues[]): Registry => AggregatorRegistry.aggregate([...all]);
