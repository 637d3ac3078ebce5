import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { greetingOf, sentenceOf } from '../../../src/protocol/profile-sentences.ts';
import { CLIP_TEXTS } from '../../../src/services/clips/clips.ts';
import { ClipFiles } from '../../../src/services/clips/clip-files.ts';
import { SentenceClips } from '../../../src/services/clips/sentence-clips.ts';
import { temporaryFolder } from '../../support/journal.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const agent = (more: Record<string, unknown> = {}) =>
  AgentProfile.parse({
    id: 'acme',
    business: { name: 'Acme' },
    greetingMode: 'clip',
    filler: 'model',
    ...more,
  });

interface BenchOptions {
  readonly folder?: string;
  readonly model?: string;
  readonly shipped?: readonly string[];
}

/** Clips whose model is the test: it says what it is told to, or fails. */
function bench({ folder, model = 'the model', shipped = Object.values(CLIP_TEXTS) }: BenchOptions = {}) {
  const clock = new VirtualClock();
  const log = new KeptLog();
  const asked: string[] = [];
  const speech = { failing: false, pending: false };
  const clips = new SentenceClips({
    files: folder === undefined ? undefined : new ClipFiles(folder),
    shipped: new Set(shipped),
    speak: (_profile, text, signal) => {
      asked.push(text);
      if (speech.failing) return Promise.reject(new EngineError('RESPONSE_FAILED'));
      if (!speech.pending) return Promise.resolve(Buffer.from(text));
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(new EngineError('RESPONSE_FAILED', 'stopped'));
        });
      });
    },
    model,
    clock,
    log,
  });
  return { clips, clock, log, asked, speech };
}

