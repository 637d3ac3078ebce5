import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { FullRow } from '../../src/protocol/console-calls.ts';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { placeCall } from '../../src/simulator/carrier/place-call.ts';
import { browserPath, buildConsole, openBrowser, openConsole, seriousFindings } from '../support/browser.ts';
import { askEngine, consoleEngine } from '../support/console-engine.ts';

/** One call in real time, and a page that is built before it. */
const PATIENCE_MS = 60_000;
const NUMBER = '+12025550188';

describe.skipIf(browserPath() === undefined)('a recorded call', () => {
  let engine: Awaited<ReturnType<typeof consoleEngine>>;
  let folder: string;
  let browser: Browser;
  let callSid: string;

  beforeAll(async () => {
    [engine, folder, browser] = await Promise.all([consoleEngine(), buildConsole(), openBrowser()]);
    const profile = { id: 'taped', phoneNumbers: [NUMBER], business: { name: 'Acme' }, recording: true };
    const saved = await fetch(`${engine.url}/api/agents/taped`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(profile),
    });
    expect(saved.status).toBe(200);
    const voice = new CallerVoice();
    const placed = placeCall({
      ...{ url: engine.url, to: NUMBER, from: '+12025550147', voice, clock: systemClock },
      tell: () => undefined,
    });
    ({ callSid } = placed);
    const rows = () =>
      askEngine<FullRow[]>(engine, `/api/calls/${callSid}/events?bodies=full`).catch(() => []);
    const until = (isThere: (events: string[]) => boolean) =>
      vi.waitUntil(async () => isThere((await rows()).map(({ event }) => event)), {
        timeout: 30_000,
        interval: 100,
      });
    await until((events) => events.includes('recording.began'));
    void voice.say(readFileSync('assets/recordings/go-forward.ulaw'));
    await until((events) => events.includes('caller.said'));
    await until((events) => events.filter((event) => event === 'agent.said').length > 1);
    placed.hangUp();
    await placed.ended;
    await until((events) => events.includes('recording.ended') && events.includes('call.ended'));
  }, 2 * PATIENCE_MS);

  afterAll(async () => {
    await browser.close();
    await engine.close();
  }, PATIENCE_MS);

  test('a recorded call is answered whole and in parts, with a head that fits', async () => {
    const url = `${engine.url}/api/calls/${callSid}/recording`;
    const whole = await fetch(url);
    expect(whole.headers.get('content-type')).toBe('audio/wav');
    const wav = Buffer.from(await whole.arrayBuffer());
    expect(wav.readUInt32LE(54)).toBe(wav.length - 58);
    const part = await fetch(url, { headers: { Range: 'bytes=100-199' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 100-199/${String(wav.length)}`);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(wav.subarray(100, 200));
    const none = await fetch(`${engine.url}/api/calls/CA${'0'.repeat(32)}/recording`);
    expect(none.status).toBe(404);
  });

  test(
    'a recorded call is heard in step with its log, and the log takes it along',
    { timeout: PATIENCE_MS },
    async () => {
      const { page, complaints } = await openConsole(browser, {
        url: engine.url,
        path: `/calls/${callSid}`,
        folder,
      });
      const strip = page.getByRole('group', { name: 'Recording' });
      const heard = strip.getByRole('slider', { name: 'Place in the recording' });
      const place = page.getByRole('slider', { name: 'Place in the call' });
      await heard.waitFor();
      expect(await strip.getByRole('img').count()).toBe(2);
      expect(await strip.locator('path').first().getAttribute('d')).toMatch(/^M0 0L/);

      expect(await seriousFindings(page)).toEqual([]);

      await heard.focus();
      await page.keyboard.press('Home');
      const before = await place.inputValue();
      await strip.getByRole('button', { name: 'Listen to the recording' }).click();
      await expect
        .poll(async () => Number(await heard.inputValue()), { timeout: 15_000 })
        .toBeGreaterThan(1500);
      await expect
        .poll(async () => Number(await place.inputValue()), { timeout: 15_000 })
        .toBeGreaterThan(Number(before));
      await strip.getByRole('button', { name: 'Pause the recording' }).click();

      // The other way round: the end of the log is the end of the recording.
      await place.focus();
      await page.getByRole('listbox', { name: 'Rows of the log' }).focus();
      await page.keyboard.press('Home');
      expect(Number(await heard.inputValue())).toBe(0);
      expect(complaints).toEqual([]);
    },
  );

  test(
    'a recorded call takes its recording along when the caller is erased',
    { timeout: PATIENCE_MS },
    async () => {
      const erased = await fetch(`${engine.url}/api/callers/${encodeURIComponent('+12025550147')}`, {
        method: 'DELETE',
      });
      expect(erased.status).toBe(204);
      expect((await fetch(`${engine.url}/api/calls/${callSid}/recording`)).status).toBe(404);
    },
  );
});
