import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import twilio from 'twilio';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { checkMediaSocket, checkWebhook } from '../../../src/cli/public-url-check.ts';

const authToken = 'a-token-of-the-account';
const PROBLEM = { 'content-type': 'application/problem+json' };
let server: Server | undefined;

/** What stands at the public address: it answers every request, upgrades too, with this. */
async function address(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

/** A page of a proxy's own, as nginx 1.22 sends it. */
const page =
  (status: number, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (request, response) => {
    request.resume();
    response
      .writeHead(status, { server: 'nginx/1.22.1', 'content-type': 'text/html', ...headers })
      .end('<html>');
  };

/** The engine's answer to an upgrade that a proxy has made a plain request of. */
const without =
  (name: string, ...lost: string[]): RequestListener =>
  (request, response) => {
    request.resume();
    const errors = lost.map((path) => ({ path, message: 'must arrive' }));
    response
      .writeHead(426, { server: name, ...PROBLEM })
      .end(JSON.stringify({ type: 'UPGRADE_REQUIRED', errors }));
  };

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

describe('the webhook at its public address', () => {
  test('the webhook at its public address is sound when it misses a call in a signed request', async () => {
    const signatures: unknown[] = [];
    const url = await address((request, response) => {
      signatures.push(request.headers['x-twilio-signature']);
      request.resume();
      response.writeHead(400, PROBLEM).end('{}');
    });
    expect(await checkWebhook(url, authToken)).toEqual({
      isSound: true,
      text: `${url}/twilio/voice answers`,
    });
    expect(twilio.validateRequest(authToken, String(signatures[0]), `${url}/twilio/voice`, {})).toBe(true);
  });

  test.each<[string, RequestListener, RegExp]>([
    [
      'the engine refuses the signature',
      (_, reply) => reply.writeHead(403).end(),
      /TWILIO_AUTH_TOKEN or PUBLIC_URL differ/,
    ],
    [
      'the engine has no auth token',
      (_, reply) => reply.writeHead(403, PROBLEM).end('{}'),
      /TWILIO_AUTH_TOKEN is not set/,
    ],
    ['a proxy finds no engine', page(502), /nginx\/1\.22\.1 does not reach the engine \(502\)/],
    [
      'a proxy wants TLS',
      (_, reply) =>
        reply.writeHead(400, { server: 'nginx' }).end('The plain HTTP request was sent to HTTPS port'),
      /PUBLIC_URL must begin with https/,
    ],
    ['another site answers', page(200), /nginx\/1\.22\.1 answers with a web page/],
    ['a tunnel is closed', page(404, { 'ngrok-error-code': 'ERR_NGROK_3200' }), /ngrok \(ERR_NGROK_3200\)/],
    [
      'it is redirected',
      page(301, { location: 'https://www.example.com/x?token=1' }),
      /redirects to https:\/\/www\.example\.com \(301\)/,
    ],
    [
      'Cloudflare finds no engine',
      page(522, { server: 'cloudflare' }),
      /Cloudflare does not reach the engine \(522\)/,
    ],
  ])('the webhook at its public address says why, when %s', async (_, answer, why) => {
    const found = await checkWebhook(await address(answer), authToken);
    expect(found.isSound).toBe(false);
    expect(found.text).toMatch(why);
    expect(found.text).not.toContain('token=1');
  });

  test('the webhook at its public address says that nothing listens', async () => {
    const url = await address(page(200));
    server?.close();
    server?.closeAllConnections();
    expect((await checkWebhook(url, undefined)).text).toMatch(
      /nothing listens on that port \(ECONNREFUSED\)/,
    );
  });

  test('the webhook at its public address says that no TLS is spoken', async () => {
    const url = await address(page(200));
    expect((await checkWebhook(url.replace('http:', 'https:'), undefined)).text).toMatch(
      /it does not speak TLS/,
    );
  });
});

describe('the media socket at its public address', () => {
  /** An engine that takes the upgrade, and says what it missed in a plain request. */
  async function engine(plain: RequestListener): Promise<{ url: string; signatures: string[] }> {
    const signatures: string[] = [];
    const url = await address(plain);
    new WebSocketServer({ server, path: '/twilio/media' }).on('connection', (_, request) => {
      signatures.push(String(request.headers['x-twilio-signature']));
    });
    return { url, signatures };
  }

  test('the media socket at its public address opens with a signature of its address, and a frame comes back', async () => {
    const { url, signatures } = await engine(without(''));
    const media = `${url.replace('http', 'ws')}/twilio/media`;
    expect(await checkMediaSocket(url, authToken)).toEqual({ isSound: true, text: `${media} opens` });
    expect(twilio.validateRequest(authToken, signatures[0] ?? '', media, {})).toBe(true);
  });

  test('the media socket at its public address opens, and a proxy that changes Host is named with its line', async () => {
    const { url } = await engine(without('nginx/1.22.1', 'Upgrade', 'Connection', 'Host'));
    const { isSound, text } = await checkMediaSocket(url, authToken);
    expect(isSound).toBe(false);
    expect(text).toMatch(/a proxy on the way changes Host/);
    expect(text).toContain('proxy_set_header Host $http_host;');
    expect(text).not.toContain('Upgrade $http_upgrade');
  });

  test.each<[string, string[], string[]]>([
    [
      'nginx/1.22.1',
      ['Upgrade', 'Connection', 'version'],
      [
        'proxy_http_version 1.1;',
        'proxy_set_header Upgrade $http_upgrade;',
        'proxy_set_header Connection "upgrade";',
      ],
    ],
    ['nginx', ['Connection'], ['proxy_set_header Connection "upgrade";']],
    ['Apache/2.4.57', ['Upgrade', 'Connection'], ['upgrade=websocket']],
    ['Caddy', ['Upgrade'], ['reverse_proxy 127.0.0.1:3000', 'header_up Upgrade']],
    ['cloudflare', ['Upgrade'], ['Network, WebSockets, on']],
    ['', ['Upgrade'], ['pass the header Upgrade on']],
  ])(
    'the media socket at its public address names the lines that %j lacks without %j',
    async (name, lost, lines) => {
      const { isSound, text } = await checkMediaSocket(await address(without(name, ...lost)), authToken);
      expect(isSound).toBe(false);
      for (const line of lines) expect(text).toContain(line);
      if (!lost.includes('version')) expect(text).not.toContain('proxy_http_version');
    },
  );

  test.each<[string, RequestListener, RegExp]>([
    [
      'the engine refuses the signature',
      (_, reply) => reply.writeHead(403).end(),
      /engine refuses the signature/,
    ],
    ['a firewall refuses it', page(403), /refuses the request \(403\) before the engine/],
    ['a password is asked for', page(401), /allow \/twilio without one/],
    ['the path was changed on the way', (_, reply) => reply.writeHead(404).end(), /must not change the path/],
    ['a web page answers', page(200), /answers with a web page/],
    ['it is redirected', page(308, { location: '/other/' }), /redirects to http:\/\/127/],
    ['the engine is starting', (_, reply) => reply.writeHead(503).end(), /the engine is starting/],
  ])('the media socket at its public address says why, when %s', async (_, answer, why) => {
    const found = await checkMediaSocket(await address(answer), undefined);
    expect(found.isSound).toBe(false);
    expect(found.text).toMatch(why);
  });

  test('the media socket at its public address says that what answers does not speak HTTP', async () => {
    const talker = createTcpServer((socket) => socket.end('220 mail.example.com ESMTP\r\n'));
    talker.listen(0, '127.0.0.1');
    await once(talker, 'listening');
    const { port } = talker.address() as AddressInfo;
    const { text } = await checkMediaSocket(`http://127.0.0.1:${String(port)}`, undefined);
    expect(text).toMatch(/does not speak HTTP/);
    talker.close();
  });

  test('the media socket at its public address tells an upgrade that opens and is mute', async () => {
    const url = await address(page(404));
    // A 101 as RFC 6455 has it, and nothing behind it.
    server?.on('upgrade', (request, socket) => {
      const key = String(request.headers['sec-websocket-key']);
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(key)}\r\n\r\n`,
      );
      socket.once('data', () => socket.end());
    });
    expect((await checkMediaSocket(url, undefined)).text).toMatch(/opens, but no message comes back/);
  });
});

const acceptOf = (key: string) =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
