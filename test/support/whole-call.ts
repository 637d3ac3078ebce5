import { EventEmitter } from 'node:events';
import { createActor } from 'xstate';
import { AudioLine } from '../../src/media/audio-line.ts';
import { AgentProfile } from '../../src/protocol/agent-profile.ts';
import { wiredCallMachine } from '../../src/services/call-actors.ts';
import { CallMemory } from '../../src/services/openai/call-memory.ts';
import { DIALECTS } from '../../src/services/openai/dialects.ts';
import { createToolbox } from '../../src/services/tools/toolbox.ts';
import { CarrierStream, type StreamSocket } from '../../src/services/twilio/carrier-stream.ts';
import { StreamDoor } from '../../src/services/twilio/stream-door.ts';
import { plainCall } from './call-chart.ts';
import { FakeModelSocket } from './fake-model-socket.ts';
import { KeptLog } from './phone-leg.ts';
import { VirtualClock } from './virtual-clock.ts';

/** The carrier's end of a stream, in the test's hands. */
class FakeStreamSocket extends EventEmitter implements StreamSocket {
  readonly readyState = 1;
  readonly bufferedAmount = 0;
  readonly sent: Record<string, unknown>[] = [];
  send(message: Buffer | string): void {
    this.sent.push(JSON.parse(message.toString()) as Record<string, unknown>);
  }
  ping(): void {
    this.emit('pinged');
  }
  close(code: number): void {
    this.emit('close', code);
  }
  terminate(): void {
    this.emit('close', 1006);
  }
  says(message: object): void {
    this.emit('message', Buffer.from(JSON.stringify(message)), false);
  }
}

/** A whole call, chart and legs and line, with both far ends in the test's hands and time standing still. */
export function wholeCall() {
  const clock = new VirtualClock();
  const log = new KeptLog();
  const line = new AudioLine();
  const door = new StreamDoor();
  const carrier = new FakeStreamSocket();
  const model = new FakeModelSocket();
  const toolbox = createToolbox({ tools: [], callOf: () => undefined, clock, log });
  const machine = wiredCallMachine(
    () => ({
      phone: { line, door, clock, log, clipOf: () => undefined, decideNext: () => Promise.resolve() },
      model: {
        line,
        connect: () => model,
        dialect: DIALECTS.ga(),
        profile: AgentProfile.parse({ id: 'default', business: { name: 'Acme' }, tools: [] }),
        tools: [],
        clock,
        log,
        audio: 'pcmu',
        memory: new CallMemory(clock),
      },
    }),
    toolbox,
  );
  const call = createActor(machine, { id: 'call', input: plainCall, clock });
  call.start();

  const says = (event: object) => {
    model.says(JSON.stringify(event));
  };
  model.open();
  says({ type: 'session.created', session: { id: 's1' } });
  const format = { type: 'audio/pcmu' };
  says({ type: 'session.updated', session: { audio: { input: { format }, output: { format } } } });
  door.attach(new CarrierStream(carrier, { callSid: 'CA1', streamSid: 'MZ1', epoch: 1 }));
  let frames = 0;
  /** 20 ms of the caller. */
  const frame = (payload = Buffer.alloc(160, 0xff).toString('base64')) => {
    frames++;
    carrier.says({
      event: 'media',
      sequenceNumber: String(frames + 1),
      media: { track: 'inbound', chunk: String(frames), timestamp: String(frames * 20), payload },
      streamSid: 'MZ1',
    });
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
  return { call, carrier, model, clock, log, says, frame, delta };
}
