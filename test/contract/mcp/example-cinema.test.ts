import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** The server of examples/mcp-tool, asked by the SDK's own client, in one session. */

const client = new Client({ name: 'test', version: '1' });

beforeAll(async () => {
  const command = { command: process.execPath, args: ['examples/mcp-tool/cinema.mjs'] };
  await client.connect(new StdioClientTransport(command));
});
afterAll(() => client.close());

const reserve = (seats: number, key: string) =>
  client.callTool({
    name: 'reserve_seats',
    arguments: { film: 'Nosferatu', seats },
    _meta: { 'callchart/idempotencyKey': key },
  });

const freeSeats = () => client.callTool({ name: 'free_seats', arguments: { film: 'Nosferatu' } });

const text = (fields: object) => ({ content: [{ type: 'text', text: JSON.stringify(fields) }] });

describe('the cinema of the example', () => {
  test('the cinema of the example reserves once for one key, and again for another', async () => {
    const reserved = text({ film: 'Nosferatu', reserved: 3 });
    expect(await reserve(3, 'first')).toEqual(reserved);
    expect(await reserve(3, 'first')).toEqual(reserved);
    expect(await freeSeats()).toEqual(text({ film: 'Nosferatu', free: 37 }));
    expect(await reserve(3, 'second')).toEqual(reserved);
    expect(await freeSeats()).toEqual(text({ film: 'Nosferatu', free: 34 }));
  });

  test('the cinema of the example says which of its tools only read', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual([
      ['free_seats', true],
      ['reserve_seats', undefined],
    ]);
  });
});
