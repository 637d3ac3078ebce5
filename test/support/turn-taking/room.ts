import type { InspectionEvent } from 'xstate';
import { z } from 'zod';
import type { CallInput } from '../../../src/machines/call/call.context.ts';
import type { ClipName } from '../../../src/machines/call/call.ports.ts';
import { AudioLine } from '../../../src/media/audio-line.ts';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { filledCallChart } from '../../../src/services/calls/filled-chart.ts';
import { RunningCall } from '../../../src/services/calls/running-call.ts';
import { CallMemory } from '../../../src/services/openai/memory/call-memory.ts';
import { DIALECTS } from '../../../src/services/openai/dialects/dialects.ts';
import { capabilitiesFor } from '../../../src/services/openai/session/session-config.ts';
import type { FeedEntry, FeedListener, StoredEntry } from '../../../src/protocol/call-feed.ts';
import type { TranscriptLine } from '../../../src/protocol/console-calls.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { transcriptOf } from '../../../src/services/storage/folds/transcript.fold.ts';
import { defineTool } from '../../../src/services/tools/define-tool.ts';
import { endCall } from '../../../src/services/tools/house/end-call.ts';
import { done } from '../../../src/services/tools/tool-answer.ts';
import { createToolbox } from '../../../src/services/tools/toolbox.ts';
import { TwilioStream } from '../../../src/services/twilio/stream/twilio-stream.ts';
import { CallStreams } from '../../../src/services/phone/call-streams.ts';
import { plainCall } from '../call-chart.ts';
import { HeldCall } from '../laws/held-call.ts';
import { ModelWire } from '../laws/model-wire.ts';
import { KeptLog } from '../phone-leg.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { AgentVoice, type AudioMode, CLIP_BYTE } from './agent-voice.ts';
import { BargeInWatch } from './barge-in-watch.ts';
import { Chance } from './chance.ts';
import { FarCarrier } from './far-carrier.ts';
import { FarModel, type Speech } from './far-model.ts';
import type { Refusal } from './model-memory.ts';
import type { Delay } from './network-lane.ts';
import { PLAIN_PLAN, type ResponsePlan, speech } from './response-plan.ts';

/** Delays of the two networks, each way. */
export interface Networks {
  readonly phoneIn: Delay;
  readonly phoneOut: Delay;
  readonly modelIn: Delay;
  readonly modelOut: Delay;
}

export const none = () => 0;
export const NO_DELAY: Networks = { phoneIn: none, phoneOut: none, modelIn: none, modelOut: none };

export interface RoomOptions {
  readonly seed?: number;
  readonly audio?: AudioMode;
  readonly bargeIn?: 'immediate' | 'confirmed';
  readonly networks?: Networks;
  readonly shorterByMs?: number;
  readonly input?: Partial<CallInput>;
  readonly clipMs?: Partial<Record<ClipName, number>>;
  /** Told every entry of the call's feed. */
  readonly listen?: FeedListener;
  /** Told what XState tells inspectors. */
  readonly inspect?: (event: InspectionEvent) => void;
  readonly planFor?: (purpose: string, room: TurnTakingRoom) => ResponsePlan | Refusal;
}

const FACTS = { callSid: 'CA1', agentId: 'default', from: '+12025550123', to: '+12025550100' } as const;

/**
 * A whole call on a virtual clock: the real chart, legs, line, ledger, toolbox
 * and recorder between a carrier and a model that are simulated, each behind a
 * network of its own. What the engine claims is in `rows`; what was true is in
 * `carrier.record` and `model.memory`. When the test is over, the call and its wire
 * have kept every law.
 */
export class TurnTakingRoom {
  readonly clock = new VirtualClock(1_000_000);
  readonly chance: Chance;
  readonly rows: StoredEntry[] = [];
  readonly log = new KeptLog();
  readonly carrier: FarCarrier;
  readonly model: FarModel;
  readonly watch: BargeInWatch;
  readonly call: RunningCall;
  readonly options: RoomOptions;
  /** How long the next tools take, in ms. */
  toolMs = 100;
  endReason: string | undefined;
  #promises = 0;

