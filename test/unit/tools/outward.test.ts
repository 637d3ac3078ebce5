import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createOutward, type OutwardParts } from '../../../src/services/tools/outward/outward.ts';
import { type FarEnd, farEnd } from '../../support/far-end.ts';
import { loopbackCertificate } from '../../support/loopback-certificate.ts';

let plain: FarEnd;
let secure: FarEnd;

beforeAll(async () => {
  plain = await farEnd();
  secure = await farEnd(loopbackCertificate());
});
afterAll(async () => {
  await plain.close();
  await secure.close();
});

const loopback = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);

const ask = (url: string, parts: Partial<OutwardParts> = {}) =>
  createOutward({ allowHosts: [], ...parts }).request(new URL(url), {
    method: 'GET',
    headers: {},
    signal: AbortSignal.timeout(5000),
  });

const codeOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'answered',
    (thrown: unknown) => (thrown as { code: unknown }).code,
  );

describe('a URL', () => {
  const outward = createOutward({ allowHosts: ['crm.local', '10.0.0.7:8443', '[fd00::7]'] });

  test.each([
    'https://example.com/hook',
    'https://8.8.8.8/',
    'http://crm.local/',
    'https://crm.local:444/',
    'https://10.0.0.7:8443/',
    'http://10.0.0.7:8443/',
    'http://[fd00::7]/',
    'https://CRM.LOCAL/',
  ])('the URL %s may be tried', (url) => {
    expect(outward.problemOf(new URL(url))).toBeUndefined();
  });

  test.each([
    'http://example.com/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.7/',
    'https://10.0.0.7:9000/',
    'https://[fd00::8]/',
    'ftp://example.com/',
  ])('the URL %s may not be tried', (url) => {
    expect(outward.problemOf(new URL(url))).toMatch(/TOOLS_ALLOW_HOSTS/);
  });
});

describe('a request', () => {
  test('a request reaches a host of the own network that is allowed by name, and only that port', async () => {
    const answer = await ask(`${plain.url}/x`, { allowHosts: [plain.host] });
    expect(answer.statusCode).toBe(200);
    answer.resume();
    expect(await codeOf(ask(`${plain.url}/x`, { allowHosts: ['127.0.0.1:1'] }))).toBe('TOOL_ADDRESS');
  });

  test.each([
    ['one private address', [{ address: '127.0.0.1', family: 4 }]],
    [
      'a private one among public ones',
      [
        { address: '8.8.8.8', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ],
    ],
    ['loopback in the clothes of IPv6', [{ address: '::ffff:127.0.0.1', family: 6 }]],
    ['link-local', [{ address: 'fe80::1', family: 6 }]],
    ['no address at all', []],
  ])('a request does not leave for a name that resolves to %s', async (_what, addresses) => {
    const before = secure.got.length;
    const url = `https://rebound.example:${String(secure.port)}/`;
    expect(await codeOf(ask(url, { resolve: () => Promise.resolve(addresses) }))).toBe('TOOL_ADDRESS');
    expect(secure.got).toHaveLength(before);
  });

  test('a request asks for a name once: there is no second answer that nobody has judged', async () => {
    const resolve = vi.fn(loopback);
    const url = `https://rebound.example:${String(secure.port)}/`;
    expect(await codeOf(ask(url, { resolve }))).toBe('TOOL_ADDRESS');
    expect(resolve).toHaveBeenCalledTimes(1);
  });

  test('a request to a name that does not resolve, or a port that nobody listens on, has not left', async () => {
    const lost = () => Promise.reject(new Error('ENOTFOUND'));
    expect(await codeOf(ask('https://gone.example/', { resolve: lost }))).toBe('TOOL_UNREACHABLE');
    expect(await codeOf(ask('http://127.0.0.1:1/', { allowHosts: ['127.0.0.1'] }))).toBe('TOOL_UNREACHABLE');
  });

  test('a request to a far end whose certificate nobody has signed has not left', async () => {
    const before = secure.got.length;
    expect(await codeOf(ask(secure.url, { allowHosts: [secure.host] }))).toBe('TOOL_UNREACHABLE');
    expect(secure.got).toHaveLength(before);
  });

  test('a request does not follow a redirect', async () => {
    plain.answers((response) => response.writeHead(302, { Location: `${plain.url}/secret` }).end());
    const answer = await ask(`${plain.url}/moved`, { allowHosts: [plain.host] });
    expect(answer.statusCode).toBe(302);
    answer.resume();
    expect(plain.got.map(({ path }) => path)).not.toContain('/secret');
  });
});
