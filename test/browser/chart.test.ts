import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Analytics } from '../../src/protocol/console-analytics.ts';
import type { ChartPicture } from '../../src/protocol/console-chart.ts';
import type { RunningEngine } from '../../src/server.ts';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { placeCall } from '../../src/simulator/carrier/place-call.ts';
import { browserPath, buildConsole, openBrowser, openConsole, seriousFindings } from '../support/browser.ts';
import { askEngine, consoleEngine } from '../support/console-engine.ts';

/** Two calls in real time, each as long as its greeting, and a page that is built. */
const PATIENCE_MS = 120_000;
const CALLS = 2;

/** From all of the chart to where its lines have words. */
const STEPS_NEARER = 9;

let engine: RunningEngine;
let folder: string;
let browser: Browser;
let analytics: Analytics;
let chart: ChartPicture;
let callSids: string[];

/** How far, in px, the ends of a line are from each other. */
function reachOf({ points: [from, ...way] }: ChartPicture['lines'][number]): number {
  const to = way.at(-1);
  return from === undefined || to === undefined ? 0 : Math.hypot(to.x - from.x, to.y - from.y);
}

/** Listens to the greeting and hangs up. */
async function shortCall(from: string): Promise<string> {
  const call = placeCall({
    url: engine.url,
    to: '+12025550100',
    from,
    voice: new CallerVoice(),
    clock: systemClock,
    tell: ({ type }) => {
      if (type === 'agent.quiet') call.hangUp();
    },
  });
  await call.ended;
  return call.callSid;
}

