import fc from 'fast-check';
import { frame, open, type Target, upgradeOf } from './sockets.ts';

/** What a client sends first: noise, requests that are wrong somewhere, upgrades with frames behind them. */
function firstBytes(signature: string): fc.Arbitrary<Buffer> {
  const noise = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));
  const path = fc.constantFrom(
    '/',
    '/x',
    '/twilio/media',
    '/twilio/media/',
    '/api/live',
    '/api/softphone/stream',
    '*',
    '//',
    'http://x/twilio/media',
    '/%',
    '/\u00e9',
  );
  const header = fc.oneof(
    fc.constantFrom(
      'Upgrade: websocket',
      'Upgrade: h2c',
      'Upgrade: h2c, websocket',
      'Connection: Upgrade',
      'Connection: close',
      'Expect: 100-continue',
      'Content-Length: 5',
      'Content-Length: -1',
      'Transfer-Encoding: chunked',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Version: 7',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Key: x',
      'Sec-WebSocket-Protocol: callchart.page.v1',
      'Sec-WebSocket-Protocol: callchart.token.AAAA',
      'Sec-WebSocket-Protocol: ,,',
      'Sec-WebSocket-Extensions: permessage-deflate',
      'Host: 127.0.0.1',
      'Origin: null',
      'X-Forwarded-For: 1.2.3.4',
      'Authorization: Bearer x',
      `X-Twilio-Signature: ${signature}`,
    ),
    fc.string({ maxLength: 40 }).map((text) => `X-Noise: ${text}`),
  );
  const method = fc.constantFrom(
    'GET',
    'POST',
    'PUT',
    'HEAD',
    'OPTIONS',
    'CONNECT',
    'TRACE',
    'PRI',
    'get',
    '',
  );
  const request = fc
    .tuple(method, path, fc.array(header, { maxLength: 8 }), fc.constantFrom('1.1', '1.0', '2.0', '9'), noise)
    .map(([verb, to, headers, version, rest]) =>
      Buffer.concat([
        Buffer.from(`${verb} ${to} HTTP/${version}\r\n${headers.map((each) => `${each}\r\n`).join('')}\r\n`),
        rest,
      ]),
    );
  const text = fc.constantFrom(
    '{}',
    '{"event":"connected"}',
    '{"event":"start"}',
    '{"event":"start","start":{}}',
    '[',
    '',
    '{"type":"subscribe"}',
    '\u0000',
  );
  const message = fc.oneof(
    fc
      .tuple(
        fc.nat({ max: 15 }),
        fc.oneof(
          text.map((each) => Buffer.from(each)),
          noise,
        ),
      )
      .map(([opcode, body]) => frame(opcode, body)),
    noise,
  );
  const socket = fc
    .tuple(
      fc.constantFrom('/twilio/media', '/api/live', '/api/softphone/stream'),
      fc.boolean(),
      fc.array(message, { maxLength: 6 }),
    )
    .map(([to, isSigned, messages]) =>
      Buffer.concat([Buffer.from(upgradeOf(to, isSigned ? { signature } : {})), ...messages]),
    );
  // One byte of something right is another.
  const mutant = fc.tuple(socket, fc.nat(), fc.nat({ max: 255 })).map(([bytes, at, value]) => {
    const changed = Buffer.from(bytes);
    changed[at % Math.max(1, changed.length)] = value;
    return changed;
  });
  return fc.oneof(noise, request, socket, mutant);
}

/** So many streams of bytes, each on a connection of its own, that end in each way there is. */
export async function fuzz({ port, signature }: Target, seed: number, runs: number): Promise<string> {
  const streams = fc.sample(fc.tuple(firstBytes(signature), fc.nat({ max: 3 }), fc.nat()), {
    seed,
    numRuns: runs,
  });
  let at = 0;
  const worker = async () => {
    for (let next = streams[at++]; next !== undefined; next = streams[at++]) {
      const [bytes, end, cut] = next;
      const socket = await open(port);
      socket.resume();
      const half = cut % (bytes.length + 1);
      socket.write(bytes.subarray(0, half));
      await new Promise((resolve) => setImmediate(resolve));
      if (!socket.destroyed) socket.write(bytes.subarray(half));
      if (end === 0) socket.resetAndDestroy();
      else if (end === 1) socket.destroy();
      else if (end === 2) socket.end();
      else setTimeout(() => socket.destroy(), 200);
    }
  };
  await Promise.all(Array.from({ length: 20 }, worker));
  return `${String(runs)} streams of seed ${String(seed)}`;
}
