import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { placeCall } from '../../src/simulator/carrier/place-call.ts';
import { startEngineProcess } from '../support/engine-process.ts';
import { farEnd, json } from '../support/far-end.ts';
import { loopbackCertificate } from '../support/loopback-certificate.ts';
import { shopProgram } from '../support/mcp-far-end.ts';
import { toolCallingModel } from '../support/tool-calling-model.ts';
import { toolFolder } from '../support/tool-folder.ts';

/** A process that loads TypeScript, real sockets, real time. */
const PATIENCE_MS = 60_000;

const SEATS = `
  import { defineTool, done, z } from 'callchart/tool';
  const free: Record<string, number> = { patio: 4 };
  export default defineTool({
    name: 'free_seats',
    description: 'Say how many seats are free.',
    policy: { kind: 'reads' },
    args: z.strictObject({ room: z.string() }),
    run: ({ room }, { call }) => done({ seats: free[room] ?? 0, business: call.profile.business.name }),
  });`;

function profileFolder(profile: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'callchart-agents-'));
  writeFileSync(join(folder, 'default.json'), JSON.stringify(profile));
  return folder;
}

const dataFolder = () => `file:${join(mkdtempSync(join(tmpdir(), 'callchart-data-')), 'calls.sqlite')}`;

describe("a business's own tools, in a call", () => {
  test(
    "a business's own tools are called in a call, and heard by the model: one from a file, a webhook and one of an MCP server",
    async () => {
      const certificate = loopbackCertificate();
      const shop = await farEnd(certificate);
      shop.answers(json({ status: 'shipped' }));
      const model = await toolCallingModel();
      const pidFile = join(mkdtempSync(join(tmpdir(), 'callchart-mcp-')), 'pid');
      const tools = ['free_seats', 'order_status', 'shop_find_customer', 'end_call'];
      const engine = await startEngineProcess({
        OPENAI_REALTIME_URL: model.url,
        OPENAI_API_KEY: 'any',
        DATABASE_URL: dataFolder(),
        TOOLS_DIR: toolFolder({ 'seats.ts': SEATS }),
        TOOLS_ALLOW_HOSTS: shop.host,
        TOOL_SHOP_SECRET: 'sesame',
        TOOLS_SECRET_HOSTS: `TOOL_SHOP_SECRET=${shop.host}`,
        NODE_EXTRA_CA_CERTS: certificate.certFile,
        AGENTS_DIR: profileFolder({
          id: 'default',
          business: { name: 'Acme' },
          tools,
          webhooks: [
            {
              name: 'order_status',
              description: 'Look up an order.',
              url: `${shop.url}/orders`,
              arguments: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
              policy: { kind: 'reads' },
              secret: 'TOOL_SHOP_SECRET',
            },
          ],
          mcpServers: [shopProgram(pidFile)],
        }),
      });
      if (!('url' in engine)) throw new Error(`the engine did not start: ${engine.stderr}`);

      let isGreeted = false;
      const call = placeCall({
        url: engine.url,
        to: '+12025550100',
        from: '+12025550123',
        voice: new CallerVoice(),
        tell: ({ type }) => {
          if (type !== 'agent.quiet') return;
          if (isGreeted) call.hangUp();
          else {
            isGreeted = true;
            model.sessions[0]?.calls(
              { name: 'free_seats', args: { room: 'patio' } },
              { name: 'order_status', args: { order: '42' } },
              { name: 'shop_find_customer', args: { name: 'Ann' } },
            );
          }
        },
      });
      await call.ended;

      expect(model.sessions.map((session) => session.tools)).toEqual([tools]);
      const heard = Object.fromEntries(
        model.sessions[0]?.outputs.map(({ callId, output }) => [callId, JSON.parse(output) as unknown]) ?? [],
      );
      expect(heard).toEqual({
        free_seats: { status: 'ok', result: { seats: 4, business: 'Acme' } },
        order_status: { status: 'ok', result: { status: 'shipped' } },
        shop_find_customer: { status: 'ok', result: { name: 'Ann', points: 120 } },
      });
      expect(shop.got.map(({ path }) => path)).toEqual(['/orders']);
      expect(shop.got[0]?.headers).toHaveProperty('webhook-signature');
      expect(JSON.parse(shop.got[0]?.body ?? '')).toMatchObject({
        arguments: { order: '42' },
        call: { callSid: call.callSid, caller: '+12025550123' },
      });

      const pid = Number(readFileSync(pidFile, 'utf8'));
      expect(() => process.kill(pid, 0)).not.toThrow();
      expect(await engine.stop()).toBe(0);
      await vi.waitFor(() => {
        expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
      });
      await model.close();
      await shop.close();
    },
    PATIENCE_MS,
  );
});

describe('the start', () => {
  test(
    'the start of the engine is stopped by tools that do not load, with the path and the reason of each',
    async () => {
      const folder = toolFolder({
        'bad.js': 'export default {',
        'wrong.js': 'export default 1;',
        'fine.ts': SEATS,
      });
      mkdirSync(join(folder, 'shared'));
      const start = await startEngineProcess({ DATABASE_URL: dataFolder(), TOOLS_DIR: folder });
      expect(start).toMatchObject({ code: 1 });
      const { stderr } = start as { stderr: string };
      expect(stderr).toContain(`${join(folder, 'bad.js')}: `);
      expect(stderr).toContain(
        `${join(folder, 'wrong.js')}: its default export is not what defineTool returns`,
      );
      expect(stderr).not.toContain('fine.ts');
    },
    PATIENCE_MS,
  );

  test(
    'the start of the engine is stopped by a profile whose tools do not exist, with its path and every problem',
    async () => {
      const folder = profileFolder({
        id: 'default',
        business: { name: 'Acme' },
        tools: ['fly', 'order_status'],
        webhooks: [
          {
            name: 'order_status',
            description: 'Look up an order.',
            url: 'https://169.254.169.254/',
            secret: 'TOOL_ABSENT',
          },
        ],
      });
      const start = await startEngineProcess({ DATABASE_URL: dataFolder(), AGENTS_DIR: folder });
      expect(start).toMatchObject({ code: 1 });
      const { stderr } = start as { stderr: string };
      expect(stderr).toMatch(/default\.json:\d+:\d+ tools\.0: there is no tool "fly"/);
    },
    PATIENCE_MS,
  );
});