describe('greetings by clip', () => {
  test('greetings by clip are rendered in the background, once a text and voice, where the profile wants one', async () => {
    const { clips, asked } = bench();
    const profiles = [
      agent(),
      agent({ id: 'twin' }),
      agent({ id: 'low', voice: 'cedar' }),
      agent({ id: 'live', greeting: 'Hello!', greetingMode: 'model' }),
    ];
    clips.prepare(profiles);
    expect(clips.clipsOf(agent()).greeting).toBeUndefined();
    await clips.settled();
    expect(asked).toEqual([greetingOf(agent()), greetingOf(agent())]);
    expect(clips.clipsOf(agent()).greeting?.toString()).toBe(greetingOf(agent()));
    clips.prepare(profiles);
    await clips.settled();
    expect(asked).toHaveLength(2);
  });

  test('greetings by clip are taken from disk by the next process, and by another model rendered anew', async () => {
    const folder = temporaryFolder();
    const first = bench({ folder });
    first.clips.prepare([agent()]);
    await first.clips.settled();
    const second = bench({ folder });
    second.clips.prepare([agent()]);
    await second.clips.settled();
    expect(second.asked).toEqual([]);
    expect(second.clips.clipsOf(agent()).greeting).toEqual(first.clips.clipsOf(agent()).greeting);
    const other = bench({ folder, model: 'another model' });
    other.clips.prepare([agent()]);
    await other.clips.settled();
    expect(other.asked).toHaveLength(1);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test('greetings by clip are rendered again when their file is spoilt', async () => {
    const folder = temporaryFolder();
    const first = bench({ folder });
    first.clips.prepare([agent()]);
    await first.clips.settled();
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'noise');
    const second = bench({ folder });
    second.clips.prepare([agent()]);
    await second.clips.settled();
    expect(second.asked).toHaveLength(1);
    const third = bench({ folder });
    third.clips.prepare([agent()]);
    await third.clips.settled();
    expect(third.asked).toEqual([]);
  });

  test('greetings by clip follow a profile that is saved, also while another is being rendered', async () => {
    const { clips, asked } = bench();
    clips.prepare([agent({ greeting: 'First.' })]);
    clips.prepare([agent({ greeting: 'Second.' })]);
    await clips.settled();
    expect(clips.clipsOf(agent({ greeting: 'Second.' })).greeting?.toString()).toBe('Second.');
    clips.prepare([agent({ greeting: 'Third.' })]);
    await clips.settled();
    expect(clips.clipsOf(agent({ greeting: 'Second.' })).greeting).toBeUndefined();
    expect(asked.at(-1)).toBe('Third.');
  });

  test('greetings by clip are tried five times, ever further apart, with no word of the greeting in the log', async () => {
    const { clips, clock, asked, speech, log } = bench();
    const greetings = () => asked.filter((text) => text === greetingOf(agent()));
    speech.failing = true;
    clips.prepare([agent()]);
    await clock.run(0);
    expect(greetings()).toHaveLength(1);
    await clock.run(29_999);
    expect(greetings()).toHaveLength(1);
    await clock.run(1);
    expect(greetings()).toHaveLength(2);
    await clock.run(86_400_000);
    expect(greetings()).toHaveLength(5);
    expect(clock.pending).toBe(0);
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(asked.length);
    expect(JSON.stringify(log.lines)).not.toContain('help you');
    speech.failing = false;
    clips.prepare([agent()]);
    await clips.settled();
    expect(clips.clipsOf(agent()).greeting).toBeDefined();
  });

  test('greetings by clip that cannot be kept are played all the same', async () => {
    const folder = join(temporaryFolder(), 'file');
    writeFileSync(folder, '');
    const { clips, log } = bench({ folder });
    clips.prepare([agent()]);
    await clips.settled();
    expect(clips.clipsOf(agent()).greeting).toBeDefined();
    expect(log.lines.some(({ level }) => level === 'warn')).toBe(true);
  });

  test('greetings by clip do not keep the engine from stopping', async () => {
    const { clips, clock, speech } = bench();
    speech.pending = true;
    clips.prepare([agent()]);
    await clock.run(0);
    await clips.close();
    expect(clock.pending).toBe(0);
  });
});

describe("the engine's own sentences by clip", () => {
  test("the engine's own clips are rendered in the profile's language and voice, a filler only where a clip fills", async () => {
    const { clips, asked } = bench({ shipped: [] });
    const german = agent({
      id: 'praxis',
      language: { default: 'de' },
      filler: 'clip',
      greetingMode: 'model',
    });
    clips.prepare([german, agent()]);
    await clips.settled();
    expect(asked[0]).toBe(greetingOf(agent()));
    const names = ['sorry', 'failed', 'hold', 'filler'] as const;
    const words = Object.entries(clips.clipsOf(german)).map(([name, clip]) => [name, clip.toString()]);
    expect(words).toEqual(names.map((name) => [name, sentenceOf(german, name).text]));
    expect(words.flat()).toContain('Einen Moment, ich sehe nach.');
    expect(Object.keys(clips.clipsOf(agent()))).toEqual(['greeting', 'sorry', 'failed', 'hold']);
  });

  const plain = () => agent({ greetingMode: 'model', filler: 'clip', sentences: { hold: 'Wait, please.' } });
  const english = (['sorry', 'failed', 'filler'] as const).map((name) => sentenceOf(plain(), name).text);

  test("the engine's own clips are rendered 5 minutes later where a clip that ships has the words", async () => {
    const { clips, clock, asked } = bench();
    clips.prepare([plain()]);
    await clock.run(299_999);
    expect(asked).toEqual(['Wait, please.']);
    expect(Object.keys(clips.clipsOf(plain()))).toEqual(['hold']);
    await clock.run(1);
    expect(asked).toEqual(['Wait, please.', ...english]);
    expect(clips.clipsOf(plain()).sorry?.toString()).toBe(english[0]);
    expect(clock.pending).toBe(0);
  });

  test("the engine's own clips are there at once when an engine before has rendered them", async () => {
    const folder = temporaryFolder();
    const first = bench({ folder });
    first.clips.prepare([plain()]);
    await first.clips.settled();
    await first.clock.run(300_000);
    await first.clips.settled();
    const second = bench({ folder });
    second.clips.prepare([plain()]);
    await second.clips.settled();
    expect(second.asked).toEqual([]);
    expect(Object.keys(second.clips.clipsOf(plain()))).toEqual(['sorry', 'failed', 'hold', 'filler']);
  });

  test("the engine's own clips are not waited for by an engine that stops before", async () => {
    const { clips, clock, asked } = bench();
    clips.prepare([plain()]);
    await clips.settled();
    await clips.close();
    expect(clock.pending).toBe(0);
    expect(asked).toEqual(['Wait, please.']);
  });
});
