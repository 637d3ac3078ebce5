import { fromCallback } from 'xstate';
import { callMachine } from '../../src/machines/call/call.machine.ts';
import type { CallEvent } from '../../src/machines/call/call.events.ts';
import type { LegInput, PhoneOrder } from '../../src/machines/call/call.ports.ts';
import type { ModelOrder } from '../../src/machines/session/session.events.ts';
import type { sessionMachine } from '../../src/machines/session/session.machine.ts';
import { AgentProfile } from '../../src/protocol/agent-profile.ts';
import type { RefusalCause } from '../../src/protocol/refusal-causes.ts';
import type { AdmissionSettings } from '../../src/services/admission/open-admission.ts';
import { ModelCircuit } from '../../src/services/admission/model-circuit.ts';
import { isFinalCause } from '../../src/services/openai/wire/model-errors.ts';
import { openAdmission } from '../../src/services/admission/open-admission.ts';
import { AwaitedCalls } from '../../src/services/calls/awaited-calls.ts';
import { RunningCall } from '../../src/services/calls/running-call.ts';
import type { IncomingCall } from '../../src/services/desk/desk.ts';
import type { DaySums } from '../../src/services/storage/admission.port.ts';
import type { Journal } from '../../src/services/storage/journal.port.ts';
import { CallRegistry } from '../../src/services/calls/call-registry.ts';
import { LiveDesk, type LiveDeskParts } from '../../src/services/calls/live-desk.ts';
import { audible, finished, heardAll, plainCall, started } from './call-chart.ts';
import { KeptLog } from './phone-leg.ts';
import { storeJournal } from './stored-calls.ts';
import { VirtualClock } from './virtual-clock.ts';

/** The stream broke, and nobody has said that the caller hung up. */
export const STREAM_LOST = {
  ...{ type: 'phone.lost', heard: [] },
  error: { code: 'STREAM_LOST', message: 'the stream was lost' },
} as const satisfies CallEvent;

/** Ten in the morning, UTC. */
export const TEN = Date.UTC(2026, 10, 25, 10);

export const RATES = {
  ...{ textIn: 4, audioIn: 32, cached: 0.4 },
  ...{ textOut: 24, audioOut: 64, transcribedMinute: 0.017 },
};

type Changes = { readonly [Part in keyof AdmissionSettings]?: Partial<AdmissionSettings[Part]> };

export const limitsOf = ({ callers, day, placed }: Changes = {}): AdmissionSettings => ({
  callers: { atOnce: 3, perHour: 20, ...callers },
  day: { timezone: 'UTC', calls: null, minutes: null, cost: null, ...day },
  placed: { perMinute: 10, perDay: 100, ...placed },
  rates: RATES,
});

export const profile = AgentProfile.parse({ id: 'default', business: { name: 'Acme' }, tools: [] });

const ONE_AGENT: SomeAgents = { find: () => undefined, forNumber: () => profile };

type SomeAgents = Omit<LiveDeskParts['agents'], 'asOf'> & Partial<LiveDeskParts['agents']>;

