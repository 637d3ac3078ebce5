import { describe, expect, test } from 'vitest';
import type { CallNews } from '../../../src/cli/call-news.ts';
import { newsOf } from '../../../src/cli/carrier-news.ts';
import type { CarrierEvent } from '../../../src/simulator/carrier/carrier-events.ts';
import { callPrinter } from '../../../src/cli/call-printer.ts';
import { jsonPrinter } from '../../../src/cli/json-printer.ts';
import { LatencyMeter } from '../../../src/cli/latency-meter.ts';
import { endOfLine } from '../../../src/cli/screen-line.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';

const NEWS: CallNews[] = [
  {
    type: 'calling',
    atMs: 0,
    url: 'http://127.0.0.1:3000',
    isStarted: false,
    callSid: 'CA1',
    from: '+12025550123',
    to: '+12025550100',
  },
  { type: 'state', atMs: 420, state: 'conversing.greeting' },
  { type: 'floor', atMs: 500, who: 'agent', isHeard: true },
  { type: 'said', atMs: 510, role: 'agent', text: 'Hi, this is', interrupted: true },
  { type: 'cleared', atMs: 1500, droppedMs: 900 },
  { type: 'cleared', atMs: 1600, droppedMs: 0 },
  { type: 'pressed', atMs: 2000, digits: '1' },
  {
    type: 'ended',
    atMs: 12_340,
    outcome: { status: 'completed', by: 'caller', durationMs: 12_340 },
    endReason: 'caller_hung_up',
    failure: undefined,
    latencies: {
      countedBy: 'engine',
      greetingMs: 310,
      answersMs: [640, 820],
      answers: [
        { ...{ noticedMs: 510, modelMs: 90, toolsMs: 0, playbackMs: 40, totalMs: 640 }, isAtLeast: false },
        { ...{ noticedMs: 20, modelMs: 100, toolsMs: 700, playbackMs: 0, totalMs: 820 }, isAtLeast: true },
      ],
    },
  },
];

function page(hasColours = false) {
  const lines: string[] = [];
  const terminal: Terminal = {
    hasColours,
    print: (line) => lines.push(line),
    complain: () => {
      throw new Error('nothing to complain about');
    },
  };
  return { lines, terminal };
}

describe('words that are being spoken', () => {
  const speaking = (...texts: string[]): CallNews => ({
    ...{ type: 'speaking', atMs: 4200 },
    lines: texts.map((text) => ({ role: 'agent', itemId: 'i1', text, ahead: ' and more' })),
  });

  test('words that are being spoken are shown on a screen, each in place of the one before, and wiped at their end', () => {
    const { terminal, lines } = page();
    const shown: string[] = [];
    const print = callPrinter({ ...terminal, show: (line) => shown.push(line) });
    for (const news of [speaking(''), speaking('We are'), speaking('We are\u001b[2J open'), speaking()])
      print(news);
    expect(shown).toEqual(['', '   4.2 s    agent  We are', '   4.2 s    agent  We are\\u001b[2J open', '']);
    expect(lines).toEqual([]);
  });

  test('words that are being spoken are no line of anything else', () => {
    const { terminal, lines } = page();
    callPrinter(terminal)(speaking('We are'));
    jsonPrinter(terminal)(speaking('We are'));
    expect(lines).toEqual([]);
  });

  test('words that are being spoken fit their line: what is latest is seen', () => {
    expect(endOfLine('We are open', 20)).toBe('We are open');
    expect(endOfLine('We are open', 6)).toBe('… open');
    expect(endOfLine('営業時間', 6)).toBe('…時間');
  });
});

