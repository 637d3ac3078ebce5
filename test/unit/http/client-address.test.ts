import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { clientAddressOf, isProxyRange, proxiesOf } from '../../../src/services/http/client-address.ts';

const from = (remoteAddress: string | undefined, forwardedFor?: string | string[]) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwardedFor } }) as unknown as IncomingMessage;

describe('the address of a client', () => {
  const isProxy = proxiesOf(['127.0.0.1', '10.0.0.0/8', '2001:db8::/32']);

  test.each([
    ['who connects', from('192.0.2.7'), '192.0.2.7'],
    ['who connects, as Node writes it on a dual-stack socket', from('::ffff:192.0.2.7'), '192.0.2.7'],
    ['who connects, whatever it says of others', from('192.0.2.7', '198.51.100.1'), '192.0.2.7'],
    ['what the proxy says', from('127.0.0.1', '198.51.100.1'), '198.51.100.1'],
    ['what the proxy says, over IPv6', from('2001:db8::1', '2001:db9::7'), '2001:db9::7'],
    [
      'what the last proxy says, not what the client wrote before it',
      from('127.0.0.1', '203.0.113.9, 198.51.100.1'),
      '198.51.100.1',
    ],
    ['the one before proxies in a row', from('127.0.0.1', '198.51.100.1, 10.1.2.3'), '198.51.100.1'],
    ['the proxy, when it says nothing', from('127.0.0.1'), '127.0.0.1'],
    ['the proxy, when it says nothing that is an address', from('127.0.0.1', 'unknown, <b>'), '127.0.0.1'],
    ['nothing, when the connection is gone', from(undefined), ''],
  ])('the address of a client is %s', (_what, request, address) => {
    expect(clientAddressOf(request, isProxy)).toBe(address);
  });
});

test.each(['10.0.0.7', '10.0.0.0/8', '::1', 'fd00::/8'])('%s is a range of proxies', (text) => {
  expect(isProxyRange(text)).toBe(true);
});

test.each(['', 'proxy.local', '10.0.0.0/33', '10.0.0', 'fd00::/129', '10.0.0.0/8/8', '*'])(
  '%j is no range of proxies',
  (text) => {
    expect(isProxyRange(text)).toBe(false);
  },
);
