import type { InspectionEvent } from 'xstate';
import type { Clock } from '../../clock.ts';
import type { RecordingFact, RecordingRequest, TranscriptFact } from '../../machines/call/call.events.ts';
import { type FeedListener, listenerOf } from '../../protocol/call-feed.ts';
import type { ModelCircuit } from '../admission/model-circuit.ts';
import type { SpendingMeter } from '../admission/spending-meter.ts';
import { filledCallChart } from './filled-chart.ts';
import { CardWatch } from '../cards/card-watch.ts';
import type { CardNews } from '../cards/row-mask.ts';
import { type CallLegs, legsOf, type CallLegParts } from './call-legs.ts';
import { RunningCall } from './running-call.ts';
import { carryOver } from './unfinished/carry-over.ts';
import type { OpenEndedCall } from './unfinished/unfinished-call.ts';
import type { LiveCalls } from '../live/live-calls.ts';
import { type Log, logOfCall } from '../../log.ts';
import { readBackFeed } from './read-back-feed.ts';
import type { CallRecording } from '../recordings/call-recording.ts';
import type { Recordings } from '../recordings/recordings.ts';
import { spokenWords } from './spoken-words.ts';
import { callMetrics } from '../telemetry/call-metrics.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { CallFacts } from '../desk/call-facts.ts';
import { transcriptMeter } from './transcript-meter.ts';
import type { CarrierStream } from '../phone/carrier.port.ts';

export interface RunningCallsParts extends Omit<CallLegParts, 'logOf' | 'clock' | 'meter'> {
  /** Measures what the calls cost. */
  readonly meter: Pick<SpendingMeter, 'watch' | 'used'>;
  /** Learns from every call whether the model serves any. */
  readonly circuit: Pick<ModelCircuit, 'listen'>;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Where viewers see the calls. */
  readonly live: LiveCalls;
  /** Where calls are recorded whose profile wants it. Undefined: nowhere. */
  readonly recordings?: Recordings | undefined;
  /** A second inspector, told of each call from its beginning. */
  readonly inspect?: ((callSid: string) => (event: InspectionEvent) => void) | undefined;
}

/**
 * Builds calls: each with its legs, its chart and those who watch it. Knows the
 * legs of every call until it has ended.
 */
export class RunningCalls {
  readonly #parts: RunningCallsParts;
  readonly #legs = new Map<string, CallLegs>();
  readonly #machine;

  constructor(parts: RunningCallsParts) {
    this.#parts = parts;
    this.#machine = filledCallChart((callSid) => {
      const call = this.#legs.get(callSid);
      if (call === undefined) throw new Error('the call has no legs');
      return call;
    }, parts.toolbox);
  }

  /**
   * A call with everything it needs, not started.
   *
   * @param clock - the call's own, whose dates do not jump.
   * @param before - what the process before this one left of it; absent of a new call.
   */
  host(facts: CallFacts, clock: Clock, before?: OpenEndedCall): RunningCall {
    const { journal, log, metrics, live, toolbox, meter, circuit } = this.#parts;
    const { callSid, profile, direction, isTest = false } = facts;
    const recording = this.#recordingOf(facts, clock, () => running, before);
    const cards = profile.cardNumbers === 'mask' ? new CardWatch() : undefined;
    const wires = { ...this.#parts, clock, logOf: (sid: string) => logOfCall(log, sid) };
    const restored = before?.restored;
    const call = legsOf(facts, wires, { tape: recording?.tape, cards, restored });
    this.#legs.set(callSid, call);
    const startedAt = new Date(clock.now() - (restored?.elapsedMs ?? 0)).toISOString();
    const show = live.open(
      { ...facts, isTest, startedAt },
      {
        stateOf: () => running.state,
        wordsOf: () => spokenWords({ line: call.phone.line, memory: call.model.memory, cards }),
      },
    );
    const countWords = transcriptMeter(() => {
      tellNext(() => running, { type: 'transcript.filled' });
    });
    const running = new RunningCall({
      machine: this.#machine,
      input: call.input,
      broken: before && { gapMs: before.gapMs, answers: before.answers },
      maskDigits: profile.maskDigits,
      cards,
      onCards:
        recording &&
        ((news) => {
          tellNext(() => running, requestFor(news));
        }),
      onRecording: recording?.take,
      journal,
      clock,
      log,
      release: (isHandedOver) => {
        call.door.shut();
        return recording && this.#parts.recordings?.close(callSid, isHandedOver);
      },
      listeners: [
        callMetrics(metrics, { direction, isTest }, before?.rows),
        chargedTo(meter),
        circuit.listen,
        readBackFeed(toolbox, callSid),
        show,
        countWords,
      ],
      inspect: this.#parts.inspect?.(callSid),
    });
    void running.done.then(() => this.#legs.delete(callSid));
    if (before !== undefined) {
      const { language } = call.model.memory;
      carryOver(before.rows, { language, rules: profile.language, countWords });
      if (before.restored.keptTools !== undefined) toolbox.withdraw(callSid);
    }
    return running;
  }

  /** Undefined for a call that is not recorded. */
  #recordingOf(
    { callSid, profile }: CallFacts,
    clock: Clock,
    running: () => RunningCall,
    before: OpenEndedCall | undefined,
  ): CallRecording | undefined {
    if (!profile.recording) return undefined;
    const { journal, log, recordings } = this.#parts;
    return recordings?.begin({
      callSid,
      maxCallMs: profile.limits.maxCallMs,
      journal,
      clock,
      log: logOfCall(log, callSid),
      state: () => running().state,
      beganAt: before?.rows.find(({ event }) => event === 'recording.began')?.at,
      onBrokenOff: (reason) => {
        tellNext(running, { type: 'recording.brokeOff', reason });
      },
    });
  }

  /** Gives a stream to its call. False: no such call is here, or it wants none. */
  attach(callSid: string, stream: CarrierStream): boolean {
    this.#parts.live.carry(callSid, () => stream.traffic);
    return this.#legs.get(callSid)?.door.attach(stream) ?? false;
  }
}

/** Tells the chart a fact after its current step, if it takes the fact then. The call may still be in the making. */
function tellNext(running: () => RunningCall, fact: TranscriptFact | RecordingRequest | RecordingFact): void {
  queueMicrotask(() => {
    if (running().takes(fact)) running().tell(fact);
  });
}

const chargedTo = (meter: Pick<SpendingMeter, 'used'>): FeedListener =>
  listenerOf({
    'usage.reported': ({ body }) => {
      meter.used(body.usage);
    },
  });

/** A recording pauses for a card's number and its code. */
function requestFor(news: CardNews): RecordingRequest {
  const request = { type: 'recording.requested', by: 'card' } as const;
  switch (news.type) {
    case 'keying':
      return { ...request, paused: true };
    case 'given':
      return { ...request, paused: true, since: news.since };
    case 'wordsWithoutDigits':
      return { ...request, paused: false };
  }
}
