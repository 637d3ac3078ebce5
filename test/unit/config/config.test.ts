import { mkdtempSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Environment, publicUrlOf, readConfig, secretsOf } from '../../../src/config.ts';
import { EngineError } from '../../../src/errors.ts';

/** The problem lines of an environment, by variable name; empty when it is valid. */
function problemsOf(environment: Environment): Record<string, string[]> {
  try {
    readConfig(environment);
    return {};
  } catch (thrown) {
    if (!(thrown instanceof EngineError)) throw thrown;
    expect(thrown.code).toBe('CONFIG_INVALID');
    const [, ...lines] = thrown.message.split('\n');
    const problems: Record<string, string[]> = {};
    for (const line of lines) {
      const name = /^ {2}([A-Z_]+): /.exec(line)?.[1] ?? 'nameless';
      (problems[name] ??= []).push(line);
    }
    return problems;
  }
}

const PRODUCTION = {
  NODE_ENV: 'production',
  OPENAI_API_KEY: 'sk-test',
  TWILIO_AUTH_TOKEN: '1f0c7a94be2d6358c91e07ab54d3f682',
  ADMIN_TOKEN: '9b1d0c3f7ea24856',
};

test.each(['proxy.local', '10.0.0.0/33', '10.0.0.1,'])('TRUSTED_PROXIES %s is refused by name', (text) => {
  expect(() => readConfig({ TRUSTED_PROXIES: text })).toThrow(/TRUSTED_PROXIES: must be addresses/);
});

describe('an empty environment', () => {
  test('an empty environment gives every default that the interface names', () => {
    expect(readConfig({})).toEqual({
      isProduction: false,
      host: '127.0.0.1',
      port: 3000,
      publicUrl: undefined,
      typedPublicUrl: undefined,
      adminToken: undefined,
      trustedProxies: [],
      model: {
        isSimulated: true,
        url: 'wss://api.openai.com/v1/realtime',
        scenario: undefined,
        apiKey: undefined,
        name: 'gpt-realtime-2.1',
        dialect: 'ga',
      },
      twilio: {
        accountSid: undefined,
        authToken: undefined,
        phoneNumber: undefined,
        apiUrl: 'https://api.twilio.com',
      },
      databaseFile: 'data/calls.sqlite',
      dataDir: 'data',
      retentionDays: undefined,
      agentsDir: 'agents',
      toolsDir: undefined,
      toolsAllowHosts: [],
      toolSecrets: new Map(),
      toolSecretHosts: new Map(),
      maxConcurrentCalls: 400,
      admission: {
        callers: { atOnce: 3, perHour: 20 },
        day: { timezone: 'UTC', calls: 5000, minutes: 5000, cost: 500 },
        placed: { perMinute: 10, perDay: 100 },
        rates: { textIn: 0, audioIn: 0, cached: 0, textOut: 0, audioOut: 0, transcribedMinute: 0 },
      },
      workers: 1,
      drainMs: 40_000,
      inspect: undefined,
      logLevel: 'info',
      warnings: [],
    });
  });

  test('an empty environment is what an environment of empty variables is', () => {
    expect(readConfig({ ADMIN_TOKEN: '', PORT: '', PUBLIC_URL: '', OPENAI_REALTIME_URL: '' })).toEqual(
      readConfig({}),
    );
  });
});

