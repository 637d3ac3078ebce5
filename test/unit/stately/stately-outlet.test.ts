import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createActor, fromCallback, setup } from 'xstate';
import { openStately, type StatelyOutlet } from '../../../src/services/stately/stately-outlet.ts';

let outlet: StatelyOutlet | undefined;
afterEach(() => {
  outlet?.close();
});

const SECRET = 'rumpelstiltskin';

/** A call in small: context, child, events and output that hold what nobody else may see. */
const machine = setup({
  types: { context: {} as { said: string }, events: {} as { type: 'caller.said' | 'over'; text: string } },
  actors: { phoneLeg: fromCallback(() => undefined) },
}).createMachine({
  id: 'call',
  context: { said: SECRET },
  output: () => ({ last: SECRET }),
  invoke: { id: 'phone', src: 'phoneLeg' },
  initial: 'listening',
  states: {
    listening: { on: { 'caller.said': 'answering' } },
    answering: { on: { over: 'ended' } },
    ended: { type: 'final' },
  },
});

const isOver = (message: { type: string; snapshot?: { status?: string } }) =>
  message.type === '@xstate.snapshot' && message.snapshot?.status === 'done';

/** Everything that a page is told of a whole call. */
async function told(
  callSids: readonly string[] = ['CA1'],
): Promise<{ type: string; [field: string]: unknown }[]> {
  outlet = await openStately();
  for (const callSid of callSids) {
    const actor = createActor(machine, { id: 'call', inspect: outlet.attach(callSid) }).start();
    actor.send({ type: 'caller.said', text: SECRET });
    actor.send({ type: 'over', text: SECRET });
  }
  const page = new WebSocket(outlet.url.replace('http', 'ws'), { origin: outlet.url });
  const messages: { type: string }[] = [];
  page.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString()) as { type: string }));
  await expect.poll(() => messages.filter(isOver).length).toBe(callSids.length);
  return messages;
}

describe('a page on this machine', () => {
  test('the outlet to Stately tells a page on this machine actors, events by name and the states they led to', async () => {
    const messages = await told();
    expect(messages).toContainEqual(expect.objectContaining({ type: '@xstate.actor', name: 'phone' }));
    const states = messages.filter(({ type }) => type === '@xstate.snapshot').map(({ snapshot }) => snapshot);
    expect(states).toContainEqual({ status: 'active', value: 'answering' });
    expect(messages).toContainEqual(
      expect.objectContaining({ type: '@xstate.event', event: { type: 'caller.said' } }),
    );
  });

  test('the outlet to Stately tells a page on this machine each call by its SID', async () => {
    const messages = await told(['CA1', 'CA2']);
    const names = messages.filter(({ type }) => type === '@xstate.actor').map(({ name }) => name);
    expect(names).toEqual(['CA1', 'phone', 'CA2', 'phone']);
  });

  test('the outlet to Stately tells a page on this machine nothing of what was said', async () => {
    expect(JSON.stringify(await told())).not.toContain(SECRET);
  });

  test('the page of the outlet to Stately holds the inspector in a frame, and runs nothing but its own script', async () => {
    outlet = await openStately();
    const page = await fetch(outlet.url);
    expect(await page.text()).toContain('<iframe id="inspector"');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect((await fetch(`${outlet.url}/bridge.js`)).status).toBe(200);
    expect((await fetch(`${outlet.url}/other`)).status).toBe(404);
  });
});

describe('nobody else', () => {
  test.each<[string, Record<string, string>]>([
    ['the page of another site', { origin: 'https://elsewhere.example' }],
    ['a program without a page', {}],
    ['a name that was pointed here', { host: 'rebound.example:80', origin: 'http://rebound.example:80' }],
  ])('the outlet to Stately lets in nobody but a page on this machine: not %s', async (_, headers) => {
    outlet = await openStately();
    const socket = new WebSocket(outlet.url.replace('http', 'ws'), { headers });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('403');
  });
});

test('a missing package is named, with what to do', async () => {
  await expect(openStately(() => Promise.reject(new Error('not there')))).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('npm install @statelyai/inspect') as string,
  });
});
