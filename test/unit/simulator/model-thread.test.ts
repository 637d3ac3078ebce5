import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startModelThread } from '../../../src/simulator/model-thread.ts';
import { temporaryFolder } from '../../support/journal.ts';

const headers = { authorization: 'Bearer any' };
/** The first thing that a session says, or what keeps it from that. */
const firstWordOf = (url: string): Promise<unknown> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`${url}?model=gpt-realtime`, { headers });
    socket.once('message', (data: Buffer) => {
      socket.terminate();
      resolve((JSON.parse(data.toString()) as { type: unknown }).type);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code);
    });
  });

test('a simulated model in a thread of its own answers as one does, and is gone when it is closed', async () => {
  const model = await startModelThread(undefined);
  expect(await firstWordOf(model.url)).toBe('session.created');
  await model.close();
  expect(await firstWordOf(model.url)).toBe('ECONNREFUSED');
}, 60_000);

test('a simulated model in a thread of its own says by name what keeps it from starting', async () => {
  const scenario = join(temporaryFolder(), 'scenario.json');
  writeFileSync(scenario, '{}');
  await expect(startModelThread(scenario)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
}, 60_000);
