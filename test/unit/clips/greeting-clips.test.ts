import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { greetingOf } from '../../../src/protocol/profile-sentences.ts';
import { ClipFiles } from '../../../src/services/clip-files.ts';
import { GreetingClips } from '../../../src/services/greeting-clips.ts';
import { temporaryFolder } from '../../support/journal.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const agent = (more: Record<string, unknown> = {}) =>
  AgentProfile.parse({ id: 'acme', business: { name: 'Acme' }, greetingMode: 'clip', ...more });

/** Clips whose model is the test: it says what it is told to, or fails. */
function bench({ folder, model = 'the model' }: { folder?: string; model?: string } = {}) {
  const clock = new VirtualClock();
  const log = new KeptLog();
  const asked: string[] = [];
  const speech = { failing: false, pending: false };
  const clips = new GreetingClips({
    files: folder === undefined ? undefined : new ClipFiles(folder),
    speak: (profile, signal) => {
      asked.push(greetingOf(profile));
      if (speech.failing) return Promise.reject(new EngineError('RESPONSE_FAILED'));
      if (!speech.pending) return Promise.resolve(Buffer.from(greetingOf(profile)));
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
  test('are rendered in the background, once for each text and voice, and only where the profile wants one', async () => {
    const { clips, asked } = bench();
    const profiles = [
      agent(),
      agent({ id: 'twin' }),
      agent({ id: 'low', voice: 'cedar' }),
      agent({ id: 'live', greeting: 'Hello!', greetingMode: 'model' }),
    ];
    clips.prepare(profiles);
    expect(clips.clipOf(agent())).toBeUndefined();
    await clips.settled();
    expect(asked).toEqual([greetingOf(agent()), greetingOf(agent())]);
    expect(clips.clipOf(agent())?.toString()).toBe(greetingOf(agent()));
    clips.prepare(profiles);
    await clips.settled();
    expect(asked).toHaveLength(2);
  });

  test('are taken from disk by the next process, and by another model rendered anew', async () => {
    const folder = temporaryFolder();
    const first = bench({ folder });
    first.clips.prepare([agent()]);
    await first.clips.settled();
    const second = bench({ folder });
    second.clips.prepare([agent()]);
    await second.clips.settled();
    expect(second.asked).toEqual([]);
    expect(second.clips.clipOf(agent())).toEqual(first.clips.clipOf(agent()));
    const other = bench({ folder, model: 'another model' });
    other.clips.prepare([agent()]);
    await other.clips.settled();
    expect(other.asked).toHaveLength(1);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test('are rendered again when their file is spoilt', async () => {
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

  test('follow a profile that is saved, also while another is being rendered', async () => {
    const { clips, asked } = bench();
    clips.prepare([agent({ greeting: 'First.' })]);
    clips.prepare([agent({ greeting: 'Second.' })]);
    await clips.settled();
    expect(clips.clipOf(agent({ greeting: 'Second.' }))?.toString()).toBe('Second.');
    clips.prepare([agent({ greeting: 'Third.' })]);
    await clips.settled();
    expect(clips.clipOf(agent({ greeting: 'Second.' }))).toBeUndefined();
    expect(asked.at(-1)).toBe('Third.');
  });

  test('are tried five times, further and further apart, with no word of the greeting in the log', async () => {
    const { clips, clock, asked, speech, log } = bench();
    speech.failing = true;
    clips.prepare([agent()]);
    await clock.run(0);
    expect(asked).toHaveLength(1);
    await clock.run(29_999);
    expect(asked).toHaveLength(1);
    await clock.run(1);
    expect(asked).toHaveLength(2);
    await clock.run(86_400_000);
    expect(asked).toHaveLength(5);
    expect(clock.pending).toBe(0);
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(5);
    expect(JSON.stringify(log.lines)).not.toContain('help you');
    speech.failing = false;
    clips.prepare([agent()]);
    await clips.settled();
    expect(clips.clipOf(agent())).toBeDefined();
  });

  test('that cannot be kept are played all the same', async () => {
    const folder = join(temporaryFolder(), 'file');
    writeFileSync(folder, '');
    const { clips, log } = bench({ folder });
    clips.prepare([agent()]);
    await clips.settled();
    expect(clips.clipOf(agent())).toBeDefined();
    expect(log.lines.some(({ level }) => level === 'warn')).toBe(true);
  });

  test('do not keep the engine from stopping', async () => {
    const { clips, clock, speech } = bench();
    speech.pending = true;
    clips.prepare([agent()]);
    await clock.run(0);
    await clips.close();
    expect(clock.pending).toBe(0);
  });
});
