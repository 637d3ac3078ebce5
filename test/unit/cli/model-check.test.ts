import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { checkModel } from '../../../src/cli/model-check.ts';
import { readConfig } from '../../../src/config.ts';

let server: Server;
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

/** A model server: what each session says, in answer to every event that comes, and first of all. */
async function model(status: number, answer: (event: Record<string, unknown>) => object | undefined) {
  server = createServer((_, reply) => reply.writeHead(status).end());
  const asked: string[] = [];
  if (status === 101) {
    new WebSocketServer({ server }).on('connection', (socket) => {
      const say = (event: Record<string, unknown>) => {
        const said = answer(event);
        if (said !== undefined) socket.send(JSON.stringify(said));
      };
      socket.on('message', (data: Buffer) => {
        const event = JSON.parse(data.toString()) as Record<string, unknown>;
        asked.push(String(event['type']));
        say(event);
      });
      say({ type: 'connected' });
    });
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return { config: readConfig({ OPENAI_REALTIME_URL: url, OPENAI_API_KEY: 'sk-a-secret' }), asked };
}

const SESSION = { id: 'sess_1', object: 'realtime.session', type: 'realtime' };
const good = ({ type, session }: Record<string, unknown>) =>
  type === 'connected'
    ? { type: 'session.created', event_id: 'e1', session: SESSION }
    : type === 'session.update'
      ? { type: 'session.updated', event_id: 'e2', session: { ...SESSION, ...(session as object) } }
      : undefined;

test('a session that is configured is sound, and nothing else was asked of it', async () => {
  const { config, asked } = await model(101, good);
  const found = await checkModel(config);
  expect(found.text).toMatch(
    /^the model accepts a session: gpt-realtime-2\.1 at 127\.0\.0\.1:\d+, dialect ga; ready after \d+ ms$/,
  );
  expect(found.isSound).toBe(true);
  expect(asked).toEqual(['session.update']);
});

test.each([
  [401, /MODEL_REFUSED: .*HTTP 401 \(http_401\); check OPENAI_API_KEY/],
  [404, /MODEL_REFUSED: .*\(http_404\); check OPENAI_REALTIME_MODEL/],
  [503, /MODEL_UNREACHABLE: .*\(http_503\); wait/],
])('an upgrade that is answered with %i has its remedy', async (status, text) => {
  const { config } = await model(status, () => undefined);
  const found = await checkModel(config);
  expect(found.isSound).toBe(false);
  expect(found.text).toMatch(text);
  expect(found.text).not.toContain('sk-a-secret');
});

test('a refusal after the session was opened has its remedy', async () => {
  const { config } = await model(101, (event) =>
    event['type'] === 'connected'
      ? good(event)
      : {
          type: 'error',
          event_id: 'e3',
          error: {
            type: 'invalid_request_error',
            code: 'insufficient_quota',
            message: 'x',
            event_id: event['event_id'],
          },
        },
  );
  expect((await checkModel(config)).text).toMatch(/MODEL_REFUSED: .*\(insufficient_quota\); add credit/);
});

test('a server that opens and is silent is named in time', async () => {
  const { config } = await model(101, () => undefined);
  expect((await checkModel(config, 200)).text).toMatch(/MODEL_UNREACHABLE: .*within 200 ms \(TIMEOUT\)/);
});

test('a server that is not there has its remedy', async () => {
  const { config } = await model(401, () => undefined);
  server.close();
  expect((await checkModel(config)).text).toMatch(/MODEL_UNREACHABLE: .*\(ECONNREFUSED\); check the port/);
});
