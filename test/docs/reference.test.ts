import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { referencePages } from '../../scripts/reference-pages.ts';
import { readConfig } from '../../src/config.ts';
import { ERRORS } from '../../src/errors.ts';
import { SETTINGS } from '../../src/settings.ts';

/** The first cell of every row of a page's tables, without its quotes. */
function firstCells(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^\| `([^`]+)` +\|/gm)].map(([, cell = '']) => cell);
}

describe('docs/reference', () => {
  test('docs/reference is what the code says', async () => {
    for (const [path, text] of await referencePages()) {
      expect(readFileSync(path, 'utf8'), `${path} is old: npm run docs:write`).toBe(text);
    }
  });

  test('config.md and .env.example tell every variable and no other', () => {
    const names = Object.keys(SETTINGS);
    expect(firstCells('docs/reference/config.md')).toEqual(names);
    const example = readFileSync('.env.example', 'utf8');
    expect([...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name)).toEqual(names);
  });

  test('.env.example sets nothing but the defaults', () => {
    expect(readConfig(parseEnv(readFileSync('.env.example', 'utf8')))).toEqual(readConfig({}));
  });

  test('errors.md tells every error and no other', () => {
    expect(firstCells('docs/reference/errors.md')).toEqual(Object.keys(ERRORS));
  });

  test('rest.md tells the routes that others depend on', () => {
    expect(firstCells('docs/reference/rest.md')).toEqual(
      expect.arrayContaining([
        'POST /twilio/voice',
        'POST /twilio/after-stream',
        'POST /twilio/status',
        'POST /twilio/dial-result',
        'POST /twilio/recording',
        'GET /healthz',
        'GET /readyz',
        'GET /metrics',
        'GET /api/calls',
        'POST /api/calls',
        'GET /api/calls/:callSid',
        'GET /api/calls/:callSid/transcript',
        'GET /api/calls/:callSid/events',
        'POST /api/calls/:callSid/hangup',
        'POST /api/calls/:callSid/transfer',
        'POST /api/calls/:callSid/say',
        'POST /api/calls/:callSid/whisper',
        'POST /api/calls/:callSid/mute',
        'GET /api/leads',
        'GET /api/bookings',
        'GET /api/messages',
        'GET /api/agents',
        'PUT /api/agents/:id',
      ]),
    );
  });

  test('agent-profile.md tells nested fields and gives each a meaning', () => {
    const rows = readFileSync('docs/reference/agent-profile.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
    expect(rows.map(([, field]) => field)).toEqual(
      expect.arrayContaining(['`id`', '`business.name`', '`limits.idleMs`', '`turnDetection.threshold`']),
    );
    expect(rows.filter((cells) => cells[4] === '')).toEqual([]);
  });
});
