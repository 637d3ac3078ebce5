import { createActor, fromCallback, fromPromise, type InspectionEvent, type StateValue } from 'xstate';
import type { CallInput } from '../../src/machines/call/call.context.ts';
import type {
  CallAnnouncement,
  CallEvent,
  ModelFact,
  PhoneFact,
  ResponseOutcome,
  ToolOutcome,
} from '../../src/machines/call/call.events.ts';
import { callMachine } from '../../src/machines/call/call.machine.ts';
import type { CallPorts, LegInput, PhoneOrder } from '../../src/machines/call/call.ports.ts';
import type { ModelOrder } from '../../src/machines/session/session.events.ts';
import type { sessionMachine } from '../../src/machines/session/session.machine.ts';
import { toolCallMachine } from '../../src/machines/tool-call/tool-call.machine.ts';
import type { RunToolInput } from '../../src/machines/tool-call/tool-call.ports.ts';
import type { HeardItem } from '../../src/media/heard.ts';
import { floorOf } from '../../src/protocol/state-path.ts';
import { VirtualClock } from './virtual-clock.ts';

export const plainCall: CallInput = {
  callSid: 'CA1',
  turns: 'model',
  bargeIn: 'immediate',
  greetingMode: 'model',
  filler: 'clip',
  greeting: 'Hi, this is Acme, how can I help you?',
  canTransfer: true,
  isRecorded: false,
  announcement: 'This call is recorded.',
  limits: { maxCallMs: 600_000, idleMs: 15_000, toolTimeoutMs: 8_000, maxTurnMs: 60_000, minSpeechMs: 400 },
};

export const heardHalf: readonly HeardItem[] = [
  {
    responseId: 'r1',
    itemId: 'i1',
    contentIndex: 0,
    receivedMs: 2000,
    sentMs: 2000,
    heardMs: 1000,
    complete: false,
  },
];

export const outcome = (over: Partial<ResponseOutcome> = {}): ResponseOutcome => ({
  status: 'completed',
  hadAudio: true,
  audioMs: 2000,
  toolCalls: 0,
  ...over,
});

interface RunningTool {
  readonly input: RunToolInput;
  readonly signal: AbortSignal;
  settle(outcome: ToolOutcome): void;
  fail(error: Error): void;
}

/** Whose legs and tools those of a system are. */
const underTest = new WeakMap<object, ChartUnderTest>();

function chartOf(system: object): ChartUnderTest {
  const found = underTest.get(system);
  if (found === undefined) throw new Error('no chart is under test in this system');
  return found;
}

const phoneLeg = fromCallback<PhoneOrder, LegInput>(({ system, receive, sendBack }) => {
  const chart = chartOf(system);
  const tell: (fact: PhoneFact) => void = sendBack;
  receive((order) => {
    chart.orders.push(order);
    if (!chart.answers) return;
    if (order.type === 'clearPlayback') tell({ type: 'playback.cleared', heard: chart.heard });
    if (order.type === 'pausePlayback') tell({ type: 'playback.paused' });
  });
});

const modelSession = fromCallback<ModelOrder, LegInput>(({ system, receive }) => {
  const { orders } = chartOf(system);
  receive((order) => {
    orders.push(order);
  });
}) as unknown as typeof sessionMachine;

const runTool = fromPromise<ToolOutcome, RunToolInput>(
  ({ system, input, signal }) =>
    new Promise((resolve, reject) => {
      chartOf(system).tools.push({ input, signal, settle: resolve, fail: reject });
    }),
);

/** Made once: a machine is built anew by each `provide`, which takes longer than most calls of a test. */
const chartWithFakes = callMachine.provide({
  actors: {
    phoneLeg,
    modelSession,
    toolCall: toolCallMachine.provide({ actors: { runTool } }),
  } satisfies CallPorts,
});

