import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadEnvironment, readConfig } from '../../../src/config.ts';
import { SETTINGS } from '../../../src/settings.ts';
import { parseWritten } from '../../../src/written-environment.ts';

/** A value of each setting that is taken as it is. */
const SOUND: Readonly<Record<keyof typeof SETTINGS, string>> = {
  ...{ NODE_ENV: 'production', PORT: '3000', HOST: '0.0.0.0', PUBLIC_URL: 'https://calls.shop.com' },
  ...{ OPENAI_API_KEY: 'sk-proj-1f6b0b1d9c', OPENAI_REALTIME_URL: 'wss://api.openai.com/v1/realtime' },
  ...{ OPENAI_REALTIME_MODEL: 'gpt-realtime', OPENAI_REALTIME_DIALECT: 'ga' },
  ...{ TWILIO_ACCOUNT_SID: `AC${'7'.repeat(32)}`, TWILIO_AUTH_TOKEN: '9b1d0c3f7ea248561c3f5b7d9e0a2c4e' },
  ...{ TWILIO_PHONE_NUMBER: '+12025550100', TWILIO_API_URL: 'https://api.twilio.com' },
  ...{ DATABASE_URL: 'file:data/calls.sqlite', DATA_DIR: 'data', RETENTION_DAYS: '30', AGENTS_DIR: 'agents' },
  ...{ TRUSTED_PROXIES: '10.0.0.7', ADMIN_TOKEN: 'f3a9c1e7b5d24680f3a9c1e7b5d2468a' },
  ...{ MAX_CONCURRENT_CALLS: '40', MAX_CALLS_PER_CALLER: '30', MAX_CALLS_PER_CALLER_AND_HOUR: '20' },
  ...{ MAX_CALLS_PER_DAY: '50', MAX_MINUTES_PER_DAY: '50', MAX_COST_PER_DAY: '50' },
  ...{ MODEL_RATES: SETTINGS.MODEL_RATES.fallback ?? '', DAY_TIMEZONE: 'Europe/Berlin' },
  ...{ MAX_PLACED_CALLS_PER_MINUTE: '10', MAX_PLACED_CALLS_PER_DAY: '10', WORKERS: '1', DRAIN_MS: '4000' },
  ...{
    SCENARIO: 'shop.json',
    TOOLS_DIR: 'tools',
    TOOLS_ALLOW_HOSTS: 'crm.local',
    TOOLS_SECRET_HOSTS: 'TOOL_KEY=crm.local',
  },
  ...{ INSPECT: 'stately', LOG_LEVEL: 'info' },
};
const names = Object.keys(SOUND) as (keyof typeof SETTINGS)[];

/** What editors, shells, `docker --env-file`, secret stores and Windows put around a text. */
const WRAPPINGS = new Map<string, (text: string) => string>([
  ['a line feed', (text) => `${text}\n`],
  ['a carriage return', (text) => `${text}\r`],
  ['both', (text) => `${text}\r\n`],
  ['blanks', (text) => `  ${text}\t `],
  ['blanks that do not break', (text) => `\u00a0${text}\u00a0`],
  ['a mark of byte order', (text) => `\ufeff${text}`],
  ['a joiner that cannot be seen', (text) => `\u200b${text}\u200b`],
  ['quotes', (text) => `"${text}"`],
  ['single quotes', (text) => `'${text}'`],
  ['typographic quotes', (text) => `“${text}”`],
  ['quotes and a line end', (text) => `"${text}"\r\n`],
  ['quotes with blanks in them', (text) => `" ${text} "`],
]);

const SPOILS = new Map<string, (text: string) => string>([
  ['a quote at its end', (text) => `${text}"`],
  ['a quote at its beginning', (text) => `'${text}`],
  ['a joiner within', (text) => `${text.slice(0, 1)}\u200b${text.slice(1)}`],
  ['a line feed within', (text) => `${text.slice(0, 1)}\n${text.slice(1)}`],
  ['a character that was lost', (text) => `${text}\ufffd`],
  ['a null character', (text) => `${text.slice(0, 1)}\0${text.slice(1)}`],
]);

