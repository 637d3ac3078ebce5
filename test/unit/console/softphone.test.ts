import { describe, expect, test } from 'vitest';
import type { SoftphoneCall } from '../../../src/protocol/console-softphone.ts';
import { Softphone } from '../../../console/softphone/softphone.ts';
import type {
  DeviceLine,
  Socket,
  SocketEars,
  SoftphoneDeps,
} from '../../../console/softphone/softphone.ports.ts';
import type { FromLine, ToLine } from '../../../console/softphone/line-messages.ts';

const CHOICE = { microphone: 'default', speaker: 'default' };
const CALL: SoftphoneCall = { callSid: 'CA1', token: 't', streamUrl: 'ws://engine/twilio/media' };
const STREAM = 'MZ1';

class FakeLine implements DeviceLine {
  readonly told: ToLine[] = [];
  isClosed = false;
  says: (message: FromLine) => void = () => undefined;
  tell(message: ToLine) {
    this.told.push(message);
  }
  listen(listener: (message: FromLine) => void) {
    this.says = listener;
  }
  change() {
    return Promise.resolve();
  }
  close() {
    this.isClosed = true;
  }
  frame(typed?: string) {
    const audio = new Uint8Array(160).fill(0xff);
    this.says({ type: 'frame', audio, typed, callerLevel: 0, agentLevel: 0, playedMs: 0, queuedMs: 0 });
  }
}

class FakeSocket implements Socket {
  bufferedAmount = 0;
  readonly sent: { event: string; [field: string]: unknown }[] = [];
  closed: number | undefined;
  ears: SocketEars | undefined;
  send(text: string) {
    this.sent.push(JSON.parse(text) as { event: string });
  }
  close(code: number) {
    this.closed = code;
  }
  says(message: object) {
    this.ears?.onText(JSON.stringify({ streamSid: STREAM, ...message }));
  }
  get events() {
    return this.sent.map(({ event }) => event);
  }
}

function house(changes: Partial<SoftphoneDeps> = {}) {
  const line = new FakeLine();
  const socket = new FakeSocket();
  let time = 1000;
  const phone = new Softphone({
    openLine: () => Promise.resolve(line),
    openCall: () => Promise.resolve(CALL),
    connect: (_, ears) => {
      socket.ears = ears;
      return socket;
    },
    speak: () => Promise.resolve(new Uint8Array(800)),
    troubleOf: (thrown) => ({ title: (thrown as Error).message, advice: '', isOfMicrophone: false }),
    newStreamSid: () => STREAM,
    now: () => time,
    ...changes,
  });
  const later = (ms: number) => (time += ms);
  const talk = async () => {
    await phone.call({ agentId: 'default' }, CHOICE);
    socket.ears?.onOpen();
  };
  return { phone, line, socket, later, talk };
}

