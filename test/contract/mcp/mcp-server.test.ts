import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { createProfileTools, type ProfileTools } from '../../../src/services/tools/outward/profile-tools.ts';
import { ToolSecrets } from '../../../src/services/tools/outward/tool-secrets.ts';
import { farEnd, json } from '../../support/far-end.ts';
import { type ShopCall, shopOverHttp, shopProgram } from '../../support/mcp-far-end.ts';
import { callOf, keptLog, profileOf, read, toolBench } from '../../support/tool-call.ts';

const CANARY = 'Ann Lee';
const SECRETS = new Map([
  ['TOOL_SHOP_KEY', 'key-of-the-shop'],
  ['TOOL_UNBOUND', 'key-of-nowhere'],
]);
const PATIENCE = { timeout: 8000, interval: 20 };

const toClose: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

function toolsWith(allowHosts: readonly string[] = []): {
  tools: ProfileTools;
  log: ReturnType<typeof keptLog>;
} {
  const log = keptLog();
  const tools = createProfileTools({
    allowHosts,
    secrets: new ToolSecrets(SECRETS, new Map([['TOOL_SHOP_KEY', [...allowHosts, '@program']]])),
    clock: systemClock,
    log,
  });
  toClose.push(() => tools.close());
  return { tools, log };
}

const NAMES = [
  'find_customer',
  'add_points',
  'wait',
  'die',
  'environment',
  'long_story',
  'picture',
  'refuse',
];
const SHOP_TOOLS = NAMES.map((name) => `shop_${name}`);

const profileWith = (server: object, tools: readonly string[] = SHOP_TOOLS): AgentProfile =>
  profileOf({}, { tools, mcpServers: [server] });

/** Asks as the model does, each time in a call of its own. */
function asker(tools: ProfileTools, profile: AgentProfile, log = keptLog()) {
  const bench = toolBench([], { ownToolsOf: (of) => tools.toolsOf(of), log });
  return {
    specs: () => bench.toolbox.specsFor(profile),
    ask: (name: string, args: unknown = {}, signal?: AbortSignal) =>
      bench.ask(callOf({ profile }), name, args, signal === undefined ? {} : { signal }),
  };
}

const problemsOf = async (tools: ProfileTools, profile: AgentProfile) =>
  (await tools.open([profile])).get(profile) ?? [];

/** Both transports, each with what the shop heard where the test can see it. */
const transports: [string, () => Promise<{ server: object; allow: string[]; calls?: ShopCall[] }>][] = [
  [
    'streamable HTTP',
    async () => {
      const shop = await shopOverHttp();
      toClose.push(() => shop.close());
      return { server: { name: 'shop', url: shop.url }, allow: [shop.host], calls: shop.calls };
    },
  ],
  ['stdio', () => Promise.resolve({ server: shopProgram(), allow: [] })],
];