describe('each setting', () => {
  test.each([...WRAPPINGS])('each setting is the same with %s around it', (_, wrap) => {
    const right = readConfig(SOUND);
    for (const name of names)
      expect(readConfig({ ...SOUND, [name]: wrap(SOUND[name]) }), name).toEqual(right);
  });

  test.each([...SPOILS])('a setting with %s is refused by its name, and is not told', (_, spoil) => {
    for (const name of names.filter((each) => SOUND[each].length > 1)) {
      const read = () => readConfig({ ...SOUND, [name]: spoil(SOUND[name]) });
      expect(read, name).toThrow(new RegExp(`\\n  ${name}: `));
    }
  });

  test('each setting behind a mark of byte order in its name is the setting', () => {
    const { NODE_ENV, ...others } = SOUND;
    expect(readConfig({ '\ufeffNODE_ENV': NODE_ENV, ...others })).toEqual(readConfig(SOUND));
  });

  test('each setting of quotes with nothing in them, or of a line end, is absent', () => {
    for (const PORT of ['""', "''", '\r\n', '\r', '""\r']) expect(readConfig({ PORT }).port).toBe(3000);
  });

  test('each setting of blanks is refused by its name: a secret may have been meant', () => {
    for (const blank of [' ', '" "', '\u00a0', '\u200b']) {
      for (const name of names)
        expect(() => readConfig({ [name]: blank }), name).toThrow(new RegExp(`\\n  ${name}: `));
    }
  });
});

describe('a secret of a tool', () => {
  test('a secret of a tool may have lines, and is unwrapped as a setting is', () => {
    const { toolSecrets } = readConfig({ TOOL_A: '"one\ntwo"\n', TOOL_B: ' key\r' });
    expect([...toolSecrets.values()]).toEqual(['one\ntwo', 'key']);
    expect(() => readConfig({ TOOL_A: 'on\u200be' })).toThrow('TOOL_A: ');
  });
});

describe('what would answer 403 to every call', () => {
  test.each([
    { PUBLIC_URL: 'http://calls.shop.com' },
    { PUBLIC_URL: 'https://calls.shop.com/twilio/voice' },
    { TWILIO_AUTH_TOKEN: `AC${'7'.repeat(32)}` },
    { TWILIO_AUTH_TOKEN: '9b1d0c3f7ea24856 1c3f5b7d9e0a2c4e' },
  ])('what would answer 403 to every call is refused by name: %o', (wrong) => {
    const trial = { ...SOUND, NODE_ENV: 'development' };
    expect(() => readConfig({ ...trial, ...wrong })).toThrow(`\n  ${String(Object.keys(wrong)[0])}: `);
  });

  test.each(['http://localhost:3000', 'http://10.0.0.7:3000', 'http://engine.test', 'http://engine:3000'])(
    'what would answer 403 to every call is not %s, of a network of one’s own',
    (PUBLIC_URL) => {
      expect(readConfig({ ...SOUND, NODE_ENV: 'development', PUBLIC_URL }).publicUrl).toBe(PUBLIC_URL);
    },
  );
});

describe('.env', () => {
  const home = process.cwd();
  const environment = { ...process.env };
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'callchart-env-'));
    process.chdir(folder);
    for (const name of names) Reflect.deleteProperty(process.env, name);
  });
  afterEach(() => {
    process.chdir(home);
    process.env = { ...environment };
    rmSync(folder, { recursive: true });
  });

  const TEXT = 'PORT=4000\n   \nHOST="127.0.0.2"\n\nexport LOG_LEVEL=warn # quiet\n';
  const READ = { port: 4000, host: '127.0.0.2', logLevel: 'warn' };

  test.each([
    ['as it is', Buffer.from(TEXT)],
    ['with a mark of byte order', Buffer.from(`\ufeff${TEXT}`)],
    ['with the line ends of Windows', Buffer.from(TEXT.replaceAll('\n', '\r\n'))],
    ['with those of old', Buffer.from(TEXT.replaceAll('\n', '\r'))],
    ['as UTF-16', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
    ['as UTF-16 the other way', Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16()],
    ['indented', Buffer.from(TEXT.replace(/^/gm, ' \t'))],
  ])('.env is read %s', (_, bytes) => {
    writeFileSync('.env', bytes);
    expect(readConfig(loadEnvironment())).toMatchObject(READ);
    expect(process.env['HOST']).toBe('127.0.0.2');
  });

  test.each([
    ['Latin-1', Buffer.from('AGENTS_DIR=b\xe4ckerei', 'latin1')],
    ['UTF-16 without a mark', Buffer.from(TEXT, 'utf16le')],
  ])('.env in %s is refused', (_, bytes) => {
    writeFileSync('.env', bytes);
    expect(() => loadEnvironment()).toThrow('.env: is not UTF-8');
  });

  test('.env lies beneath what is set already, and is read as that is', () => {
    writeFileSync('.env', 'PORT=4000\nNODE_ENV="production"\n');
    process.env['PORT'] = '5000';
    expect(loadEnvironment()).toMatchObject({ PORT: '5000', NODE_ENV: 'production' });
  });

  test('.env keeps empty lines within quotes', () => {
    expect(parseWritten('TOOL_PEM="a\n\nb"\nPORT=1')).toEqual({ TOOL_PEM: 'a\n\nb', PORT: '1' });
  });
});
