import { expect, onTestFinished } from 'vitest';
import { createTap } from '../../src/observation/tap.ts';
import { callMachine } from '../../src/machines/call/call.machine.ts';
import { floorOf } from '../../src/protocol/state-path.ts';
import { CallRecorder } from '../../src/services/calls/call-recorder.ts';
import type { FeedEntry, FeedListener } from '../../src/protocol/call-feed.ts';
import type { TranscriptLine } from '../../src/protocol/console-calls.ts';
import { transcriptOf } from '../../src/services/storage/folds/transcript.fold.ts';
import { TwilioStream } from '../../src/services/twilio/stream/twilio-stream.ts';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import type { CarrierEvent } from '../../src/simulator/carrier/carrier-events.ts';
import { SimulatedCall, type StreamFaults } from '../../src/simulator/carrier/simulated-call.ts';
import { brokenWays } from './proof/taken-law.ts';
import { ScriptedModel } from './scripted-model.ts';
import { CarrierEnd, EngineEnd } from './stream-pair.ts';
import { wholeCall, type WholeCallOptions } from './whole-call.ts';

interface RecordedCallOptions extends WholeCallOptions {
  /** From `response.create` to the first audio. */
  readonly latencyMs?: number;
  readonly maskDigits?: boolean;
  /** Told every entry of the call's feed. */
  readonly listen?: FeedListener;
}

/**
 * A whole call on a virtual clock, between a carrier that plays in its time and
 * a model that follows a script, with the rows that its journal would have.
 * Begins when both legs are being connected. When the test is over, its rows must
 * tell a way through the chart that has no gap.
 */
export function recordedCall({ latencyMs, maskDigits = true, listen, ...options }: RecordedCallOptions = {}) {
  const rows: FeedEntry[] = [];
  const recorder = new CallRecorder({
    record: (some) => {
      rows.push(...some);
    },
    maskDigits,
    tell: listen,
  });
  onTestFinished(() => {
    expect(brokenWays(callMachine, rows)).toEqual([]);
  });
  const now = () => whole.clock.now();
  const tap = createTap(recorder.take, { now: () => (started ? now() : 0) });
  let started = false;
  const whole = wholeCall({ ...options, from: 'ringing', inspect: tap.inspect });
  started = true;
  const { call, clock } = whole;
  const model = new ScriptedModel(whole.model, clock, latencyMs);
  const voice = new CallerVoice();
  const heard: (CarrierEvent & { atMs?: number })[] = [];

  /** The carrier's stream comes through the door. */
  const dials = (faults: StreamFaults = {}): { carrier: SimulatedCall; socket: EngineEnd } => {
    const socket = new EngineEnd();
    const stream = new TwilioStream(socket, { callSid: 'CA1', streamSid: 'MZ1', epoch: 1 });
    const carrier = new SimulatedCall({
      clock,
      socket: new CarrierEnd(socket),
      accountSid: 'AC1',
      callSid: 'CA1',
      streamSid: 'MZ1',
      customParameters: {},
      voice,
      faults,
      tell: (event) => {
        heard.push(event);
      },
    });
    whole.door.attach(stream);
    return { carrier, socket };
  };

  return {
    ...whole,
    model,
    modelSocket: whole.model,
    voice,
    rows,
    /** What the carrier told, in order. */
    heard,
    get state(): string {
      return floorOf(call.getSnapshot().value);
    },
    dials,
    transcript: (): TranscriptLine[] => transcriptOf(rows.map((row, seq) => ({ seq, ...row }))),
  };
}