describe('limits', () => {
  test('limits in the settings are numbers, or none', () => {
    const { admission } = readConfig({
      ...{ MAX_CALLS_PER_CALLER: 'none', MAX_CALLS_PER_DAY: '0', MAX_COST_PER_DAY: 'none' },
      ...{ DAY_TIMEZONE: 'Asia/Kolkata', MAX_PLACED_CALLS_PER_MINUTE: '1' },
    });
    expect(admission).toMatchObject({
      callers: { atOnce: null, perHour: 20 },
      day: { calls: 0, cost: null, timezone: 'Asia/Kolkata' },
      placed: { perMinute: 1, perDay: 100 },
    });
  });

  test('limits in the settings count money where a model is paid, by its rates', () => {
    expect(readConfig({ OPENAI_API_KEY: 'key' }).admission.rates).toEqual({
      ...{ textIn: 4, audioIn: 32, cached: 0.4, textOut: 24, audioOut: 64, transcribedMinute: 0.017 },
    });
  });

  test.each([
    ['MAX_CALLS_PER_CALLER', '0'],
    ['MAX_CALLS_PER_CALLER_AND_HOUR', 'many'],
    ['MAX_CALLS_PER_DAY', '-1'],
    ['MAX_COST_PER_DAY', '1.5'],
    ['MAX_PLACED_CALLS_PER_MINUTE', '0'],
    ['DAY_TIMEZONE', 'Mars/Olympus'],
    ['MODEL_RATES', 'text-in=4'],
    ['MODEL_RATES', 'text-in=4,audio-in=32,cached=0.4,text-out=24,audio-out=64,__proto__=1'],
    ['MODEL_RATES', 'text-in=4,audio-in=32,cached=0.4,text-out=24,audio-out=64,transcribed-minute=-1'],
  ])('limits in the settings are refused by name: %s=%s', (name, value) => {
    expect(Object.keys(problemsOf({ [name]: value }))).toEqual([name]);
  });
});

describe('a bad environment', () => {
  test('a bad environment names every problem at once', () => {
    const problems = problemsOf({
      PORT: '70000',
      HOST: 'http://x',
      PUBLIC_URL: 'ftp://x',
      DRAIN_MS: '-1',
      LOG_LEVEL: 'loud',
      INSPECT: 'yes',
      DATABASE_URL: 'postgres://u:p@h/db',
      ADMIN_TOKEN: 'short',
      WORKERS: '0',
      OPENAI_REALTIME_DIALECT: 'alpha',
      OPENAI_REALTIME_URL: 'https://api.openai.com',
      TWILIO_PHONE_NUMBER: '555',
      MAX_CONCURRENT_CALLS: '4e2',
    });
    expect(Object.keys(problems).sort()).toEqual([
      'ADMIN_TOKEN',
      'DATABASE_URL',
      'DRAIN_MS',
      'HOST',
      'INSPECT',
      'LOG_LEVEL',
      'MAX_CONCURRENT_CALLS',
      'OPENAI_REALTIME_DIALECT',
      'OPENAI_REALTIME_URL',
      'PORT',
      'PUBLIC_URL',
      'TWILIO_PHONE_NUMBER',
      'WORKERS',
    ]);
  });

  test('a bad environment is told without the values, which may be secrets', () => {
    try {
      readConfig({
        ADMIN_TOKEN: 'hunter2',
        DATABASE_URL: 'postgres://u:hunter2@h/db',
        PUBLIC_URL: 'hunter2',
      });
      expect.unreachable();
    } catch (thrown) {
      expect(String(thrown)).not.toContain('hunter2');
    }
  });

  test('a bad environment names Postgres once when a Postgres database is named', () => {
    expect(problemsOf({ DATABASE_URL: 'postgres://h/db' })['DATABASE_URL']?.join()).toContain('postgres://');
    expect(problemsOf({ DATABASE_URL: 'postgresql://h/db' })['DATABASE_URL']).toHaveLength(1);
  });

  test.each(['3000x', '1e3', '0x10', '-1', '65536', '99999999999'])(
    'a bad environment refuses PORT %j',
    (PORT) => {
      expect(problemsOf({ PORT })).toHaveProperty('PORT');
    },
  );
});

