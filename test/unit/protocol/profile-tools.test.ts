import { describe, expect, test } from 'vitest';
import { readAgentProfile } from '../../../src/protocol/agent-profile.ts';

const webhook = { name: 'order_status', description: 'Look up an order.', url: 'https://shop.example.com/' };
const program = { name: 'files', command: 'files-server' };
const remote = { name: 'crm', url: 'https://crm.example.com/mcp' };

/** What is wrong with the tools of a profile; empty when nothing is. */
function problemsOf(tools: object) {
  const written = { id: 'shop', business: { name: 'Shop' }, tools: [], ...tools };
  const read = readAgentProfile(written, new Set(['end_call']));
  return 'problems' in read ? read.problems : [];
}

const pathsOf = (tools: object) => problemsOf(tools).map(({ path }) => path);

describe('webhooks and MCP servers', () => {
  test('webhooks and MCP servers need little', () => {
    const tools = ['order_status', 'crm_find', 'files_search', 'end_call'];
    expect(problemsOf({ tools, webhooks: [webhook], mcpServers: [program, remote] })).toEqual([]);
  });

  test('webhooks and MCP servers have careful defaults', () => {
    const read = readAgentProfile(
      {
        id: 'shop',
        business: { name: 'Shop' },
        tools: [],
        webhooks: [webhook],
        mcpServers: [program, remote],
      },
      new Set(),
    );
    expect(read).toMatchObject({
      profile: {
        webhooks: [
          { method: 'POST', timeoutMs: 5000, arguments: { type: 'object', additionalProperties: false } },
        ],
        mcpServers: [{ args: [], env: {}, policies: {} }, { policies: {} }],
      },
    });
  });

  test.each([
    [{ webhooks: [{ ...webhook, name: 'Order-Status' }] }, 'webhooks.0.name'],
    [{ webhooks: [{ ...webhook, name: 'a'.repeat(65) }] }, 'webhooks.0.name'],
    [{ webhooks: [{ ...webhook, description: '' }] }, 'webhooks.0.description'],
    [{ webhooks: [{ ...webhook, url: 'shop.example.com' }] }, 'webhooks.0.url'],
    [{ webhooks: [{ ...webhook, url: 'file:///etc/passwd' }] }, 'webhooks.0.url'],
    [{ webhooks: [{ ...webhook, url: 'https://user:word@shop.example.com/' }] }, 'webhooks.0.url'],
    [{ webhooks: [{ ...webhook, method: 'CONNECT' }] }, 'webhooks.0.method'],
    [{ webhooks: [{ ...webhook, arguments: { type: 'string' } }] }, 'webhooks.0.arguments'],
    [{ webhooks: [{ ...webhook, arguments: [] }] }, 'webhooks.0.arguments'],
    [{ webhooks: [{ ...webhook, policy: { kind: 'maybe' } }] }, 'webhooks.0.policy.kind'],
    [{ webhooks: [{ ...webhook, secret: 'TWILIO_AUTH_TOKEN' }] }, 'webhooks.0.secret'],
    [{ webhooks: [{ ...webhook, secret: 'sesame' }] }, 'webhooks.0.secret'],
    [{ webhooks: [{ ...webhook, timeoutMs: 0 }] }, 'webhooks.0.timeoutMs'],
    [{ webhooks: [{ ...webhook, headers: {} }] }, 'webhooks.0.headers'],
    [{ webhooks: [webhook, webhook] }, 'webhooks'],
    [{ mcpServers: [{ ...remote, name: 'crm_two' }] }, 'mcpServers.0.name'],
    [{ mcpServers: [{ ...remote, bearer: 'OPENAI_API_KEY' }] }, 'mcpServers.0.bearer'],
    [{ mcpServers: [{ ...program, env: { KEY: 'OPENAI_API_KEY' } }] }, 'mcpServers.0.env.KEY'],
    [{ mcpServers: [{ ...program, shell: true }] }, 'mcpServers.0.shell'],
    [{ mcpServers: [remote, { ...program, name: 'crm' }] }, 'mcpServers'],
  ])('webhooks and MCP servers are told what is wrong: %j', (tools, path) => {
    expect(pathsOf(tools)).toEqual([path]);
  });
});

describe('names of tools', () => {
  test.each([
    ['a tool that is not there', { tools: ['fly'] }, 'tools.0'],
    ['a webhook that is not declared', { tools: ['end_call', 'order_status'] }, 'tools.1'],
    ['a server that is not declared', { tools: ['crm_find'] }, 'tools.0'],
    ['one that no session takes', { tools: [`crm_${'a'.repeat(61)}`], mcpServers: [remote] }, 'tools.0'],
    ["a webhook by the engine's name", { webhooks: [{ ...webhook, name: 'end_call' }] }, 'webhooks.0.name'],
    [
      "a webhook by a server's",
      { webhooks: [{ ...webhook, name: 'crm_find' }], mcpServers: [remote] },
      'webhooks.0.name',
    ],
  ])('the name of a tool is checked: %s is a problem', (_what, tools, path) => {
    expect(pathsOf(tools)).toEqual([path]);
  });
});
