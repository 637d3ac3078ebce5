import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { commandLine, runCommandLine } from '../../../src/cli/command-line.ts';
import { toolFolder } from '../../support/tool-folder.ts';

/** `callchart tool try`: one tool, as a call would run it. */

const PATIENCE_MS = 60_000;
let printed: string[];
let complained: string[];
let shop: Server;
const asked: string[] = [];

/** A shop that knows of one order, and never answers for another. */
function startShop(): Server {
  return createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url?.includes('A-17') !== true) return;
    response.setHeader('content-type', 'application/json').end('{"status":"shipped"}');
  });
}

const profile = (port: number) => ({
  id: 'default',
  business: {
    name: 'Acme',
    hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }],
  },
  tools: ['check_availability', 'book_appointment', 'end_call', 'order_status'],
  // Whoever is asked to read details back in a call is not asked here.
  readBack: 'required',
  limits: { toolTimeoutMs: 1000 },
  webhooks: [
    {
      name: 'order_status',
      description: 'Look up an order.',
      url: `http://127.0.0.1:${String(port)}/orders`,
      method: 'GET',
      arguments: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
    },
  ],
});

/** Some day from Monday to Friday, a few days from now: far ahead nothing can be booked. */
function workingDay(): string {
  const day = new Date(Date.now() + 3 * 86_400_000);
  while (day.getUTCDay() % 6 === 0) day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}

const SEATS = `
  import { defineTool, done, z } from 'callchart/tool';
  export default defineTool({
    name: 'free_seats',
    description: 'Say how many seats are free.',
    policy: { kind: 'reads' },
    args: z.strictObject({ room: z.string() }),
    run: ({ room }, { call }) => done({ room, caller: call.from, business: call.profile.business.name }),
  });`;

beforeEach(async () => {
  [printed, complained] = [[], []];
  asked.length = 0;
  shop = startShop();
  shop.listen(0, '127.0.0.1');
  await once(shop, 'listening');
  const { port } = shop.address() as AddressInfo;
  const agents = mkdtempSync(join(tmpdir(), 'callchart-agents-'));
  writeFileSync(join(agents, 'default.json'), JSON.stringify(profile(port)));
  vi.stubEnv('AGENTS_DIR', agents);
  vi.stubEnv('TOOLS_ALLOW_HOSTS', '127.0.0.1');
});

afterEach(() => {
  vi.unstubAllEnvs();
  shop.closeAllConnections();
  shop.close();
});

function run(...words: string[]): Promise<number> {
  const terminal = {
    hasColours: false,
    print: (line: string) => printed.push(line),
    complain: (line: string) => complained.push(line),
  };
  return runCommandLine(commandLine(terminal), ['node', 'callchart', 'tool', 'try', ...words], terminal);
}

describe('callchart tool try', () => {
  test(
    'callchart tool try prints what the model would be given, how long it took, and that nothing was kept',
    async () => {
      const args = JSON.stringify({ name: 'Eve', service: 'Advice', date: workingDay(), time: '10:00' });
      expect(await run('book_appointment', args)).toBe(0);
      expect(printed).toHaveLength(1);
      expect(JSON.parse(printed[0] ?? '')).toMatchObject({ status: 'ok', result: { service: 'Advice' } });
      expect(complained).toEqual([
        expect.stringMatching(/^ok, after \d+ ms$/),
        expect.stringContaining('nothing that the engine’s own tools do here is kept or sent'),
      ]);
      // Nor is it there the next time: the diary is empty again.
      expect(await run('book_appointment', args)).toBe(0);
    },
    PATIENCE_MS,
  );

  test(
    'callchart tool try really asks a webhook, and gives up when the time of a call is over',
    async () => {
      expect(await run('order_status', '{"order":"A-17"}')).toBe(0);
      expect(printed).toEqual(['{"status":"ok","result":{"status":"shipped"}}']);
      expect(complained).toEqual([expect.stringMatching(/^ok, after/)]);
      expect(asked).toEqual(['/orders?order=A-17']);

      expect(await run('order_status', '{"order":"B"}')).toBe(1);
      expect(complained.at(-1)).toMatch(/^callchart: order_status: TOOL_TIMEOUT: No answer came in time/);
    },
    PATIENCE_MS,
  );

  test(
    'callchart tool try says which argument is wrong, in the words that the model would read',
    async () => {
      expect(await run('order_status')).toBe(1);
      expect(printed[0]).toContain('"error":"TOOL_ARGUMENTS"');
      expect(complained.at(-1)).toMatch(/^callchart: order_status: TOOL_ARGUMENTS: order: /);
      expect(asked).toEqual([]);
    },
    PATIENCE_MS,
  );

  test.each([
    [
      ['nothing', '{}'],
      'the agent default has no tool nothing; it has check_availability, book_appointment, end_call, order_status',
    ],
    [['end_call', '{}', '--agent', 'bob'], 'no agent bob; the agents are default'],
    [['end_call', '{"reason":}'], 'the arguments are not JSON at character 11: found }'],
    [['end_call', '{"reason"'], 'the arguments are not JSON at character 10: the text ends'],
  ])(
    'callchart tool try answers %j with exit code 2 and what is there',
    async (words, message) => {
      expect(await run(...words)).toBe(2);
      expect(complained).toEqual([`callchart: ${message}`]);
      expect(printed).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    'callchart tool try runs a tool of a file, in a process as an operator has it',
    async () => {
      const agents = mkdtempSync(join(tmpdir(), 'callchart-agents-'));
      const own = { id: 'default', business: { name: 'Acme' }, tools: ['free_seats'] };
      writeFileSync(join(agents, 'default.json'), JSON.stringify(own));
      const words = ['tool', 'try', 'free_seats', '{"room":"patio"}', '--from', '+12025550177'];
      const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...words], {
        env: {
          PATH: process.env['PATH'] ?? '',
          AGENTS_DIR: agents,
          TOOLS_DIR: toolFolder({ 'seats.ts': SEATS }),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let out = '';
      child.stdout.on('data', (part: Buffer) => (out += part.toString()));
      const [code] = (await once(child, 'close')) as [number];
      expect(code).toBe(0);
      expect(JSON.parse(out)).toEqual({
        status: 'ok',
        result: { room: 'patio', caller: '+12025550177', business: 'Acme' },
      });
    },
    PATIENCE_MS,
  );
});