describe('production', () => {
  test('production takes a complete environment', () => {
    expect(readConfig(PRODUCTION)).toMatchObject({ isProduction: true, model: { isSimulated: false } });
  });

  test.each(['OPENAI_API_KEY', 'TWILIO_AUTH_TOKEN'])('production needs %s', (name) => {
    expect(Object.keys(problemsOf({ ...PRODUCTION, [name]: undefined }))).toEqual([name]);
  });

  test.each(['Production', 'PRODUCTION', 'prod', 'staging', 'live'])(
    'NODE_ENV=%j is not production: it is refused, and no trial',
    (NODE_ENV) => {
      expect(problemsOf({ ...PRODUCTION, NODE_ENV })).toEqual({
        NODE_ENV: ['  NODE_ENV: must be production, development or test, just so'],
      });
    },
  );

  test.each(['development', 'test', ''])('NODE_ENV=%j is not production', (NODE_ENV) => {
    expect(readConfig({ NODE_ENV }).isProduction).toBe(false);
  });

  const TLS = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  test.each([
    ['NODE_TLS_REJECT_UNAUTHORIZED', TLS],
    ['OPENAI_REALTIME_URL', { OPENAI_REALTIME_URL: 'ws://model.internal:8000/v1/realtime' }],
    ['OPENAI_REALTIME_URL', { OPENAI_REALTIME_URL: 'ws://localhost.example.com/' }],
    ['TWILIO_API_URL', { TWILIO_API_URL: 'http://10.0.0.7:8080' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'HTTP://calls.internal' }],
    ['ADMIN_TOKEN', { ADMIN_TOKEN: 'changemechangeme' }],
    ['TWILIO_AUTH_TOKEN', { TWILIO_AUTH_TOKEN: 'twilio-secret' }],
  ])('production refuses what endangers callers, which is a warning elsewhere: %s, %o', (name, more) => {
    expect(Object.keys(problemsOf({ ...PRODUCTION, ...more }))).toEqual([name]);
    const { warnings } = readConfig({ ...PRODUCTION, ...more, NODE_ENV: 'development' });
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`^${name}: `))]);
    for (const value of Object.values(more)) if (value !== '0') expect(warnings.join()).not.toContain(value);
  });

  test.each([
    { OPENAI_REALTIME_URL: 'ws://127.0.0.1:9999/v1/realtime' },
    { TWILIO_API_URL: 'http://[::1]:8080' },
    { PUBLIC_URL: 'http://localhost:3000' },
    { PUBLIC_URL: 'https://calls.example.com', OPENAI_REALTIME_URL: 'wss://model.internal/v1' },
    { NODE_TLS_REJECT_UNAUTHORIZED: '1' },
  ])('production takes %o, without a warning', (more) => {
    expect(readConfig({ ...PRODUCTION, ...more }).warnings).toEqual([]);
  });
});

describe('a server that others can reach', () => {
  test.each(['https://calls.example.com', 'http://10.0.0.7:3000', 'https://x.ngrok.app'])(
    'a server that others can reach needs both tokens when PUBLIC_URL is %s',
    (PUBLIC_URL) => {
      expect(Object.keys(problemsOf({ PUBLIC_URL })).sort()).toEqual(['ADMIN_TOKEN', 'TWILIO_AUTH_TOKEN']);
    },
  );

  test.each(['0.0.0.0', '::', '192.168.1.4', 'engine.internal'])(
    'a server that others can reach needs ADMIN_TOKEN when HOST is %s',
    (HOST) => {
      expect(Object.keys(problemsOf({ HOST }))).toEqual(['ADMIN_TOKEN']);
      expect(problemsOf({ HOST, ADMIN_TOKEN: PRODUCTION.ADMIN_TOKEN })).toEqual({});
    },
  );

  test.each(['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000'])(
    'a server that others can reach needs none when PUBLIC_URL is %s',
    (PUBLIC_URL) => {
      expect(problemsOf({ PUBLIC_URL })).toEqual({});
    },
  );

  test.each(['localhost', '127.0.0.1', '127.1.2.3', '::1'])(
    'a server that others can reach needs none when HOST is %s',
    (HOST) => {
      expect(problemsOf({ HOST })).toEqual({});
    },
  );
});

