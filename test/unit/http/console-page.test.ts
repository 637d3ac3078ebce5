import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleFiles, readConsole } from '../../../src/services/http/console-files.ts';
import { consolePage } from '../../../src/services/http/console-page.ts';
import { HttpHouse } from '../../support/http.ts';

const PAGE = '<!doctype html><title>Callchart</title>';
const SCRIPT = 'export const answer = 42;\n'.repeat(40);

let folder: string;
let files: ConsoleFiles | undefined;
let house: HttpHouse | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'console-'));
  mkdirSync(join(folder, 'console', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'not for browsers');
  writeFileSync(join(folder, 'console', 'index.html'), PAGE);
  writeFileSync(join(folder, 'console', 'notes.txt'), 'of a kind that is not served');
  writeFileSync(join(folder, 'console', 'assets', 'main-abc.js'), SCRIPT);
  files = readConsole(join(folder, 'console'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  await house?.close();
});

const open = async (shown = files) => {
  house = await new HttpHouse({ console: consolePage(shown, '/twilio') }).open();
  return house;
};

describe('the page', () => {
  test.each([
    '/',
    '/?x=1',
    '/calls/CA123',
    '/file',
    '/chart',
    '/agents',
    '/agents/default',
    '/softphone',
    '/audit',
  ])('the page is served at %s', async (path) => {
    const reply = await (await open()).ask(path);
    expect(reply).toMatchObject({ status: 200, text: PAGE });
    expect(reply.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
    });
    expect(reply.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
  });

  test.each([
    '/nothing',
    '/calls/a/b',
    '/calls/..%2f..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/..%5csecret.txt',
    '/../secret.txt',
    '/assets',
    '/assets/missing.js',
    '/notes.txt',
    '/agents/UPPER',
    '//index.html',
    '/__proto__',
  ])('the page is not served at %s, nor is anything else', async (path) => {
    const reply = await (await open()).ask(path);
    expect(reply.status).toBe(404);
    expect(reply.text).not.toContain('not for browsers');
  });

  test('the page says that a path does not exist, to a browser that goes there', async () => {
    const house = await open();
    const [page, ...others] = await Promise.all(
      ['/nothing', '/api/nothing', '/assets/missing.js', '/twilio/nothing'].map((path) =>
        house.ask(path, { headers: { 'Sec-Fetch-Dest': 'document', 'If-None-Match': '*' } }),
      ),
    );
    expect(page).toMatchObject({ status: 404, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(page?.text).toBe((await house.ask('/')).text);
    for (const other of others) expect(other.headers['content-type'] ?? '').not.toContain('html');
  });

  test('the page is not changed by a POST', async () => {
    expect((await (await open()).ask('/', { method: 'POST' })).status).toBe(404);
  });

  test('the page says what to do when it was not built, and leaves every other route alone', async () => {
    house = await new HttpHouse({
      console: consolePage(readConsole(join(folder, 'nowhere')), '/twilio'),
    }).open();
    const reply = await house.ask('/calls/CA1');
    expect(reply.status).toBe(503);
    expect(reply.text).toContain('npm run build');
    expect((await house.ask('/assets/main-abc.js')).status).toBe(404);
    expect((await house.ask('/healthz')).status).toBe(200);
  });

  test('the page is for this machine alone while there is no token', async () => {
    house = await new HttpHouse({
      console: consolePage(files, '/twilio'),
      rules: { adminToken: undefined },
    }).open();
    const near = { Host: `127.0.0.1:${String(house.port)}` };
    expect((await house.ask('/', { headers: near })).status).toBe(200);
    expect((await house.ask('/', { headers: { ...near, 'X-Forwarded-For': '192.0.2.1' } })).status).toBe(403);
    expect((await house.ask('/', { headers: { Host: 'rebound.example' } })).status).toBe(403);
  });
});

describe('a file with a hash in its name', () => {
  const path = '/assets/main-abc.js';

  test('a file with a hash in its name is kept by browsers for ever', async () => {
    const { headers, text } = await (await open()).ask(path);
    expect(text).toBe(SCRIPT);
    expect(headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
    });
  });

  test('a file with a hash in its name is not sent to whoever has it', async () => {
    const { etag = '' } = (await (await open()).ask(path)).headers;
    const ask = (known: string) => house?.ask(path, { headers: { 'If-None-Match': known } });
    for (const known of [etag, `"other", W/${etag}`, '*']) {
      expect(await ask(known)).toMatchObject({ status: 304, text: '' });
    }
    expect(await ask('"other"')).toMatchObject({ status: 200 });
  });

  test('a file with a hash in its name is compressed where the browser accepts it', async () => {
    const { port } = await open();
    const reply = await fetch(`http://127.0.0.1:${String(port)}${path}`, {
      headers: { 'Accept-Encoding': 'gzip' },
    });
    expect(reply.headers.get('content-encoding')).toBe('gzip');
    expect(reply.headers.get('vary')).toBe('Accept-Encoding');
    expect(Number(reply.headers.get('content-length'))).toBeLessThan(SCRIPT.length / 4);
    expect(await reply.text()).toBe(SCRIPT);
    const zipped = files?.get(path)?.zipped;
    expect(gunzipSync(zipped ?? Buffer.alloc(0)).toString()).toBe(SCRIPT);
  });

  test('a file with a hash in its name answers HEAD without a body', async () => {
    const { headers, text, status } = await (await open()).ask(path, { method: 'HEAD' });
    expect({ status, text, length: headers['content-length'] }).toEqual({
      status: 200,
      text: '',
      length: String(SCRIPT.length),
    });
  });
});