describe.each(transports)('a server over %s', (_transport, start) => {
  test('an MCP server offers the tools that the profile names, in its order, and answers', async () => {
    const { server, allow, calls } = await start();
    const { tools } = toolsWith(allow);
    const profile = profileWith(server);
    expect(await problemsOf(tools, profile)).toEqual([]);
    const { specs, ask } = asker(tools, profile);
    expect(specs().map(({ name }) => name)).toEqual(SHOP_TOOLS);
    expect(specs()[0]).toMatchObject({
      description: 'Find a customer  by name.',
      parameters: { type: 'object', required: ['name'], properties: { name: { maxLength: 50 } } },
    });
    const outcome = await ask('shop_find_customer', { name: CANARY });
    expect(read(outcome)).toEqual({ status: 'ok', result: { name: CANARY, points: 120 } });
    if (calls === undefined) return;
    expect(calls).toEqual([
      {
        name: 'find_customer',
        args: { name: CANARY },
        meta: {
          'callchart/idempotencyKey': expect.stringMatching(/^CA\d+:shop_find_customer:/) as unknown,
          'callchart/callSid': expect.stringMatching(/^CA\d+$/) as unknown,
        },
      },
    ]);
  });

  test('an MCP server is not asked with arguments that its schema does not take', async () => {
    const { server, allow, calls } = await start();
    const { tools } = toolsWith(allow);
    const profile = profileWith(server);
    await tools.open([profile]);
    const answer = read(await asker(tools, profile).ask('shop_find_customer', { name: '' }));
    expect(answer).toMatchObject({ status: 'failed', error: 'TOOL_ARGUMENTS', problems: [{ path: 'name' }] });
    expect(calls ?? []).toEqual([]);
  });

  test('an MCP server is understood whatever it answers: texts, JSON as text, an error, too much', async () => {
    const { server, allow } = await start();
    const { tools } = toolsWith(allow);
    const profile = profileWith({
      ...server,
      policies: { add_points: { kind: 'effect', needsReadBack: false } },
    });
    await tools.open([profile]);
    const { ask } = asker(tools, profile);
    expect(read(await ask('shop_add_points', { points: 3 })).result).toEqual({ added: 3 });
    expect(read(await ask('shop_picture')).result).toEqual({ text: 'a red car\nwith four wheels' });
    expect(read(await ask('shop_refuse'))).toEqual({
      status: 'failed',
      error: 'TOOL_STATUS',
      reason: 'The shop is closed.',
    });
    const long = await ask('shop_long_story');
    expect(Buffer.byteLength(long.output)).toBeLessThanOrEqual(8192);
    expect(read(long).shortened).toEqual(['text']);
  });

  test('an MCP server is told when nobody waits for a request any more', async () => {
    const { server, allow, calls } = await start();
    const { tools } = toolsWith(allow);
    const profile = profileWith(server);
    await tools.open([profile]);
    const abort = new AbortController();
    const asked = asker(tools, profile).ask('shop_wait', {}, abort.signal);
    if (calls !== undefined)
      await vi.waitFor(() => {
        expect(calls.map(({ name }) => name)).toEqual(['wait']);
      }, PATIENCE);
    abort.abort();
    expect((await asked).status).toBe('cancelled');
    if (calls === undefined) return;
    await vi.waitFor(() => {
      expect(calls.map(({ name }) => name)).toEqual(['wait', 'aborted']);
    }, PATIENCE);
  });

  test('an MCP server without a tool that the profile names is a problem of the profile', async () => {
    const { server, allow } = await start();
    const { tools } = toolsWith(allow);
    const profile = profileWith(server, ['shop_find_customer', 'shop_fly']);
    expect(await problemsOf(tools, profile)).toEqual([
      { path: 'tools.1', message: 'the MCP server shop has no tool shop_fly' },
    ]);
  });
});

describe('what a server says of a tool', () => {
  test('what an MCP server says of a tool decides its policy, carefully; the profile has the last word', async () => {
    const { tools } = toolsWith();
    const policies = { close_account: { kind: 'reads' } };
    const profile = profileWith(shopProgram());
    const other = profileWith({ ...shopProgram(), policies });
    await tools.open([profile, other]);
    const policyOf = (of: AgentProfile, name: string) =>
      tools.toolsOf(of).find((tool) => tool.name === `shop_${name}`)?.policy;
    expect(policyOf(profile, 'find_customer')).toMatchObject({ kind: 'reads', needsReadBack: false });
    expect(policyOf(profile, 'add_points')).toMatchObject({
      kind: 'effect',
      needsReadBack: false,
      once: 'arguments',
    });
    expect(policyOf(profile, 'close_account')).toMatchObject({
      kind: 'effect',
      needsReadBack: true,
      outlivesCall: true,
    });
    expect(policyOf(other, 'close_account')).toMatchObject({ kind: 'reads' });
  });

  test('what an MCP server says of a tool is cut to what a session takes as a name', async () => {
    const { tools } = toolsWith();
    const profile = profileWith(shopProgram());
    await tools.open([profile]);
    const names = tools.toolsOf(profile).map(({ name }) => name);
    expect(names.find((name) => name.startsWith('shop_a_name'))).toBe(
      `shop_a_name_that_is_${'very_'.repeat(12)}`.slice(0, 64),
    );
    for (const name of names) expect(name).toMatch(/^[\w-]{1,64}$/);
  });
});