describe('the model', () => {
  test('the model is not simulated when another server is named, with a key or without', () => {
    const url = 'ws://127.0.0.1:9999';
    expect(readConfig({ OPENAI_REALTIME_URL: url }).model).toMatchObject({ isSimulated: false, url });
    expect(readConfig({ OPENAI_API_KEY: 'k' }).model).toMatchObject({ isSimulated: false, apiKey: 'k' });
    expect(readConfig({ OPENAI_REALTIME_URL: 'wss://api.openai.com/v1/realtime' }).model.isSimulated).toBe(
      true,
    );
  });

  test.each([
    ['gpt-4o-realtime-preview', 'beta'],
    ['gpt-4o-mini-realtime-preview-2024-12-17', 'beta'],
    ['gpt-realtime', 'ga'],
  ])('the model at %s speaks %s, unless told otherwise', (OPENAI_REALTIME_MODEL, dialect) => {
    expect(readConfig({ OPENAI_REALTIME_MODEL }).model.dialect).toBe(dialect);
    expect(readConfig({ OPENAI_REALTIME_MODEL, OPENAI_REALTIME_DIALECT: 'ga' }).model.dialect).toBe('ga');
  });
});

describe('TOOLS_ALLOW_HOSTS', () => {
  test('TOOLS_ALLOW_HOSTS is a list, in lower case', () => {
    const { toolsAllowHosts } = readConfig({ TOOLS_ALLOW_HOSTS: 'CRM.local, 10.0.0.7:8443,[::1]:80' });
    expect(toolsAllowHosts).toEqual(['crm.local', '10.0.0.7:8443', '[::1]:80']);
  });

  test.each(['https://crm.local', 'crm.local,', '*', 'a b', 'crm.local/path', 'user@crm.local'])(
    'TOOLS_ALLOW_HOSTS refuses %j',
    (TOOLS_ALLOW_HOSTS) => {
      expect(problemsOf({ TOOLS_ALLOW_HOSTS })).toHaveProperty('TOOLS_ALLOW_HOSTS');
    },
  );
});

describe('TOOLS_SECRET_HOSTS', () => {
  test('TOOLS_SECRET_HOSTS binds each secret to its hosts', () => {
    const { toolSecretHosts } = readConfig({
      TOOLS_SECRET_HOSTS: 'TOOL_A=CRM.example.com, TOOL_B=10.0.0.7:8443,TOOL_A=[::1]:80,TOOL_C=@program',
    });
    expect([...toolSecretHosts]).toEqual([
      ['TOOL_A', ['crm.example.com', '[::1]:80']],
      ['TOOL_B', ['10.0.0.7:8443']],
      ['TOOL_C', ['@program']],
    ]);
  });

  test.each([
    'crm.example.com',
    'TOOL_A=',
    'TOOL_A=*',
    'TOOL_A=https://crm.example.com',
    'TOOL_A=crm.example.com/path',
    'TOOL_A=user@crm.example.com',
    'ADMIN_TOKEN=crm.example.com',
    'TOOL_A=a.example.com,',
    'TOOL_A=a.example.com|b.example.com',
  ])('TOOLS_SECRET_HOSTS refuses %j', (TOOLS_SECRET_HOSTS) => {
    expect(problemsOf({ TOOLS_SECRET_HOSTS })).toHaveProperty('TOOLS_SECRET_HOSTS');
  });
});

