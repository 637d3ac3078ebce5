import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ErrorCode } from '../../errors.ts';
import type { EndReason } from '../../machines/call/call.events.ts';

/** Parts of the engine in which a fault is counted. */
export type Component = 'call' | 'http' | 'journal' | 'model' | 'phone' | 'rest' | 'tool';

/** What people wait for in a call; each has its histogram. */
export type Latency =
  /** From the end of the caller's turn to the first audio of the reply. */
  | 'reply'
  /** From the model's report of speech to `clear` leaving for the carrier. */
  | 'clear'
  /** From opening the model's socket to a configured session. */
  | 'modelReady'
  /** From the loss of a model session to the next one that is configured. */
  | 'modelReplaced'
  /** From the new call to its first audio. */
  | 'greeting'
  /** One tool call. */
  | 'tool';

const HELP: Readonly<Record<Latency, string>> = {
  reply: 'From the end of the caller turn to the first audio of the reply',
  clear: 'From the report of speech to the clear sent to the carrier',
  modelReady: 'From opening the model socket to a configured session',
  modelReplaced: 'From the loss of a model session to its configured successor',
  greeting: 'From the new call to the first audio of the agent',
  tool: 'One tool call, from request to outcome',
};

/** Seconds. A barge-in is over in 60 ms, a reply feels late after 1 s, a tool gives up after 8 s: each has buckets on both sides. */
const BUCKETS = [0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.4, 0.7, 1, 1.5, 2, 3, 5, 8, 15];

/**
 * Counters and latencies of one process, in Prometheus's words.
 *
 * Labels come from closed lists of the code: never a call SID, a number or a
 * word of the model, which would be private and without end.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #started: Counter<'direction'>;
  readonly #ended: Counter<'reason'>;
  readonly #refused: Counter<'cause'>;
  readonly #toolsRefused: Counter<'tool' | 'rule'>;
  readonly #bargeIns: Counter;
  readonly #faults: Counter<'component' | 'cause'>;
  readonly #latencies: Readonly<Record<Latency, Histogram>>;

  /** @param liveCalls - asked at each scrape. */
  constructor(liveCalls: () => number) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#started = new Counter({
      name: 'callchart_calls_started_total',
      help: 'Calls accepted',
      labelNames: ['direction'],
      registers,
    });
    this.#ended = new Counter({
      name: 'callchart_calls_ended_total',
      help: 'Calls ended, by end reason',
      labelNames: ['reason'],
      registers,
    });
    this.#refused = new Counter({
      name: 'callchart_calls_refused_total',
      help: 'New calls that heard the busy message, by cause',
      labelNames: ['cause'],
      registers,
    });
    this.#toolsRefused = new Counter({
      name: 'callchart_tools_refused_total',
      help: 'Tool requests that the policy refused, by tool and rule',
      labelNames: ['tool', 'rule'],
      registers,
    });
    this.#bargeIns = new Counter({
      name: 'callchart_barge_ins_total',
      help: 'Times a caller spoke over the agent',
      registers,
    });
    this.#faults = new Counter({
      name: 'callchart_faults_total',
      help: 'Failures, by the part that met them and their error code',
      labelNames: ['component', 'cause'],
      registers,
    });
    this.#latencies = Object.fromEntries(
      Object.entries(HELP).map(([latency, help]) => [
        latency,
        new Histogram({
          name: `callchart_${snake(latency)}_seconds`,
          help,
          buckets: BUCKETS,
          registers,
        }),
      ]),
    ) as Record<Latency, Histogram>;
    new Gauge({
      name: 'callchart_live_calls',
      help: 'Calls in progress',
      registers,
      collect() {
        this.set(liveCalls());
      },
    });
  }

  callStarted(direction: 'inbound' | 'outbound'): void {
    this.#started.inc({ direction });
  }

  callEnded(reason: EndReason): void {
    this.#ended.inc({ reason });
  }

  callRefused(cause: 'draining' | 'full' | 'storage'): void {
    this.#refused.inc({ cause });
  }

  /** @param tool - one of the engine, or of a profile: never what a model made up. */
  toolRefused(tool: string, rule: string): void {
    this.#toolsRefused.inc({ tool, rule });
  }

  bargedIn(): void {
    this.#bargeIns.inc();
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

/** `modelReady` is `model_ready` to Prometheus. */
function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
