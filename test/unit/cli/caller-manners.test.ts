import { beforeEach, describe, expect, test } from 'vitest';
import type { CallerLine } from '../../../src/cli/caller-lines.ts';
import { CallerManners } from '../../../src/cli/caller-manners.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const SPOKEN_MS = 1000;

let clock: VirtualClock;
let did: string[];
let isBusy: boolean;

const speak = (text: string, bargeIn = false): CallerLine => ({
  kind: 'speak',
  text,
  audio: Buffer.from(text),
  bargeIn,
});

/** A caller on the line; what the caller does is written down with its time. */
function caller(...lines: CallerLine[]) {
  const note = (what: string) => did.push(`${String(clock.now())} ${what}`);
  const turns = new CallerManners({
    clock,
    lines,
    speak: (audio) => {
      note(Buffer.from(audio).toString());
      return new Promise((resolve) => clock.setTimeout(resolve, SPOKEN_MS));
    },
    press: note,
    hangUp: () => note('hangs up'),
    isAgentBusy: () => isBusy,
  });
  turns.take({ type: 'stream.attached', streamSid: 'MZ1' });
  return {
    turns,
    agentSpeaks: async (ms: number) => {
      turns.take({ type: 'agent.audible', atMs: clock.now() });
      await clock.run(ms);
      turns.take({ type: 'agent.quiet', atMs: clock.now() });
    },
  };
}

beforeEach(() => {
  clock = new VirtualClock();
  did = [];
  isBusy = false;
});

describe('a caller', () => {
  test('a caller hears the greeting out, says one line after each answer, and hangs up after the last', async () => {
    const { agentSpeaks } = caller(speak('first'), speak('second'));
    await clock.run(500);
    await agentSpeaks(2000);
    await clock.run(2300);
    expect(did).toEqual(['3200 first']);
    await agentSpeaks(1000);
    await clock.run(2000);
    expect(did).toEqual(['3200 first', '6500 second']);
    await agentSpeaks(1000);
    await clock.run(2000);
    expect(did.at(-1)).toBe('10800 hangs up');
    expect(clock.pending).toBe(0);
  });

  test('a caller does not take a pause between two sentences for the end', async () => {
    const { agentSpeaks } = caller(speak('first'));
    await agentSpeaks(1000);
    await clock.run(600);
    await agentSpeaks(1000);
    expect(did).toEqual([]);
    await clock.run(700);
    expect(did).toEqual(['3300 first']);
  });

  test('a caller waits while a tool runs', async () => {
    const { agentSpeaks } = caller(speak('first'));
    isBusy = true;
    await agentSpeaks(1000);
    await clock.run(3000);
    expect(did).toEqual([]);
    isBusy = false;
    await clock.run(50);
    expect(did).toEqual(['4050 first']);
  });

  test('a caller speaks over the agent when barging in', async () => {
    const { agentSpeaks } = caller(speak('wait', true));
    await agentSpeaks(3000);
    expect(did).toEqual(['600 wait']);
  });

  test('a caller does not take an interrupted sentence for an answer', async () => {
    const { turns } = caller(speak('wait', true), speak('next'));
    turns.take({ type: 'agent.audible', atMs: 0 });
    await clock.run(700);
    turns.take({ type: 'agent.quiet', atMs: 700 });
    await clock.run(5000);
    expect(did).toEqual(['600 wait']);
  });

  test('a caller gives an agent that says nothing 15 seconds for each line', async () => {
    caller(speak('hello'));
    await clock.run(40_000);
    expect(did).toEqual(['15000 hello', '31000 hangs up']);
  });

  test('a caller presses keys, waits, and hangs up when told to', async () => {
    const { agentSpeaks } = caller(
      { kind: 'press', digits: '12#' },
      { kind: 'wait', ms: 3000 },
      { kind: 'hangUp' },
    );
    await agentSpeaks(1000);
    await clock.run(700);
    expect(did).toEqual(['1700 12#']);
    await agentSpeaks(300);
    await clock.run(5000);
    expect(did.at(-1)).toBe('5700 hangs up');
  });

  test('a caller says nothing into a line without a stream, and waits for an answer that was cut off with it', async () => {
    const { turns, agentSpeaks } = caller(speak('first'), speak('second'));
    await agentSpeaks(1000);
    await clock.run(1700);
    expect(did).toEqual(['1700 first']);
    turns.take({ type: 'agent.audible', atMs: 0 });
    turns.take({ type: 'agent.quiet', atMs: 0 });
    turns.take({ type: 'stream.ended', by: 'network', atMs: 0, droppedMs: 800 });
    await clock.run(30_000);
    expect(did).toHaveLength(1);
    turns.take({ type: 'stream.attached', streamSid: 'MZ2' });
    await clock.run(5000);
    expect(did).toHaveLength(1);
    await agentSpeaks(1000);
    await clock.run(700);
    expect(did).toHaveLength(2);
  });

  test('a caller does nothing any more when the call is over', async () => {
    const { turns, agentSpeaks } = caller(speak('first'));
    await agentSpeaks(100);
    turns.take({ type: 'call.ended', outcome: { status: 'completed', by: 'engine', durationMs: 100 } });
    await clock.run(60_000);
    expect(did).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
