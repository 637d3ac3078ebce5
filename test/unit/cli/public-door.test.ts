import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { checkMediaSocket, checkWebhook } from '../../../src/cli/public-door.ts';

const authToken = 'a-token-of-the-account';
let server: Server;

/** A public address behind which something answers every webhook with one status. */
async function address(status: number, takesSockets = true): Promise<{ url: string; signatures: string[] }> {
  const signatures: string[] = [];
  server = createServer((request, response) => {
    request.resume();
    signatures.push(String(request.headers['x-twilio-signature']));
    response.writeHead(status).end();
  });
  if (takesSockets) {
    new WebSocketServer({ server, path: '/twilio/media' }).on('connection', (_, request) => {
      signatures.push(String(request.headers['x-twilio-signature']));
    });
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, signatures };
}

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

describe('the public door', () => {
  test('is sound when the webhook misses a call in a signed request', async () => {
    const { url, signatures } = await address(400);
    expect(await checkWebhook(url, authToken)).toEqual({
      isSound: true,
      text: `${url}/twilio/voice answers`,
    });
    expect(twilio.validateRequest(authToken, signatures[0] ?? '', `${url}/twilio/voice`, {})).toBe(true);
  });

  test.each([
    [403, /refuses the signature/],
    [502, /answered 502: is something else in front of it\?/],
  ])('is not when it answers %i', async (status, text) => {
    const { url } = await address(status);
    expect(await checkWebhook(url, authToken)).toMatchObject({
      isSound: false,
      text: expect.stringMatching(text) as string,
    });
  });

  test('opens the media socket with a signature of its address', async () => {
    const { url, signatures } = await address(400);
    const media = `${url.replace('http', 'ws')}/twilio/media`;
    expect(await checkMediaSocket(url, authToken)).toEqual({ isSound: true, text: `${media} opens` });
    expect(twilio.validateRequest(authToken, signatures[0] ?? '', media, {})).toBe(true);
  });

  test('tells when something in between drops the upgrade', async () => {
    const { url } = await address(200, false);
    expect(await checkMediaSocket(url, undefined)).toMatchObject({
      isSound: false,
      text: expect.stringMatching(/does not open/) as string,
    });
  });

  test('tells when nothing can be reached', async () => {
    const { url } = await address(400);
    server.close();
    server.closeAllConnections();
    expect((await checkWebhook(url, undefined)).text).toMatch(/cannot be reached/);
    expect((await checkMediaSocket(url, undefined)).isSound).toBe(false);
  });
});
