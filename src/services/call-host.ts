import type { InspectionEvent } from 'xstate';
import type { Clock } from '../clock.ts';
import type {
  RecordingFact,
  RecordingRequest,
  ToolboxFact,
  TranscriptFact,
} from '../machines/call/call.events.ts';
import { type FeedListener, listenerOf } from '../protocol/call-feed.ts';
import type { SpendingMeter } from './admission/spending-meter.ts';
import { wiredCallMachine } from './call-actors.ts';
import { CardWatch } from './cards/card-watch.ts';
import type { CardNews } from './cards/row-mask.ts';
import { type WiredCall, wireCall, type WiringParts } from './call-wiring.ts';
import { HostedCall } from './hosted-call.ts';
import type { LiveCalls } from './live/live-calls.ts';
import { type Log, logOfCall } from './log.ts';
import { overheardBy } from './overheard.ts';
import type { CallRecording } from './recordings/call-recording.ts';
import type { Recordings } from './recordings/recordings.ts';
import { spokenWords } from './spoken-words.ts';
import { callMetrics } from './telemetry/call-metrics.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { CallFacts } from './tools/call-facts.ts';
import { transcriptMeter } from './transcript-meter.ts';
import type { CarrierStream } from './twilio/carrier-stream.ts';

export interface CallHostParts extends Omit<WiringParts, 'logOf' | 'clock' | 'meter'> {
  /** Measures what the calls cost. */
  readonly meter: Pick<SpendingMeter, 'watch' | 'used'>;
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
 * Builds calls: each with its wires, its chart and those who watch it. Knows
 * the wires of every call until it is told to forget them.
 */
export class CallHost {
  readonly #parts: CallHostParts;
  readonly #wired = new Map<string, WiredCall>();
  readonly #hosted = new Map<string, HostedCall>();
  readonly #cards = new Map<string, CardWatch>();
  readonly #machine;

  constructor(parts: CallHostParts) {
    this.#parts = parts;
    this.#machine = wiredCallMachine((callSid) => {
      const call = this.#wired.get(callSid);
      if (call === undefined) throw new Error('the call is not wired');
      return call;
    }, parts.toolbox);
  }

  /**
   * A call with everything it needs, not started.
   *
   * @param clock - the call's own, whose dates do not jump.
   */
  host(facts: CallFacts, clock: Clock): HostedCall {
    const { journal, log, metrics, live, toolbox, meter } = this.#parts;
    const { callSid, profile, direction, isTest = false } = facts;
    const recording = this.#recordingOf(facts, clock, () => hosted);
    const cards = profile.cardNumbers === 'mask' ? new CardWatch() : undefined;
    if (cards !== undefined) this.#cards.set(callSid, cards);
    const wires = { ...this.#parts, clock, logOf: (sid: string) => logOfCall(log, sid) };
    const call = wireCall(facts, wires, { tape: recording?.tape, cards });
    this.#wired.set(callSid, call);
    const startedAt = new Date(clock.now()).toISOString();
    const show = live.open(
      { ...facts, isTest, startedAt },
      {
        stateOf: () => hosted.state,
        wordsOf: () => spokenWords({ line: call.phone.line, memory: call.model.memory, cards }),
      },
    );
    const hosted = new HostedCall({
      machine: this.#machine,
      input: call.input,
      maskDigits: profile.maskDigits,
      cards,
      onCards:
        recording &&
        ((news) => {
          this.#tellNext(callSid, requestFor(news));
        }),
      onRecording: recording?.take,
      journal,
      clock,
      log,
      release: () => {
        call.door.shut();
        if (recording !== undefined) void this.#parts.recordings?.close(callSid);
      },
      listeners: [
        callMetrics(metrics, { direction, isTest }),
        chargedTo(meter),
        overheardBy(toolbox, callSid),
        show,
        transcriptMeter(() => {
          this.#tellNext(callSid, { type: 'transcript.filled' });
        }),
      ],
      inspect: this.#parts.inspect?.(callSid),
    });
    this.#hosted.set(callSid, hosted);
    return hosted;
  }

  /** A tool's arguments or result as the call may keep it: without card numbers, where its profile masks them. */
  maskFor(callSid: string, json: string): string {
    return this.#cards.get(callSid)?.maskJson(json) ?? json;
  }

  /** Tells a call what its tools have to say. One that is over has no use for it. */
  tell(callSid: string, fact: ToolboxFact | TranscriptFact | RecordingRequest | RecordingFact): void {
    this.#hosted.get(callSid)?.tell(fact);
  }

  /** Tells the chart a fact after its current step, if it takes the fact then. */
  #tellNext(callSid: string, fact: TranscriptFact | RecordingRequest | RecordingFact): void {
    queueMicrotask(() => {
      const hosted = this.#hosted.get(callSid);
      if (hosted?.takes(fact)) hosted.tell(fact);
    });
  }

  /** Undefined for a call that is not recorded. */
  #recordingOf(
    { callSid, profile }: CallFacts,
    clock: Clock,
    hosted: () => HostedCall,
  ): CallRecording | undefined {
    if (!profile.recording) return undefined;
    const { journal, log, recordings } = this.#parts;
    return recordings?.begin({
      callSid,
      maxCallMs: profile.limits.maxCallMs,
      journal,
      clock,
      log: logOfCall(log, callSid),
      state: () => hosted().state,
      onBrokenOff: (reason) => {
        this.#tellNext(callSid, { type: 'recording.brokeOff', reason });
      },
    });
  }

  /** Gives a stream to its call. False: no such call is here, or it wants none. */
  attach(callSid: string, stream: CarrierStream): boolean {
    this.#parts.live.carry(callSid, () => stream.traffic);
    return this.#wired.get(callSid)?.door.attach(stream) ?? false;
  }

  /** The call has ended. */
  forget(callSid: string): void {
    this.#wired.delete(callSid);
    this.#cards.delete(callSid);
    this.#hosted.delete(callSid);
  }
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
