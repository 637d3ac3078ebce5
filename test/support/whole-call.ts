import { createActor, type InspectionEvent } from 'xstate';
import { createTap } from '../../src/observation/tap.ts';
import type { CallInput } from '../../src/machines/call/call.context.ts';
import type { ClipName } from '../../src/machines/call/call.ports.ts';
import { AudioLine } from '../../src/media/audio-line.ts';
import { AgentProfile } from '../../src/protocol/agent-profile.ts';
import { CarrierMessages } from '../../src/protocol/twilio-carrier-messages.ts';
import type { FeedEntry } from '../../src/protocol/call-feed.ts';
import { filledCallChart } from '../../src/services/calls/filled-chart.ts';
import { CallRecorder } from '../../src/services/calls/call-recorder.ts';
import { CallMemory } from '../../src/services/openai/memory/call-memory.ts';
import { DIALECTS } from '../../src/services/openai/dialects/dialects.ts';
import type { CallFacts } from '../../src/services/desk/call-facts.ts';
import type { Tool } from '../../src/services/tools/define-tool.ts';
import { createToolbox } from '../../src/services/tools/toolbox.ts';
import { TwilioStream } from '../../src/services/twilio/stream/twilio-stream.ts';
import { CallStreams } from '../../src/services/phone/call-streams.ts';
import { plainCall } from './call-chart.ts';
import { ModelSocketPipe } from './model-socket-pipe.ts';
import { HeldCall } from './laws/held-call.ts';
import { ModelWire } from './laws/model-wire.ts';
import { KeptLog } from './phone-leg.ts';
import { EngineEnd } from './stream-pair.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface WholeCallOptions {
  readonly input?: Partial<CallInput>;
  readonly profile?: Record<string, unknown>;
  readonly tools?: readonly Tool[];
  /** Who calls, and where; the SID goes for the chart too. */
  readonly facts?: Partial<CallFacts>;
  readonly clips?: Partial<Record<ClipName, Buffer>>;
  /** How far the call has come. `ringing`: neither leg is up. */
  readonly from?: 'ringing' | 'greeting';
  readonly inspect?: (event: InspectionEvent) => void;
}

/**
 * A whole call, chart and legs and line, with both far ends in the test's hands and time standing still. When the test is
 * over, the call and its wire have kept every law.
 */
export function wholeCall({
  input,
  profile,
  tools = [],
  facts: given = {},
  clips = {},
  from = 'greeting',
  inspect,
}: WholeCallOptions = {}) {
  const clock = new VirtualClock();
  const log = new KeptLog();
  const line = new AudioLine();
  const door = new CallStreams();
  const carrier = new EngineEnd();
  const model = new ModelSocketPipe();
  const memory = new CallMemory(clock);
  const agent = AgentProfile.parse({ id: 'default', business: { name: 'Acme' }, tools: [], ...profile });
  const facts: CallFacts = {
    callSid: plainCall.callSid,
    agentId: agent.id,
    direction: 'inbound',
    from: '+12025550123',
    to: '+12025550100',
    profile: agent,
    now: () => clock.now(),
    ...given,
  };
  const toolbox = createToolbox({ tools, callOf: () => facts, clock, log });
  const machine = filledCallChart(
    () => ({
      phone: {
        line,
        door,
        clock,
        log,
        clipOf: (name) => clips[name],
        recall: () => Promise.resolve(),
        endCall: () => Promise.resolve(),
        decideNext: () => Promise.resolve(),
        onIgnored: () => undefined,
        mayPause: { ...plainCall, ...input }.bargeIn === 'confirmed',
      },
      model: {
        line,
        connect: () => model,
        makeDialect: DIALECTS.ga,
        profile: agent,
        tools: toolbox.specsFor(agent),
        clock,
        log,
        audio: agent.audio,
        memory,
      },
    }),
    toolbox,
  );
  const rows: FeedEntry[] = [];
  const recorder = new CallRecorder({ maskDigits: false, record: (more) => rows.push(...more) });
  const tap = createTap(recorder.take, { now: () => clock.now() });
  const call = createActor(machine, {
    id: 'call',
    input: { ...plainCall, callSid: facts.callSid, limits: agent.limits, ...input },
    clock,
    inspect: (event) => {
      tap.inspect(event);
      inspect?.(event);
    },
  });
  new HeldCall(facts.callSid, rows, new ModelWire(model));
  call.start();

  const says = (event: object) => {
    model.says(JSON.stringify(event));
  };
  /** The model's session exists. */
  const opens = () => {
    model.open();
    says({ type: 'session.created', session: { id: 's1' } });
  };
  /** It is as it was asked to be. */
  const configures = () => {
    const format = agent.audio === 'pcm16' ? { type: 'audio/pcm', rate: 24_000 } : { type: 'audio/pcmu' };
    says({ type: 'session.updated', session: { audio: { input: { format }, output: { format } } } });
  };
  /** The carrier's stream comes through the door. */
  const attaches = () => {
    door.attach(new TwilioStream(carrier, { callSid: 'CA1', streamSid: 'MZ1', epoch: 1 }));
  };
  if (from === 'greeting') {
    opens();
    configures();
    attaches();
  }
  const said = new CarrierMessages({ accountSid: 'AC1', callSid: 'CA1', streamSid: 'MZ1' });
  // These two are the admission's, and the stream is let in without it.
  said.connected();
  said.start({});
  let frames = 0;
  /** 20 ms of the caller. */
  const frame = (payload = Buffer.alloc(160, 0xff).toString('base64')) => {
    carrier.hears(Buffer.from(said.media(frames++, payload)));
  };
  /** The model generates audio of one item, in one response that has begun. */
  const delta = (ms: number, response_id = 'r1', item_id = 'i1') => {
    says({
      type: 'response.output_audio.delta',
      response_id,
      item_id,
      output_index: 0,
      content_index: 0,
      delta: Buffer.alloc(ms * 8, 0x55).toString('base64'),
    });
  };
  return {
    call,
    line,
    memory,
    carrier,
    model,
    clock,
    log,
    door,
    says,
    frame,
    delta,
    opens,
    configures,
    attaches,
  };
}