describe('the printer for people', () => {
  test('the printer for people says whose figures it has where the engine shows none', () => {
    const { lines, terminal } = page();
    callPrinter(terminal)({
      type: 'ended',
      atMs: 5000,
      outcome: { status: 'completed', by: 'caller', durationMs: 5000 },
      endReason: undefined,
      failure: undefined,
      latencies: { countedBy: 'line', greetingMs: undefined, answersMs: [640, 820], answers: [] },
    });
    expect(lines.join()).toContain('agent heard 640, 820 ms after the caller fell silent, by the line');
  });

  test('the printer for people shows a tool with its arguments and its result, in place of what became of it', () => {
    const { lines, terminal } = page();
    const tool = { toolCallId: 't1', name: 'quote_price' };
    const news: CallNews[] = [
      { type: 'toolCalled', atMs: 1000, ...tool, arguments: { service: 'tune up' } },
      { type: 'toolSettled', atMs: 1200, ...tool, status: 'ok', result: { price: 60 }, tookMs: 200 },
      { type: 'said', atMs: 1200, role: 'tool', text: 'quote_price: done', interrupted: false },
    ];
    news.forEach(callPrinter(terminal));
    expect(lines).toEqual([
      '   1.0 s    tool   quote_price {"service":"tune up"}',
      '   1.2 s    tool   quote_price: ok after 0.2 s {"price":60}',
    ]);
  });

  test('the printer for people writes a line for each piece of news, with the time of the call', () => {
    const { lines, terminal } = page();
    NEWS.forEach(callPrinter(terminal));
    expect(lines.join('\n')).toBe(
      `
   0.0 s  calling +12025550100 from +12025550123 at http://127.0.0.1:3000  CA1
   0.4 s  ● conversing.greeting
   0.5 s    agent speaks
   0.5 s    agent  Hi, this is —
   1.5 s    0.9 s of the agent were cut off
   2.0 s    caller presses 1
  12.3 s  the call has ended: caller_hung_up, by the caller
          greeting heard 310 ms after the stream began
          agent heard 640 ms after the caller fell silent (noticed 510, model 90, playback 40)
          agent heard at least 820 ms after the caller fell silent (noticed 20, model 100, tools 700)`.slice(
        1,
      ),
    );
  });

  test('the printer for people colours what it writes on a terminal', () => {
    const { lines, terminal } = page(true);
    NEWS.forEach(callPrinter(terminal));
    expect(lines[3]).toContain('\u001b[32magent \u001b[0m Hi, this is');
  });
});

describe('the printer for programs', () => {
  test('the printer for programs writes every piece of news as one line of JSON', () => {
    const { lines, terminal } = page();
    NEWS.forEach(jsonPrinter(terminal));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(NEWS);
  });
});

describe('the loss of a stream', () => {
  test('the loss of a stream is told with what was cut off, and its end with the silence that was heard', () => {
    const { lines, terminal } = page();
    const events: CarrierEvent[] = [
      { type: 'stream.ended', by: 'network', atMs: 400, droppedMs: 700 },
      { type: 'stream.ended', by: 'network', atMs: 400, droppedMs: 0 },
      { type: 'stream.ended', by: 'engine', atMs: 400, droppedMs: 700 },
      { type: 'gap.ended', gapMs: 2540, streamlessMs: 1020 },
    ];
    for (const event of events) {
      const news = newsOf(event, 1000);
      if (news !== undefined) callPrinter(terminal)(news);
    }
    expect(lines.map((line) => line.trim().slice(9))).toEqual([
      'the stream was lost, and 0.7 s of the agent with it: the carrier asks the engine how to go on',
      'the stream was lost: the carrier asks the engine how to go on',
      'the stream was ended by the engine',
      'the agent is heard again after 2.5 s of silence; 1.0 s of it there was no stream',
    ]);
  });
});

describe('the latency meter', () => {
  test('the latency meter measures from start to greeting, and from the caller’s last sound to the agent’s first', () => {
    const meter = new LatencyMeter();
    meter.take({ type: 'agent.audible', atMs: 412.4 });
    meter.take({ type: 'caller.audible', atMs: 5000 });
    meter.take({ type: 'caller.quiet', atMs: 6000 });
    meter.take({ type: 'caller.audible', atMs: 6200 });
    meter.take({ type: 'caller.quiet', atMs: 7000 });
    meter.take({ type: 'agent.audible', atMs: 7650 });
    meter.take({ type: 'agent.audible', atMs: 9000 });
    expect(meter.latencies).toEqual({ countedBy: 'line', greetingMs: 412, answersMs: [650], answers: [] });
  });

  test('the latency meter counts nothing from one stream to the next', () => {
    const meter = new LatencyMeter();
    meter.take({ type: 'caller.quiet', atMs: 1000 });
    meter.take({ type: 'stream.ended', by: 'network', atMs: 1200, droppedMs: 0 });
    meter.take({ type: 'agent.audible', atMs: 1300 });
    expect(meter.latencies.answersMs).toEqual([]);
  });

  test('the latency meter counts no answer while the caller speaks over the agent', () => {
    const meter = new LatencyMeter();
    meter.take({ type: 'caller.quiet', atMs: 1000 });
    meter.take({ type: 'caller.audible', atMs: 1500 });
    meter.take({ type: 'agent.audible', atMs: 1600 });
    expect(meter.latencies.answersMs).toEqual([]);
  });
});