  constructor(options: RoomOptions = {}) {
    const { seed = 1, audio = 'pcmu', bargeIn = 'immediate', networks = NO_DELAY } = options;
    this.options = options;
    this.chance = new Chance(seed);
    const { clock, log } = this;
    const voice = new AgentVoice(audio);
    const line = new AudioLine();
    const door = new CallStreams();
    const profile = AgentProfile.parse({
      id: 'default',
      business: { name: 'Acme' },
      tools: ['look_up', 'end_call'],
      audio,
      bargeIn,
    });
    this.model = new FarModel({
      clock,
      voice,
      chance: this.chance,
      toEngine: networks.modelIn,
      fromEngine: networks.modelOut,
      shorterByMs: options.shorterByMs ?? 0,
      planFor: (purpose) => options.planFor?.(purpose, this) ?? this.plan(),
      around: (type, itemId, deliver) => {
        if (type === 'input_audio_buffer.speech_started') this.watch.around(this.state, itemId, deliver);
        else deliver();
      },
    });
    const held = new HeldCall(`seed ${String(seed)}`, this.rows, new ModelWire(this.model));
    this.carrier = new FarCarrier({
      clock,
      voice,
      toEngine: networks.phoneIn,
      fromEngine: networks.phoneOut,
      onLeft: (message) => {
        this.watch.left(message);
      },
    });
    this.watch = new BargeInWatch(this.carrier);

    const facts = { ...FACTS, profile, direction: 'inbound', now: () => clock.now() } as const;
    const toolbox = createToolbox({ tools: [this.#lookUp(), endCall()], callOf: () => facts, clock, log });
    const memory = new CallMemory(clock);
    const machine = filledCallChart(
      () => ({
        phone: {
          line,
          door,
          clock,
          log,
          clipOf: (name) => this.#clip(name),
          recall: () => Promise.resolve(),
          endCall: () => Promise.resolve(),
          decideNext: () => this.#promise(0),
          onIgnored: () => undefined,
          mayPause: bargeIn === 'confirmed',
        },
        model: {
          line,
          connect: () => this.model,
          makeDialect: DIALECTS.ga,
          profile,
          tools: toolbox.specsFor(profile),
          clock,
          log,
          audio,
          memory,
        },
      }),
      toolbox,
    );
    const turns = capabilitiesFor(DIALECTS.ga().capabilities, profile).ownsReplies ? 'model' : 'chart';
    this.call = new RunningCall({
      machine,
      input: { ...plainCall, turns, bargeIn, canTransfer: false, ...options.input },
      maskDigits: true,
      journal: this.#journal(),
      clock,
      log,
      release: () => {
        door.shut();
      },
      listeners: [
        ({ event }) => {
          if (event === 'resumePlayback') this.watch.forgive();
        },
        ...(options.listen === undefined ? [] : [options.listen]),
      ],
      inspect: options.inspect,
    }).start();
    void this.call.done.then((reason) => {
      this.endReason = reason;
      held.over();
    });
    this.model.open();
    door.attach(new TwilioStream(this.carrier, { callSid: 'CA1', streamSid: 'MZ1', epoch: 1 }));
  }

  get state(): string {
    return this.call.state;
  }

  /** One item of a second, unless the test says otherwise. */
  readonly plan = (over: Partial<ResponsePlan> = {}): ResponsePlan => ({
    ...PLAIN_PLAN,
    outputs: [speech(1000, this.chance)],
    ...over,
  });

  /** Lets time pass; promises settle on the millisecond while any is waited for. */
  async run(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    while (this.clock.now() < end && this.endReason === undefined) {
      const { calls, outputs } = this.model.memory;
      const isFine = this.#promises > 0 || this.state.startsWith('ending');
      this.clock.advance(Math.min(isFine ? 1 : 10, end - this.clock.now()));
      if (isFine || calls.size > outputs.length) await settled();
    }
  }

  /** Until it is so; false when it is not within the time. */
  async until(isSo: () => boolean, withinMs: number): Promise<boolean> {
    const end = this.clock.now() + withinMs;
    while (!isSo()) {
      if (this.clock.now() >= end || this.endReason !== undefined) return false;
      await this.run(1);
    }
    return true;
  }

  /** The caller speaks, beginning now. */
  says(words: string | undefined, ms: number, over: Partial<Speech> = {}): void {
    this.model.hears({
      words,
      ms,
      wordsAfterMs: 120,
      hasStart: true,
      isRepeating: false,
      isNoise: () => false,
      ...over,
    });
  }

  transcript(): TranscriptLine[] {
    return transcriptOf(this.rows);
  }

  #lookUp() {
    return defineTool({
      name: 'look_up',
      description: 'Looks something up.',
      policy: { kind: 'reads', once: 'none', outlivesCall: false, needsReadBack: false, isWayOut: false },
      args: () => z.strictObject({}),
      run: async () => {
        await this.#promise(this.toolMs);
        return done({ found: 1 });
      },
    });
  }

  #promise(ms: number): Promise<void> {
    this.#promises++;
    return new Promise((resolve) => {
      this.clock.setTimeout(() => {
        this.#promises--;
        resolve();
      }, ms);
    });
  }

  #clip(name: ClipName): Buffer {
    return Buffer.alloc((this.options.clipMs?.[name] ?? 400) * 8, CLIP_BYTE);
  }

  #journal(): Journal {
    const record = (_: string, rows: readonly FeedEntry[]) => {
      for (const row of rows) this.rows.push({ ...row, seq: this.rows.length + 1 });
    };
    return {
      record,
      transact: () => Promise.resolve(true as never),
      keep: () => Promise.resolve(),
      query: () => Promise.reject(new Error('nobody asks')),
      trouble: undefined,
      close: () => Promise.resolve(),
    };
  }
}

/** Promises that hang on each other, a few deep. */
async function settled(): Promise<void> {
  for (let depth = 0; depth < 12; depth++) await Promise.resolve();
}