describe('a program', () => {
  test('the program of an MCP server is given the variables that the profile maps, and none of the engine', async () => {
    process.env['ADMIN_TOKEN'] = 'token-of-the-engine';
    toClose.push(() => {
      delete process.env['ADMIN_TOKEN'];
      return Promise.resolve();
    });
    const { tools } = toolsWith();
    const profile = profileWith({ ...shopProgram(), env: { SHOP_KEY: 'TOOL_SHOP_KEY' } });
    await tools.open([profile]);
    const { result } = read(await asker(tools, profile).ask('shop_environment'));
    expect(result).toMatchObject({ key: 'key-of-the-shop' });
    expect(result).not.toHaveProperty('admin');
  });

  test('the program of an MCP server that is not installed is a problem of the profile', async () => {
    const { tools } = toolsWith();
    const profile = profileWith({ name: 'shop', command: '/nowhere/shop' });
    expect(await problemsOf(tools, profile)).toEqual([
      { path: 'mcpServers.0', message: 'its program cannot be started (ENOENT)' },
    ]);
  });

  test('the program of an MCP server that ends at once is down: its last words are in the log, and it is tried again', async () => {
    const { tools, log } = toolsWith();
    const script = 'console.error("no licence"); process.exit(1)';
    const profile = profileWith({ name: 'shop', command: process.execPath, args: ['-e', script] });
    expect(await problemsOf(tools, profile)).toEqual([]);
    expect(tools.toolsOf(profile)).toEqual([]);
    expect(log.lines.join()).toContain('no licence');
    expect(log.lines.join()).toContain('retrying');
  });

  test('the program of an MCP server that dies during a read fails it, and comes back', async () => {
    const { tools, log } = toolsWith();
    const profile = profileWith(shopProgram());
    await tools.open([profile]);
    const { ask, specs } = asker(tools, profile, log);
    expect(read(await ask('shop_die'))).toMatchObject({ status: 'failed', error: 'TOOL_UNREACHABLE' });
    expect(read(await ask('shop_environment'))).toMatchObject({
      status: 'failed',
      error: 'TOOL_UNREACHABLE',
    });
    expect(specs()).toHaveLength(SHOP_TOOLS.length);
    await vi.waitFor(async () => {
      expect((await ask('shop_environment')).status).toBe('ok');
    }, PATIENCE);
  });

  test('the program of an MCP server that dies in the act leaves it uncertain', async () => {
    const { tools } = toolsWith();
    const policies = { die_in_the_act: { kind: 'effect', needsReadBack: false } };
    const profile = profileWith({ ...shopProgram(), policies }, ['shop_die_in_the_act']);
    await tools.open([profile]);
    const answer = read(await asker(tools, profile).ask('shop_die_in_the_act'));
    expect(answer).toMatchObject({ status: 'uncertain', error: 'TOOL_UNREACHABLE' });
  });

  test('the program of an MCP server ends when no profile names it any more, and not before', async () => {
    const pidFile = join(mkdtempSync(join(tmpdir(), 'callchart-mcp-')), 'pid');
    const { tools } = toolsWith();
    const [old, same, without] = [
      profileWith(shopProgram(pidFile)),
      profileWith(shopProgram(pidFile)),
      profileOf(),
    ];
    await tools.open([old]);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    await tools.keepOnly([same, without]);
    expect(() => process.kill(pid, 0)).not.toThrow();
    expect(tools.toolsOf(same).length).toBeGreaterThan(0);
    await tools.keepOnly([without]);
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });

  test('the program of an MCP server that is just being started ends as well', async () => {
    const pidFile = join(mkdtempSync(join(tmpdir(), 'callchart-mcp-')), 'pid');
    const { tools } = toolsWith();
    const opening = tools.open([profileWith(shopProgram(pidFile))]);
    await tools.keepOnly([]);
    await opening;
    expect(() => process.kill(Number(readFileSync(pidFile, 'utf8')), 0)).toThrow(/ESRCH/);
  });

  test('the program of an MCP server ends with the engine, and is not started again', async () => {
    const pidFile = join(mkdtempSync(join(tmpdir(), 'callchart-mcp-')), 'pid');
    const { tools } = toolsWith();
    await tools.open([profileWith(shopProgram(pidFile))]);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(() => process.kill(pid, 0)).not.toThrow();
    await tools.close();
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });

  test('the program of an MCP server is shared by two profiles that describe it alike', async () => {
    const { tools } = toolsWith();
    const [one, other] = [profileWith(shopProgram()), profileWith(shopProgram())];
    await tools.open([one, other]);
    const pidOf = async (profile: AgentProfile) =>
      read(await asker(tools, profile).ask('shop_environment')).result?.['pid'];
    expect(await pidOf(one)).toBe(await pidOf(other));
  });
});

