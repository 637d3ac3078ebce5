import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { commandLine, runCommandLine } from '../../../src/cli/command-line.ts';
import { writeWav } from '../../../src/media/wav.ts';
import { readStreamMessage } from '../../../src/protocol/twilio-stream.ts';

/**
 * An engine of few words: greets each stream with 100 ms of audio, answers the
 * caller's first loud frame with as much once a silent one follows, and shows one record.
 */
class TerseEngine {
  readonly server: Server;
  readonly record = { state: 'conversing.listening.quiet', endReason: null as string | null };
  readonly asked: string[] = [];
  /** Set: dies once, without a word, at the first loud frame of the caller, and comes back at the same address. */
  diesOnce = false;
  /** What was posted when the person called had answered, or had not. */
  dialled = '';
  transfersAtOnce = false;
  readonly digits: string[] = [];
  readonly typed: string[] = [];
  /** How often somebody wanted to read along. */
  subscriptions = 0;
  readonly #connections = new Set<Socket>();

  constructor() {
    this.server = createServer((request, response) => {
      const path = request.url ?? '';
      request.on('data', (part: Buffer) => {
        if (path === '/dialled') this.dialled += part.toString();
      });
      this.asked.push(path);
      response.end(this.#answer(path));
    });
    this.server.on('connection', (socket: Socket) => {
      this.#connections.add(socket);
      socket.on('error', () => undefined).on('close', () => this.#connections.delete(socket));
    });
    new WebSocketServer({ server: this.server }).on('connection', (socket, { url }) => {
      if (url === '/api/live') {
        socket.on('message', (data: Buffer) => {
          this.subscriptions++;
          const { callSids: [callSid] = [] } = JSON.parse(data.toString()) as { callSids?: string[] };
          const lines = [{ role: 'agent', itemId: 'i1', text: 'Hello', ahead: ' there' }];
          socket.send(JSON.stringify({ type: 'calls', isWhole: true, calls: [] }));
          socket.send(JSON.stringify({ type: 'words', callSid: 'CAother', lines: [] }));
          socket.send(JSON.stringify({ type: 'words', callSid, lines }));
        });
        return;
      }
      let streamSid = '';
      let wasLoud = false;
      const speak = () => {
        const payload = Buffer.alloc(800, 0x20).toString('base64');
        socket.send(JSON.stringify({ event: 'media', streamSid, media: { payload } }));
      };
      socket.on('message', (data: Buffer) => {
        const message = readStreamMessage(data.toString());
        if (message.event === 'start') {
          streamSid = message.streamSid ?? '';
          speak();
        } else if (message.event === 'media') {
          const isLoud = Buffer.from(message.media.payload, 'base64').some((byte) => byte < 0x60);
          if (isLoud && this.diesOnce) this.#dieOnce();
          if (wasLoud && !isLoud) speak();
          wasLoud = isLoud;
        } else if (message.event === 'typed') {
          this.typed.push(message.typed.text);
        } else if (message.event === 'dtmf') {
          this.digits.push(message.dtmf.digit);
          speak();
        } else if (message.event === 'stop') {
          Object.assign(this.record, { state: 'ended', endReason: 'caller_hung_up' });
        }
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  events(at: string): object[] {
    return ['connecting', 'conversing.listening.quiet'].map((state, index) => ({
      ...{ seq: index + 1, at, actor: 'call', event: 'x', state },
    }));
  }

  #stream(): string {
    const action = `${this.url}/after-stream#rc=4&amp;rp=ct,5xx`;
    return `<Response><Connect action="${action}"><Stream url="${this.url.replace('http', 'ws')}/twilio/media"/></Connect></Response>`;
  }

  #dieOnce(): void {
    this.diesOnce = false;
    const { port } = this.server.address() as AddressInfo;
    this.server.close(() => this.server.listen(port, '127.0.0.1'));
    // Sockets of streams are no connections of the server any more.
    for (const socket of this.#connections) socket.resetAndDestroy();
  }

  #answer(path: string): string {
    if (path === '/after-stream') return this.#stream();
    if (path === '/dialled') return '<Response><Hangup/></Response>';
    if (path === '/twilio/voice' && this.transfersAtOnce) {
      return '<Response><Dial action="/dialled">+12025550111</Dial></Response>';
    }
    if (path === '/twilio/voice') return this.#stream();
    const at = new Date().toISOString();
    if (path.includes('/events?')) return JSON.stringify(this.events(at));
    if (path.endsWith('/transcript')) {
      return JSON.stringify([{ role: 'agent', text: 'Hello there', at, itemId: 'i1', interrupted: false }]);
    }
    return JSON.stringify(this.record);
  }
}

let engine: TerseEngine;

beforeEach(async () => {
  engine = new TerseEngine();
  engine.server.listen(0, '127.0.0.1');
  await once(engine.server, 'listening');
});

afterEach(() => {
  engine.server.close();
  engine.server.closeAllConnections();
});

describe('callchart call', () => {
  test('callchart call plays a recording after the greeting, hangs up after the answer, and records both sides', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'callchart-'));
    const [wav, out] = [join(folder, 'caller.wav'), join(folder, 'call.wav')];
    const words = new Uint8Array(1600).fill(0x10);
    writeFileSync(wav, writeWav(words, words));
    const printed: string[] = [];
    const terminal = {
      hasColours: false,
      print: (line: string) => printed.push(line),
      complain: (line: string) => {
        throw new Error(line);
      },
    };
    const argv = ['node', 'callchart', 'call', '--wav', wav, '--record', out, '--json', '--url', engine.url];
    expect(await runCommandLine(commandLine(terminal), argv, terminal)).toBe(0);

    const news = printed.map((line) => JSON.parse(line) as Record<string, unknown>);
    const times = news.map(({ atMs }) => Number(atMs));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(news[0]).toMatchObject({ type: 'calling', url: engine.url, isStarted: false });
    expect(news.filter(({ type }) => type === 'said')).toMatchObject([
      { role: 'agent', text: 'Hello there' },
    ]);
    expect(news.filter(({ type }) => type === 'state').map(({ state }) => state)).toEqual([
      'connecting',
      'conversing.listening.quiet',
      'ended',
    ]);
    const floor = news
      .filter(({ type }) => type === 'floor')
      .map(({ who, isHeard }) => `${String(who)} ${String(isHeard)}`);
    expect(floor).toEqual([
      'agent true',
      'agent false',
      'caller true',
      'caller false',
      'agent true',
      'agent false',
    ]);
    expect(news.at(-1)).toMatchObject({
      type: 'ended',
      endReason: 'caller_hung_up',
      outcome: { status: 'completed', by: 'caller' },
    });
    const { greetingMs, answersMs } = news.at(-1)?.['latencies'] as {
      greetingMs: number;
      answersMs: number[];
    };
    expect(greetingMs).toBeLessThan(1000);
    expect(answersMs).toHaveLength(1);

    const recorded = readFileSync(out);
    const [caller, agent] = [44, 46].map((side) => {
      let loud = 0;
      for (let at = side; at < recorded.length; at += 4)
        if (Math.abs(recorded.readInt16LE(at)) > 1000) loud++;
      return loud;
    });
    expect(caller).toBe(1600);
    expect(agent).toBe(1600);
    expect(engine.asked.at(-1)).toMatch(/^\/(twilio\/status|api\/calls\/CA)/);
  }, 20_000);

  test('callchart call goes on with an engine that dies and comes back, and says what the caller heard of it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'callchart-'));
    const wav = join(folder, 'caller.wav');
    const words = new Uint8Array(1600).fill(0x10);
    writeFileSync(wav, writeWav(words, words));
    engine.diesOnce = true;
    const printed: string[] = [];
    const terminal = {
      hasColours: false,
      print: (line: string) => printed.push(line),
      complain: (line: string) => {
        throw new Error(line);
      },
    };
    const argv = ['node', 'callchart', 'call', '--wav', wav, '--json', '--url', engine.url];
    expect(await runCommandLine(commandLine(terminal), argv, terminal)).toBe(0);

    const news = printed.map((line) => JSON.parse(line) as Record<string, unknown>);
    const notes = news.filter(({ type }) => type === 'note').map(({ text }) => text);
    expect(notes).toContain('the stream was lost: the carrier asks the engine how to go on');
    const [gap, ...more] = news.filter(({ type }) => type === 'gap');
    expect(more).toEqual([]);
    expect(gap?.['gapMs']).toBeGreaterThan(Number(gap?.['streamlessMs']));
    expect(engine.asked.filter((path) => path === '/after-stream').length).toBeGreaterThan(0);
    expect(engine.subscriptions).toBe(2);
    expect(news.at(-1)).toMatchObject({ type: 'ended', outcome: { status: 'completed', by: 'caller' } });
  }, 30_000);

  test.each([
    ['yes', 'completed', 'the person was reached'],
    ['no', 'no-answer', 'nobody answered'],
    ['busy', 'busy', 'the line was busy'],
  ])(
    'callchart call --answer %s has the person called in a transfer do that',
    { timeout: 30_000 },
    async (how, status, words) => {
      engine.transfersAtOnce = true;
      const printed: string[] = [];
      const terminal = {
        hasColours: false,
        print: (line: string) => printed.push(line),
        complain: () => undefined,
      };
      const argv = ['node', 'callchart', 'call', '--answer', how, '--url', engine.url];
      expect(await runCommandLine(commandLine(terminal), argv, terminal)).toBe(0);
      expect(new URLSearchParams(engine.dialled).get('DialCallStatus')).toBe(status);
      expect(printed.join('\n')).toContain(`transfer to +12025550111: ${words}`);
    },
  );

  test('callchart call -i says what is piped in, turn by turn, presses keys, and hangs up at the end of the input', async () => {
    const printed: string[] = [];
    const input = new PassThrough();
    const terminal = {
      hasColours: false,
      input,
      print: (line: string) => printed.push(line),
      complain: (line: string) => {
        throw new Error(line);
      },
    };
    input.end('Hello, this is Zoë.\n\n/dance\n/digits 4#\n/wav /no/such.wav\nGoodbye then\n');
    const argv = ['node', 'callchart', 'call', '-i', '--json', '--url', engine.url];
    expect(await runCommandLine(commandLine(terminal), argv, terminal)).toBe(0);

    expect(engine.typed).toEqual(['Hello, this is Zoë.', 'Goodbye then']);
    expect(engine.digits).toEqual(['4', '#']);
    const news = printed.map((line) => JSON.parse(line) as Record<string, unknown>);
    const notes = news.filter(({ type }) => type === 'note').map(({ text }) => text);
    expect(notes).toContainEqual(expect.stringContaining('/digits 12# presses keys'));
    expect(notes).toContain('/no/such.wav: no such file');
    expect(news.at(-1)).toMatchObject({ type: 'ended', outcome: { status: 'completed', by: 'caller' } });
  }, 60_000);

  test('callchart call shows words on a screen while they are spoken', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'callchart-'));
    const wav = join(folder, 'caller.wav');
    writeFileSync(wav, writeWav(new Uint8Array(1600).fill(0x10), new Uint8Array(1600)));
    const shown: string[] = [];
    const terminal = {
      hasColours: false,
      print: () => undefined,
      complain: () => undefined,
      show: (line: string) => shown.push(line),
    };
    const argv = ['node', 'callchart', 'call', '--wav', wav, '--url', engine.url];
    expect(await runCommandLine(commandLine(terminal), argv, terminal)).toBe(0);
    expect(shown).toEqual([expect.stringMatching(/ s {4}agent {2}Hello$/)]);
  }, 20_000);
});
