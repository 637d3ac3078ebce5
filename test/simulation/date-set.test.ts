import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { placeCall } from '../../src/simulator/carrier/place-call.ts';
import { temporaryFolder } from '../support/journal.ts';
import { startLawfulEngine } from '../support/laws/lawful-engine.ts';

const DAY_MS = 86_400_000;

test.each([
  ['ahead', DAY_MS],
  ['back', -DAY_MS],
])(
  'a call that is on the line while the date is set a day %s lasts as long as it lasted',
  async (_where, byMs) => {
    const settings = { PORT: '0', DATABASE_URL: `file:${join(temporaryFolder(), 'calls.sqlite')}` };
    const engine = await startLawfulEngine(readConfig({ ...settings, LOG_LEVEL: 'fatal', DRAIN_MS: '0' }));
    onTestFinished(() => engine.close());
    const now = Date.now.bind(Date);
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    const placedAt = performance.now();
    const call = placeCall({
      url: engine.url,
      to: '+12025550100',
      from: '+12025550123',
      voice: new CallerVoice(),
      tell: ({ type }) => {
        if (type !== 'agent.audible') return;
        // For everything in this process.
        vi.spyOn(Date, 'now').mockImplementation(() => now() + byMs);
        call.hangUp();
      },
    });
    await call.ended;
    await vi.waitFor(async () => {
      const response = await fetch(`${engine.url}/api/calls/${call.callSid}`);
      const { state, durationMs } = (await response.json()) as { state: string; durationMs: number };
      expect(state).toBe('ended');
      expect(durationMs).toBeGreaterThanOrEqual(0);
      expect(durationMs).toBeLessThanOrEqual(performance.now() - placedAt);
    });
    const events = await fetch(`${engine.url}/api/calls/${call.callSid}/events`);
    const rows = (await events.json()) as { at: string }[];
    expect(rows.length).toBeGreaterThan(5);
    const times = rows.map(({ at }) => Date.parse(at));
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(DAY_MS / 2);
  },
);