describe('a server over HTTP', () => {
  test('an MCP server over HTTP is sent the bearer token, and its session is ended', async () => {
    const shop = await shopOverHttp();
    toClose.push(() => shop.close());
    const { tools } = toolsWith([shop.host]);
    await tools.open([profileWith({ name: 'shop', url: shop.url, bearer: 'TOOL_SHOP_KEY' })]);
    expect(shop.heads.length).toBeGreaterThan(1);
    for (const head of shop.heads) expect(head.authorization).toBe('Bearer key-of-the-shop');
    expect(shop.sessions.size).toBe(1);
    await tools.close();
    expect(shop.sessions.size).toBe(0);
  });

  test('an MCP server over HTTP has its session ended when no profile names it any more', async () => {
    const [old, next] = [await shopOverHttp(), await shopOverHttp()];
    toClose.push(old.close, next.close);
    const { tools } = toolsWith([old.host, next.host]);
    const replaced = profileWith({ name: 'shop', url: old.url });
    const saved = profileWith({ name: 'shop', url: next.url });
    await tools.open([replaced, saved]);
    expect([old.sessions.size, next.sessions.size]).toEqual([1, 1]);
    await tools.keepOnly([saved]);
    expect([old.sessions.size, next.sessions.size]).toEqual([0, 1]);
    expect(await asker(tools, saved).ask('shop_find_customer', { name: CANARY })).toMatchObject({
      status: 'ok',
    });
  });

  test('an MCP server over HTTP that never ends a line of its events fills no memory', async () => {
    let written = 0;
    const line = 'x'.repeat(65_536);
    const news = (response: ServerResponse) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: ');
      const more = () => {
        do written += line.length;
        while (response.write(line) && written < 268_435_456);
      };
      response.on('drain', more);
      more();
    };
    const shop = await shopOverHttp(0, { news });
    toClose.push(shop.close);
    const { tools } = toolsWith([shop.host]);
    const profile = profileWith({ name: 'shop', url: shop.url });
    await tools.open([profile]);
    await vi.waitFor(() => {
      expect(written).toBeGreaterThan(1_000_000);
    }, PATIENCE);
    // So many answers later its news still wait: they are read at a rate, and the rest stays with it.
    for (let n = 0; n < 100; n++) await asker(tools, profile).ask('shop_find_customer', { name: CANARY });
    expect(written).toBeLessThan(16_777_216);
  }, 20_000);

  test('an MCP server over HTTP that ends its event stream at once is asked again at our pace, not at its own', async () => {
    const asked: number[] = [];
    const news = (response: ServerResponse) => {
      asked.push(performance.now());
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end('retry: 1\n\n');
    };
    const shop = await shopOverHttp(0, { news });
    toClose.push(shop.close);
    const { tools } = toolsWith([shop.host]);
    await tools.open([profileWith({ name: 'shop', url: shop.url })]);
    await vi.waitFor(() => {
      expect(asked.length).toBeGreaterThan(2);
    }, PATIENCE);
    const [first = 0, second = 0, third = 0] = asked;
    expect(second - first).toBeGreaterThan(450);
    expect(third - second).toBeGreaterThan(900);
  });

  test.each<[string, (response: ServerResponse) => unknown]>([
    [
      'no JSON',
      (response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"jsonrpc":'),
    ],
    ['a web page', (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>')],
    [
      'another protocol',
      (response) =>
        response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
    ],
    [
      'far too much',
      (response) =>
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(' '.repeat(5_000_000)),
    ],
    ['a redirect', (response) => response.writeHead(307, { Location: 'https://evil.example.com/' }).end()],
    ['the end', (response) => response.socket?.destroy()],
  ])(
    'an MCP server over HTTP that answers %s to an effect leaves it uncertain, and is not asked again',
    async (_what, call) => {
      let calls = 0;
      const shop = await shopOverHttp(0, {
        call: (response) => {
          calls += 1;
          call(response);
        },
      });
      toClose.push(shop.close);
      const { tools } = toolsWith([shop.host]);
      const policies = { add_points: { kind: 'effect', needsReadBack: false } };
      const profile = profileWith({ name: 'shop', url: shop.url, policies });
      await tools.open([profile]);
      const bench = toolBench([], { ownToolsOf: (of) => tools.toolsOf(of) });
      const caller = callOf({ profile });
      expect(read(await bench.ask(caller, 'shop_add_points', { points: 1 })).status).toBe('uncertain');
      expect(read(await bench.ask(caller, 'shop_add_points', { points: 1 }))).toMatchObject({
        status: 'uncertain',
        repeated: true,
      });
      expect(calls).toBe(1);
    },
  );

  test('an MCP server over HTTP that is down at the start is no problem, has no tools, and has them once it is up', async () => {
    const nobody = await farEnd();
    await nobody.close();
    const { tools, log } = toolsWith([nobody.host]);
    const profile = profileWith({ name: 'shop', url: `${nobody.url}/mcp` });
    expect(await problemsOf(tools, profile)).toEqual([]);
    const { specs, ask } = asker(tools, profile);
    expect(specs()).toEqual([]);
    expect(read(await ask('shop_refuse'))).toMatchObject({ error: 'TOOL_UNKNOWN' });
    expect(log.lines.join()).toContain('MCP server unreachable, retrying');
    const shop = await shopOverHttp(nobody.port);
    toClose.push(() => shop.close());
    await vi.waitFor(() => {
      expect(specs()).toHaveLength(SHOP_TOOLS.length);
    }, PATIENCE);
  });

  test('an MCP server over HTTP that has forgotten the session is given a new one', async () => {
    const shop = await shopOverHttp();
    toClose.push(() => shop.close());
    const { tools } = toolsWith([shop.host]);
    const profile = profileWith({ name: 'shop', url: shop.url });
    await tools.open([profile]);
    shop.sessions.clear();
    const { ask } = asker(tools, profile);
    expect(read(await ask('shop_find_customer', { name: CANARY }))).toMatchObject({
      error: 'TOOL_UNREACHABLE',
    });
    await vi.waitFor(async () => {
      expect((await ask('shop_find_customer', { name: CANARY })).status).toBe('ok');
    }, PATIENCE);
  });

  test('an MCP server over HTTP is asked again what it can do when it says that this has changed', async () => {
    const shop = await shopOverHttp();
    toClose.push(() => shop.close());
    const { tools } = toolsWith([shop.host]);
    const profile = profileWith({ name: 'shop', url: shop.url });
    await tools.open([profile]);
    for (const session of shop.sessions.values()) {
      session.shop.registerTool('fly', { inputSchema: {} }, () => ({ content: [] }));
    }
    await vi.waitFor(() => {
      expect(tools.toolsOf(profile).map(({ name }) => name)).toContain('shop_fly');
    }, PATIENCE);
  });

  test.each([
    ['no MCP at all', json({ hello: 'world' })],
    [
      'a web page',
      (response: { end(text: string): void }) => {
        response.end('<html>');
      },
    ],
    ['an error', json({}, 500)],
    ['a redirect', json({}, 302)],
  ])('an MCP server over HTTP that speaks %s is down', async (_what, answer) => {
    const other = await farEnd();
    toClose.push(() => other.close());
    other.answers(answer);
    const { tools, log } = toolsWith([other.host]);
    const profile = profileWith({ name: 'shop', url: other.url });
    expect(await problemsOf(tools, profile)).toEqual([]);
    expect(tools.toolsOf(profile)).toEqual([]);
    expect(log.lines.join()).toContain('MCP server unreachable');
  });

  test('an MCP server over HTTP that takes a request and never answers is down after five seconds', async () => {
    const silent = createServer(() => undefined);
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    toClose.push(async () => {
      silent.closeAllConnections();
      silent.close();
      await once(silent, 'close');
    });
    const host = `127.0.0.1:${String((silent.address() as AddressInfo).port)}`;
    const { tools, log } = toolsWith([host]);
    expect(await problemsOf(tools, profileWith({ name: 'shop', url: `http://${host}/` }))).toEqual([]);
    expect(log.lines.join()).toContain('MCP server unreachable');
  }, 15_000);
});

describe('a profile', () => {
  const { tools } = toolsWith();

  test.each([
    [{ name: 'shop', url: 'http://shop.example.com/mcp' }, 'mcpServers.0.url', /must begin with https/],
    [{ name: 'shop', url: 'https://[::1]/mcp' }, 'mcpServers.0.url', /private address/],
    [
      { name: 'shop', url: 'https://shop.example.com/', bearer: 'TOOL_ABSENT' },
      'mcpServers.0.bearer',
      /is not set/,
    ],
    [{ name: 'shop', command: 'shop', env: { KEY: 'TOOL_ABSENT' } }, 'mcpServers.0.env.KEY', /is not set/],
    [
      { name: 'shop', url: 'https://evil.example.com/', bearer: 'TOOL_SHOP_KEY' },
      'mcpServers.0.bearer',
      /is not allowed for evil/,
    ],
    [
      { name: 'shop', url: 'https://shop.example.com/', bearer: 'TOOL_UNBOUND' },
      'mcpServers.0.bearer',
      /has no host/,
    ],
    [{ name: 'shop', command: 'shop', env: { KEY: 'TOOL_UNBOUND' } }, 'mcpServers.0.env.KEY', /has no host/],
  ])(
    'a profile with an MCP server is told what is wrong with %j, and nobody is asked',
    (server, path, message) => {
      expect(tools.problemsOf(profileWith(server))).toEqual([
        { path, message: expect.stringMatching(message) as unknown },
      ]);
    },
  );
});