describe('the softphone', () => {
  test('the softphone opens devices, call and stream in this order, and then talks', async () => {
    const { phone, socket, line } = house();
    const phases: string[] = [];
    phone.subscribe(() => {
      phases.push('step' in phone.state ? phone.state.step : phone.state.phase);
    });
    await phone.call({ agentId: 'default' }, CHOICE);
    socket.ears?.onOpen();
    expect(phases).toEqual(['devices', 'call', 'stream', 'talking']);
    expect(phone.state).toMatchObject({ phase: 'talking', callSid: 'CA1', startedAt: 1000 });
    line.frame();
    expect(socket.events).toEqual(['connected', 'start', 'media']);
  });

  test('the softphone hands the audio thread what the engine says, and the engine what was heard', async () => {
    const { line, socket, talk } = house();
    await talk();
    socket.says({ event: 'media', media: { payload: '/w==' } });
    socket.says({ event: 'mark', mark: { name: 'm' } });
    socket.says({ event: 'clear' });
    expect(line.told).toEqual([
      { type: 'play', audio: Uint8Array.of(0xff) },
      { type: 'mark', name: 'm' },
      { type: 'clear' },
    ]);
    line.says({ type: 'mark', name: 'm' });
    expect(socket.sent.at(-1)).toMatchObject({ event: 'mark', mark: { name: 'm' } });
  });

  test('the softphone lets frames go while the network takes none, and their time with them', async () => {
    const { line, socket, talk } = house();
    await talk();
    socket.bufferedAmount = 1e6;
    line.frame();
    socket.bufferedAmount = 0;
    line.frame();
    expect(socket.sent.slice(2)).toMatchObject([{ event: 'media', media: { timestamp: '20' } }]);
  });

  test('the softphone hangs up: says stop, closes, frees the devices, and tells how long it lasted', async () => {
    const { phone, line, socket, later, talk } = house();
    await talk();
    later(5000);
    phone.hangUp();
    expect(socket.events.at(-1)).toBe('stop');
    expect(socket.closed).toBe(1000);
    expect(line.isClosed).toBe(true);
    expect(phone.state).toEqual({ phase: 'ended', callSid: 'CA1', by: 'you', lastedMs: 5000 });
  });

  test.each([
    [1000, 'engine'],
    [1005, 'engine'],
    [1006, 'network'],
    [1011, 'network'],
  ])('a softphone call closed with code %i was ended by the %s', async (code, by) => {
    const { phone, socket, line, talk } = house();
    await talk();
    socket.ears?.onClose(code);
    expect(phone.state).toMatchObject({ phase: 'ended', by });
    expect(line.isClosed).toBe(true);
  });

  test('the softphone hangs up while the microphone is still being asked for: what opens later is closed', async () => {
    let open: (line: DeviceLine) => void = () => undefined;
    const { phone, line, socket } = house({
      openLine: () =>
        new Promise((resolve) => {
          open = resolve;
        }),
    });
    const calling = phone.call({ agentId: 'default' }, CHOICE);
    phone.hangUp();
    expect(phone.state).toEqual({ phase: 'idle', trouble: undefined });
    open(line);
    await calling;
    expect(line.isClosed).toBe(true);
    expect(socket.sent).toEqual([]);
    expect(phone.state.phase).toBe('idle');
  });

  test('the softphone hangs up before the stream is open', async () => {
    const { phone, line, socket } = house();
    await phone.call({ agentId: 'default' }, CHOICE);
    phone.hangUp();
    expect(socket.closed).toBe(1000);
    expect(line.isClosed).toBe(true);
    expect(phone.state.phase).toBe('idle');
  });

  test('the softphone tells what is wrong when a call cannot be opened, and frees the devices', async () => {
    const { phone, line } = house({ openCall: () => Promise.reject(new Error('no line is free')) });
    await phone.call({ agentId: 'default' }, CHOICE);
    expect(phone.state).toMatchObject({ phase: 'idle', trouble: { title: 'no line is free' } });
    expect(line.isClosed).toBe(true);
  });

  test('the softphone tells when the engine refuses the stream', async () => {
    const { phone, socket } = house();
    await phone.call({ agentId: 'default' }, CHOICE);
    socket.ears?.onClose(1008);
    expect(phone.state).toMatchObject({ phase: 'idle', trouble: { title: 'The call could not be placed' } });
  });

  test('the softphone calls again after a call, and not twice at once', async () => {
    let opened = 0;
    const { phone, talk } = house({
      openCall: () => {
        opened++;
        return Promise.resolve(CALL);
      },
    });
    await talk();
    await phone.call({ agentId: 'default' }, CHOICE);
    expect(opened).toBe(1);
    phone.hangUp();
    await talk();
    expect(opened).toBe(2);
    expect(phone.state.phase).toBe('talking');
  });

  test('the softphone presses keys, mutes, and says typed sentences with the built-in voice', async () => {
    const { phone, line, socket, talk } = house();
    phone.press('1'); // Nobody is there yet.
    await talk();
    phone.press('4');
    phone.press('#');
    phone.mute(true);
    const saying = phone.say('hello');
    expect(phone.state).toMatchObject({ keys: '4#', isMuted: true, toSay: 1 });
    await saying;
    expect(line.told).toEqual([
      { type: 'mute', isMuted: true },
      { type: 'say', audio: new Uint8Array(800), typed: 'hello' },
    ]);
    line.frame('hello');
    line.frame();
    expect(socket.events.slice(-3)).toEqual(['typed', 'media', 'media']);
    line.says({ type: 'said' });
    expect(phone.state).toMatchObject({ toSay: 0 });
    expect(socket.sent.filter(({ event }) => event === 'dtmf')).toMatchObject([
      { dtmf: { digit: '4' } },
      { dtmf: { digit: '#' } },
    ]);
  });

  test('a sentence that the softphone cannot speak is told and does not end the call', async () => {
    const { phone, talk } = house({ speak: () => Promise.reject(new Error('the voice is not here')) });
    await talk();
    await phone.say('hello');
    expect(phone.state).toMatchObject({
      phase: 'talking',
      toSay: 0,
      trouble: { title: 'the voice is not here' },
    });
  });
});