describe('what is derived', () => {
  test.each([
    ['https://Calls.Example.COM', 'https://calls.example.com'],
    ['HTTPS://calls.example.com', 'https://calls.example.com'],
    ['https://calls.example.com:443', 'https://calls.example.com'],
    ['https://calls.example.com.', 'https://calls.example.com'],
    ['https://calls.example.com.:443//', 'https://calls.example.com'],
    ['https://calls.example.com:8443/', 'https://calls.example.com:8443'],
    ['https://calls.example.com./Base/', 'https://calls.example.com/Base'],
    [' "https://calls.example.com/" \r\n', 'https://calls.example.com'],
    ['http://10.0.0.7:80', 'http://10.0.0.7'],
    ['http://localhost.:3000', 'http://localhost:3000'],
    ['http://[::1]:3000/', 'http://[::1]:3000'],
  ])('PUBLIC_URL %j is %s', (PUBLIC_URL, publicUrl) => {
    const tokens = { ADMIN_TOKEN: PRODUCTION.ADMIN_TOKEN, TWILIO_AUTH_TOKEN: PRODUCTION.TWILIO_AUTH_TOKEN };
    expect(readConfig({ ...tokens, PUBLIC_URL }).publicUrl).toBe(publicUrl);
  });

  test('PUBLIC_URL as it was typed is kept beside it', () => {
    expect(readConfig({ PUBLIC_URL: '"http://LOCALHOST:80/"' })).toMatchObject({
      publicUrl: 'http://localhost',
      typedPublicUrl: 'http://LOCALHOST:80/',
    });
  });

  test('PUBLIC_URL follows the port that was taken, and loses the slash at its end', () => {
    expect(publicUrlOf(readConfig({ PORT: '0' }), 41_234)).toBe('http://localhost:41234');
    expect(publicUrlOf(readConfig({ PUBLIC_URL: 'http://localhost:8080/' }), 41_234)).toBe(
      'http://localhost:8080',
    );
  });

  test.each([
    ['file:data/calls.sqlite', 'data/calls.sqlite'],
    ['file:/var/lib/calls.sqlite', '/var/lib/calls.sqlite'],
    ['file:///var/lib/calls.sqlite', '/var/lib/calls.sqlite'],
  ])('DATABASE_URL %s is the file %s', (DATABASE_URL, file) => {
    expect(readConfig({ DATABASE_URL }).databaseFile).toBe(file);
  });

  test.each([
    [{}, 'data'],
    [{ DATABASE_URL: 'file:/var/lib/calls.sqlite' }, '/var/lib'],
    [{ DATABASE_URL: 'file::memory:' }, undefined],
    [{ DATABASE_URL: 'file::memory:', DATA_DIR: '/srv/kept' }, '/srv/kept'],
    [{ DATA_DIR: '/srv/kept' }, '/srv/kept'],
  ])('what is kept beside the database of %j lies in %s', (environment, folder) => {
    expect(readConfig(environment).dataDir).toBe(folder);
  });

  test.each(['0', '-1', '1.5', '36501', 'for ever'])('RETENTION_DAYS %j is refused', (RETENTION_DAYS) => {
    expect(problemsOf({ RETENTION_DAYS })).toHaveProperty('RETENTION_DAYS');
    expect(readConfig({ RETENTION_DAYS: '30' }).retentionDays).toBe(30);
  });

  test('secrets are listed, so that the logger can scrub them', () => {
    expect(secretsOf(readConfig(PRODUCTION))).toEqual([
      PRODUCTION.ADMIN_TOKEN,
      PRODUCTION.OPENAI_API_KEY,
      PRODUCTION.TWILIO_AUTH_TOKEN,
    ]);
    expect(secretsOf(readConfig({}))).toEqual([]);
    expect(secretsOf(readConfig({ TOOL_CRM_TOKEN: 'crm', TOOL_EMPTY: '', TOOLS_DIR: 'own' }))).toEqual([
      'crm',
    ]);
  });
});

describe('.env', () => {
  const read = (directory: string, environment: NodeJS.ProcessEnv) =>
    execFileSync(
      process.execPath,
      [
        '--import',
        resolve('node_modules/tsx/dist/esm/index.mjs'),
        '--input-type=module',
        '--eval',
        `const { loadEnvironment } = await import(${JSON.stringify(resolve('src/config.ts'))});
         const { PORT, HOST } = loadEnvironment();
         console.log(JSON.stringify({ PORT, HOST }));`,
      ],
      { cwd: directory, env: { PATH: process.env['PATH'], ...environment }, encoding: 'utf8' },
    );

  test('.env of the working directory is loaded, and variables that are set already win', () => {
    const directory = mkdtempSync(join(tmpdir(), 'callchart-env-'));
    writeFileSync(join(directory, '.env'), 'PORT=4100\nHOST=localhost\n');
    expect(JSON.parse(read(directory, { PORT: '4200' }))).toEqual({ PORT: '4200', HOST: 'localhost' });
  }, 20_000);

  test('.env may be missing', () => {
    expect(JSON.parse(read(mkdtempSync(join(tmpdir(), 'callchart-env-')), {}))).toEqual({});
  }, 20_000);
});
