import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

const FILMS = ['Metropolis', 'Nosferatu', 'Safety Last'];
const free = new Map(FILMS.map((film) => [film, 40]));
/** Answers by the key of their request: what is asked twice is done once. */
const answered = new Map();

const film = z.enum(FILMS).describe('The film.');
const says = (fields) => ({ content: [{ type: 'text', text: JSON.stringify(fields) }] });
const refuses = (reason) => ({ content: [{ type: 'text', text: reason }], isError: true });

function reserve(film, seats) {
  if (free.get(film) < seats) return refuses(`There are only ${free.get(film)} seats left.`);
  free.set(film, free.get(film) - seats);
  return says({ film, reserved: seats });
}

const server = new McpServer({ name: 'cinema', version: '1.0.0' });
server.registerTool(
  'free_seats',
  {
    description: 'Say how many seats are free for a film tonight.',
    inputSchema: { film },
    // Without it the engine takes every tool for an effect.
    annotations: { readOnlyHint: true },
  },
  ({ film }) => says({ film, free: free.get(film) }),
);
server.registerTool(
  'reserve_seats',
  { description: 'Reserve seats for a film tonight.', inputSchema: { film, seats: z.int().min(1).max(8) } },
  ({ film, seats }, { _meta }) => {
    const key = _meta?.['callchart/idempotencyKey'];
    const answer = answered.get(key) ?? reserve(film, seats);
    if (key !== undefined) answered.set(key, answer);
    return answer;
  },
);
await server.connect(new StdioServerTransport());