interface ChartOptions {
  readonly inspect?: (event: InspectionEvent) => void;
  /** Told where the chart stands before it starts. */
  readonly built?: (value: StateValue) => void;
  /** Whether the phone leg answers its orders by itself; otherwise the test does. */
  readonly answers?: boolean;
}

/**
 * The call's chart with fakes at its far ends: legs that write their orders
 * down and answer `clearPlayback` and `pausePlayback` as real ones do, tools
 * that settle when the test says so, a virtual clock.
 */
export class ChartUnderTest {
  readonly clock = new VirtualClock();
  readonly orders: (PhoneOrder | ModelOrder)[] = [];
  readonly announced: CallAnnouncement[] = [];
  readonly tools: RunningTool[] = [];
  /** Where playback stands when it is cleared next. */
  heard: readonly HeardItem[] = [];
  readonly answers: boolean;
  readonly actor;
  error: unknown;

  constructor(input: Partial<CallInput> = {}, { inspect, built, answers = true }: ChartOptions = {}) {
    this.answers = answers;
    this.actor = createActor(chartWithFakes, {
      id: 'call',
      input: { ...plainCall, ...input },
      clock: this.clock,
      ...(inspect && { inspect }),
    });
    underTest.set(this.actor.system, this);
    this.actor.on('*', (announcement) => this.announced.push(announcement));
    this.actor.subscribe({
      error: (error) => {
        this.error = error;
      },
    });
    built?.(this.actor.getSnapshot().value);
    this.actor.start();
  }

  get state(): string {
    return floorOf(this.actor.getSnapshot().value);
  }

  get orderTypes(): string[] {
    return this.orders.map((order) => ('purpose' in order ? `${order.type}:${order.purpose}` : order.type));
  }

  /** Forgets the orders given so far. */
  fresh(): this {
    this.orders.length = 0;
    return this;
  }

  tell(...facts: CallEvent[]): this {
    for (const fact of facts) this.actor.send(fact);
    return this;
  }

  connect(): this {
    return this.tell(
      { type: 'model.opened' },
      { type: 'model.configured' },
      { type: 'phone.attached', streamSid: 'MZ1' },
    );
  }

  /** The greeting is asked for, begins and is heard to its end. */
  greet(): this {
    this.connect();
    if (this.actor.getSnapshot().context.greetingMode === 'model')
      this.tell(started('greeting', 'r0'), audible);
    return this.tell(finished('greeting', {}, 'r0'), heardAll);
  }

  /** The caller says something; the model is about to reply. */
  callerSpeaks(itemId = 'u1'): this {
    return this.tell(
      { type: 'caller.startedSpeaking', itemId },
      { type: 'caller.stoppedSpeaking', itemId, speechMs: 900 },
      { type: 'caller.committed', itemId },
    );
  }

  /** The agent can be heard. */
  agentSpeaks(responseId = 'r1'): this {
    return this.tell(started('reply', responseId), audible);
  }

  requestTool(name = 'check_availability', toolCallId = 'fc1'): this {
    return this.tell({ type: 'tool.requested', request: { toolCallId, name, argumentsJson: '{}' } });
  }

  /** Lets settled promises reach the chart. */
  async settled(): Promise<void> {
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }
}

export const audible: PhoneFact = { type: 'playback.started' };
export const heardAll: PhoneFact = { type: 'playback.finished', heard: [] };
export const speechStarted: ModelFact = { type: 'caller.startedSpeaking', itemId: 'u2' };
export const started = (
  purpose: Extract<ModelFact, { type: 'response.started' }>['purpose'],
  responseId = 'r1',
): ModelFact => ({ type: 'response.started', responseId, purpose });
export const finished = (
  purpose: Extract<ModelFact, { type: 'response.finished' }>['purpose'],
  over: Partial<ResponseOutcome> = {},
  responseId = 'r1',
): ModelFact => ({ type: 'response.finished', responseId, purpose, outcome: outcome(over) });
