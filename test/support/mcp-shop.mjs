/**
 * An MCP server with the tools of a shop, made with the official SDK. Run as a
 * program it speaks on stdin and stdout; tests import it to serve it over HTTP.
 */
import { writeFileSync } from 'node:fs';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

const text = (value) => ({ content: [{ type: 'text', text: value }] });

/** @param told - called with each tool call: its name, arguments and `_meta`. */
export function mcpShop(told = () => undefined) {
  const server = new McpServer({ name: 'shop', version: '1.0.0' });
  const tool = (name, config, run) =>
    server.registerTool(name, config, async (args, extra) => {
      told({ name, args, meta: extra._meta });
      return run(args, extra);
    });

  tool(
    'find_customer',
    {
      description: 'Find a customer\u202e by name.',
      inputSchema: { name: z.string().min(1).max(50) },
      annotations: { readOnlyHint: true },
    },
    ({ name }) => ({ ...text('ignored'), structuredContent: { name, points: 120 } }),
  );
  tool(
    'add_points',
    {
      description: 'Add points.',
      inputSchema: { points: z.int().min(1) },
      annotations: { destructiveHint: false },
    },
    ({ points }) => text(JSON.stringify({ added: points })),
  );
  tool('close_account', { description: 'Close an account.', inputSchema: {} }, () => text('closed'));
  tool('long_story', { inputSchema: {}, annotations: { readOnlyHint: true } }, () =>
    text('word '.repeat(20_000)),
  );
  tool('picture', { inputSchema: {}, annotations: { readOnlyHint: true } }, () => ({
    content: [
      { type: 'image', data: 'AAAA', mimeType: 'image/png' },
      { type: 'text', text: 'a red car' },
      { type: 'resource', resource: { uri: 'shop:car', text: 'with four wheels' } },
    ],
  }));
  tool('refuse', { inputSchema: {}, annotations: { readOnlyHint: true } }, () => ({
    ...text('The shop is closed.'),
    isError: true,
  }));
  tool('wait', { inputSchema: {}, annotations: { readOnlyHint: true } }, (_args, { signal }) => {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        told({ name: 'aborted', args: {}, meta: undefined });
        resolve(text('aborted'));
      });
    });
  });
  tool('die', { inputSchema: {}, annotations: { readOnlyHint: true } }, () => process.exit(1));
  tool('die_in_the_act', { inputSchema: {} }, () => process.exit(1));
  tool('environment', { inputSchema: {}, annotations: { readOnlyHint: true } }, () =>
    text(
      JSON.stringify({ key: process.env['SHOP_KEY'], admin: process.env['ADMIN_TOKEN'], pid: process.pid }),
    ),
  );
  tool(`a.name.that.is.${'very.'.repeat(12)}long`, { inputSchema: {} }, () => text('ok'));
  return server;
}

if (process.argv[1]?.endsWith('mcp-shop.mjs')) {
  const [, , pidFile] = process.argv;
  if (pidFile !== undefined) writeFileSync(pidFile, String(process.pid));
  await mcpShop().connect(new StdioServerTransport());
}