describe.skipIf(browserPath() === undefined)('the chart over all calls', () => {
  beforeAll(async () => {
    [engine, folder, browser] = await Promise.all([consoleEngine(), buildConsole(), openBrowser()]);
    callSids = await Promise.all(
      Array.from({ length: CALLS }, (_, i) => shortCall(`+1202555019${String(i)}`)),
    );
    // Calls are counted some moments after they have ended.
    analytics = await vi.waitFor(
      async () => {
        const counted = await askEngine<Analytics>(engine, '/api/analytics');
        expect(counted.calls).toBe(CALLS);
        return counted;
      },
      { timeout: 20_000 },
    );
    chart = await askEngine(engine, '/api/charts/call');
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser.close();
    await engine.close();
  }, PATIENCE_MS);

  test('the chart over all calls counts what every call takes by itself', () => {
    const counts = new Map(analytics.transitions.map(({ id, count }) => [id, count]));
    expect(counts.get('call:call.alive.floor.connecting|always|1')).toBe(CALLS);
    expect(counts.get('call:call.alive.floor.ending.settling|always|0')).toBe(CALLS);
  });

  test.each(['light', 'dark'] as const)(
    'the chart over all calls shows the numbers that the API tells, for everybody to use, %s',
    async (colorScheme) => {
      const { page, complaints, close } = await openConsole(browser, {
        url: engine.url,
        path: '/chart',
        folder,
        colorScheme,
      });
      const total = (name: string) =>
        page.locator('.total', { hasText: name }).locator('.total-figure').textContent();
      await page.getByText('Ended calls').waitFor();
      expect(await total('Ended calls')).toBe(String(analytics.calls));
      expect(await total('Barge-ins')).toBe(String(analytics.bargeIns.total));

      const ends = page.getByRole('region', { name: 'How calls ended' });
      expect(analytics.endReasons).toEqual([{ reason: 'caller_hung_up', count: CALLS }]);
      expect(await ends.getByRole('row', { name: 'caller hung up' }).textContent()).toContain(String(CALLS));

      const states = page.getByRole('region', { name: 'Time in each state' });
      const visited = analytics.states.filter(({ visits }) => visits > 0);
      expect(await states.locator('tbody tr').count()).toBe(visited.length);

      await page.getByText('As a table').click();
      const days = page.getByRole('region', { name: 'Calls a day' }).locator('tbody tr');
      expect(await days.count()).toBe(analytics.perDay.length);

      const usage = page.getByRole('region', { name: 'What the model counted' });
      expect(await usage.getByRole('row', { name: 'Audio out' }).textContent()).toContain(
        new Intl.NumberFormat('en-GB').format(analytics.usage.outputAudioTokens),
      );
      expect(await seriousFindings(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await close();
    },
    PATIENCE_MS,
  );

  test(
    'the chart over all calls leads from a transition to the calls that took it, and from there to a call',
    async () => {
      const { page, close } = await openConsole(browser, { url: engine.url, path: '/chart', folder });
      const taken = new Set(analytics.transitions.map(({ id }) => id));
      const never = chart.edges.filter(({ id }) => !taken.has(id));
      await page
        .getByText(`${String(chart.edges.length - never.length)} of ${String(chart.edges.length)} taken`)
        .waitFor();
      await page.locator('.chip', { hasText: 'Never taken' }).click();
      expect(await page.locator('.transition').count()).toBe(never.length);
      await page.locator('.chip', { hasText: 'Never taken' }).click();

      await page
        .getByRole('button', { name: /phone\.attached/ })
        .first()
        .click();
      const calls = page.getByRole('region', { name: 'Calls that took the transition' }).getByRole('link');
      await expect.poll(() => calls.count()).toBe(CALLS);
      expect(new URL(page.url()).searchParams.get('transition')).toContain('phone.attached');
      await calls.first().click();
      await page.waitForURL(/\/calls\/CA/);
      await close();
    },
    PATIENCE_MS,
  );

  test(
    'the chart over all calls shows a line of the map as thick as it is taken, and lets it be chosen',
    async () => {
      const { page, close } = await openConsole(browser, { url: engine.url, path: '/chart', folder });
      const isTaken = (ids: readonly string[]) =>
        ids.some((id) => analytics.transitions.some((each) => each.id === id));
      const lines = page.locator('.chart-line');
      await lines.first().waitFor();
      expect(await lines.count()).toBe(chart.overview.lines.length);
      await page.getByRole('radio', { name: 'Every state' }).click();
      await expect.poll(() => lines.count()).toBe(chart.lines.length);

      const widths = await lines.evaluateAll((all) =>
        all.map((line) =>
          Number(
            (line as unknown as { style: { getPropertyValue(name: string): string } }).style
              .getPropertyValue('--width')
              .replace('px', ''),
          ),
        ),
      );
      expect(Math.max(...widths)).toBe(9);
      const never = chart.lines.filter(({ edges }) => edges.length > 0 && !isTaken(edges));
      expect(await page.locator('.chart-line[data-faint]').count()).toBe(never.length);

      const at = chart.lines.findIndex(({ edges }) => edges.filter((id) => isTaken([id])).length === 1);
      await lines.nth(at).locator('.chart-grip').dispatchEvent('click');
      await page.getByRole('region', { name: 'Calls that took the transition' }).waitFor();
      await close();
    },
    PATIENCE_MS,
  );

  test(
    'the chart over all calls has few words from afar, near by all of them, and names what is out of sight',
    async () => {
      const { page, close } = await openConsole(browser, { url: engine.url, path: '/chart', folder });
      await page.getByRole('radio', { name: 'Every state' }).click();
      const drawing = page.locator('.chart-drawing');
      await expect.poll(() => drawing.getAttribute('data-distance')).toBe('far');
      expect(await page.locator('.chart-label').first().isVisible()).toBe(false);
      expect(await page.locator('.chart-map').count()).toBe(0);

      for (let step = 0; step < STEPS_NEARER; step++) {
        await page.getByRole('button', { name: 'Larger' }).click();
      }
      await expect.poll(() => drawing.getAttribute('data-distance')).toBe('near');
      const wide = await page.evaluate<string[]>(`[...document.querySelectorAll('.chart-words')]
        .filter((words) => {
          const [ground, text] = [...words.children].map((part) => part.getBBox().width);
          return text > ground;
        })
        .map((words) => words.textContent)`);
      expect(wide).toEqual([]);

      // Where the line with the furthest ends begins, its other end is out of sight.
      const [begin] = chart.lines.toSorted((one, other) => reachOf(other) - reachOf(one))[0]?.points ?? [];
      const map = page.getByRole('img', { name: /The whole drawing/ });
      const { width = 0 } = (await map.boundingBox()) ?? {};
      const scale = width / chart.width;
      await map.click({ position: { x: (begin?.x ?? 0) * scale, y: (begin?.y ?? 0) * scale } });
      const names = page.locator('.chart-neighbour');
      await names.first().waitFor({ state: 'attached' });
      const before = await drawing.getAttribute('style');
      const path = (await names.first().getAttribute('title')) ?? '';
      // Some lie behind what else stands at the edges of the pane.
      await names.first().dispatchEvent('click');
      await expect.poll(() => drawing.getAttribute('style')).not.toBe(before);
      const [state, pane] = await Promise.all([
        page.locator(`[data-path="${path}"]`).boundingBox(),
        page.locator('.chart-pane').boundingBox(),
      ]);
      expect(state?.y).toBeLessThan((pane?.y ?? 0) + (pane?.height ?? 0));
      expect((state?.y ?? 0) + (state?.height ?? 0)).toBeGreaterThan(pane?.y ?? 0);
      await close();
    },
    PATIENCE_MS,
  );

  test(
    'the chart over all calls lights the line from the frame on a hang-up, and leads from it to the row',
    async () => {
      const [callSid = ''] = callSids;
      const { page, close } = await openConsole(browser, {
        url: engine.url,
        path: `/calls/${callSid}`,
        folder,
      });
      const at = chart.overview.lines.findIndex(({ edges }) =>
        edges.includes('call:call.alive.floor|phone.stopped|0'),
      );
      const line = page.locator('.chart-line').nth(at);
      await line.locator('.chart-grip').dispatchEvent('click');
      const panel = page.getByRole('region', { name: 'Line of the chart' });
      expect(await panel.getByRole('heading', { name: 'anywhere → ending' }).count()).toBe(1);
      expect(await line.getAttribute('data-walked')).toBe('true');
      await panel.getByRole('button', { name: /phone\.stopped/ }).click();
      await page.locator('.chart-taken-name', { hasText: 'phone.stopped' }).waitFor();
      await close();
    },
    PATIENCE_MS,
  );

  test(
    'the chart over all calls asks for the period and the agent that were chosen, and for none that cannot be',
    async () => {
      const { page, close } = await openConsole(browser, {
        url: engine.url,
        path: '/chart?from=2020-01-01&to=2020-01-31&agent=plumber',
        folder,
      });
      await expect.poll(() => page.locator('.total-figure').first().textContent()).toBe('0');
      await page.getByText('No call has ended in this period.').first().waitFor();
      await page.getByLabel('From').fill('2020-02-01');
      await page.getByRole('alert').getByText('The first day is after the last.').waitFor();
      await page.getByRole('button', { name: 'All time' }).click();
      await page.getByRole('button', { name: /Copperline/ }).click();
      await page.getByRole('option', { name: 'All agents' }).click();
      await expect.poll(() => page.locator('.total-figure').first().textContent()).toBe(String(CALLS));
      await close();
    },
    PATIENCE_MS,
  );
});