/** A desk with its admission and its journal; the calls on it have charts, and legs that write their orders down. */
export function board(
  limits: AdmissionSettings = limitsOf(),
  {
    lines = 400,
    isOneOfMany = false,
    journal,
    agents = ONE_AGENT,
    clock = new VirtualClock(TEN),
    successors,
    release = () => undefined,
  }: BoardOptions = {},
) {
  const log = new KeptLog();
  const kept = journal ?? storeJournal().journal;
  const refused: RefusalCause[] = [];
  const shown: DaySums[] = [];
  /** By call SID: what its legs were told to do. */
  const orders = new Map<string, (PhoneOrder | ModelOrder)[]>();
  const facts = new Map<string, (fact: CallEvent) => void>();
  const circuit = new ModelCircuit({ isFinal: isFinalCause, clock, log });
  const { admission, meter } = openAdmission({
    ...{ settings: limits, lines, isOneOfMany, circuit, journal: kept, clock, log },
    metrics: { callRefused: (cause) => refused.push(cause), spentToday: (sums) => shown.push(sums) },
    onOverdrawn: () => {
      desk.dismissAll();
    },
  });
  const host: LiveDeskParts['host'] = ({ callSid, profile: { escalation } }, _clock, before) => {
    const told: (PhoneOrder | ModelOrder)[] = [];
    orders.set(callSid, told);
    const write = (order: PhoneOrder | ModelOrder) => {
      told.push(order);
    };
    const actors = {
      phoneLeg: fromCallback<PhoneOrder, LegInput>(({ receive, sendBack }) => {
        receive((order) => {
          write(order);
          if (order.type === 'dropStream') sendBack(STREAM_LOST);
        });
      }),
      modelSession: fromCallback<ModelOrder, LegInput>(({ receive, sendBack }) => {
        receive(write);
        facts.set(callSid, sendBack);
      }) as unknown as typeof sessionMachine,
    };
    return new RunningCall({
      machine: callMachine.provide({ actors }),
      input: {
        ...{ ...plainCall, callSid, canTransfer: escalation !== undefined },
        ...(before && { restored: before.restored }),
      },
      broken: before,
      maskDigits: true,
      ...{ journal: kept, clock, log },
      release: (isHandedOver) => (isHandedOver ? release() : undefined),
      listeners: [circuit.listen],
    });
  };
  const registry = new CallRegistry();
  const awaited = new AwaitedCalls({
    ...{ journal: kept, clock, log },
    isHere: (callSid) => registry.find(callSid) !== undefined,
    onAwaited: () => undefined,
    onBack: () => undefined,
    onOver: () => undefined,
  });
  const desk: LiveDesk = new LiveDesk({
    ...{ registry, journal: kept, clock, log, admission, host, awaited, successors },
    agents: {
      find: (id) => agents.find(id),
      forNumber: (number) => agents.forNumber(number),
      asOf: (id, at) => agents.asOf?.(id, at) ?? Promise.resolve(undefined),
    },
    ownNumber: '+12025550100',
    mintToken: ({ callSid, epoch }) => `${callSid} ${String(epoch)}`,
  });
  let calls = 0;
  /** Asks for one more call; resolves with its SID and what the carrier was told. */
  const rings = async (from: string, more: Partial<IncomingCall> = {}) => {
    const callSid = more.callSid ?? `CA${String(++calls)}`;
    const call: IncomingCall = {
      ...{ callSid, direction: 'inbound', from, to: '+12025550100', peer: 'carrier' },
      ...more,
    };
    const step = await desk.answer(call);
    return { callSid, kind: step.kind, cause: step.kind === 'busy' ? step.cause : undefined, step };
  };
  /** A leg of a call tells it something. */
  const tells = (callSid: string, ...told: CallEvent[]) => {
    for (const fact of told) facts.get(callSid)?.(fact);
  };
  /** Both legs are up, and the caller has heard the greeting. */
  const isGreeted = (callSid: string) => {
    tells(callSid, { type: 'model.opened' }, { type: 'model.configured' });
    tells(callSid, { type: 'phone.attached', streamSid: 'MZ1' });
    tells(callSid, started('greeting', 'r0'), audible, finished('greeting', {}, 'r0'), heardAll);
  };
  /** The session of a call is refused, for a cause in the far end's words. */
  const isRefused = (callSid: string, cause: string) => {
    facts.get(callSid)?.({ type: 'model.refused', error: { code: 'MODEL_REFUSED', message: 'no', cause } });
  };
  /** The carrier says that the call is over. */
  const ends = async (callSid: string) => {
    await desk.status({ of: 'call', callSid, status: 'completed', over: 'completed' });
    await clock.run(10_000);
  };
  return {
    ...{ desk, registry, admission, meter, clock, log, journal: kept },
    ...{ circuit, refused, shown, orders, rings, tells, isGreeted, isRefused, ends, awaited },
  };
}

interface BoardOptions {
  readonly lines?: number;
  /** Other processes take calls into the same journal. */
  readonly isOneOfMany?: boolean;
  readonly journal?: Journal;
  /** Who answers. Default: one agent, of `profile`. */
  readonly agents?: SomeAgents;
  /** Default: one of its own, at ten. */
  readonly clock?: VirtualClock;
  /** Closes what a call holds open that is handed over. */
  readonly release?: () => Promise<void> | undefined;
  /** Who goes on when this one is to end. Default: nobody. */
  readonly successors?: LiveDeskParts['successors'];
}
