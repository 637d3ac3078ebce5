import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { EngineError } from './errors.ts';
import { isLoopbackName, isLoopbackUrl } from './loopback.ts';
import { productionFaults } from './production-rules.ts';
import type { AdmissionSettings } from './services/admission/open-admission.ts';
import { FREE } from './services/admission/model-rates.ts';
import { IN_MEMORY } from './database-url.ts';
import { type LogLevel, SETTINGS, type SettingName } from './settings.ts';
import { textOf } from './text-files.ts';
import { blemishOf, normalised, parseWritten } from './written-environment.ts';

/** Everything the operator decides, read once at start. Nobody but this file reads `process.env`. */
export interface Config {
  readonly isProduction: boolean;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** In the one way that it can be written, without a slash at its end; ask `publicUrlOf` once the port is known. */
  readonly publicUrl: string | undefined;
  /** As it was typed here, and most likely at the carrier, too, which signs what was typed there. */
  readonly typedPublicUrl: string | undefined;
  readonly adminToken: string | undefined;
  /** Addresses and networks of proxies in front of the engine. */
  readonly trustedProxies: readonly string[];
  readonly model: ModelConfig;
  readonly twilio: TwilioConfig;
  /** Path of the SQLite file, relative to the working directory; or `:memory:`. */
  readonly databaseFile: string;
  /** Recordings, clips, keys. Undefined: they are not kept, as a database in memory is not. */
  readonly dataDir: string | undefined;
  /** For how long after its end a call is kept. Undefined: for ever. */
  readonly retentionDays: number | undefined;
  readonly agentsDir: string;
  readonly toolsDir: string | undefined;
  /** In lower case; with a port where only that one is meant. */
  readonly toolsAllowHosts: readonly string[];
  /** Every variable whose name begins with `TOOL_`: what profiles may name as secrets. */
  readonly toolSecrets: ReadonlyMap<string, string>;
  /** Where each of them may go: hosts in lower case, with a port where only that one is meant, or `@program`. */
  readonly toolSecretHosts: ReadonlyMap<string, readonly string[]>;
  /** Of each worker. */
  readonly maxConcurrentCalls: number;
  readonly admission: AdmissionSettings;
  /** Processes that take calls. With more than one there is another that watches over them. */
  readonly workers: number;
  readonly drainMs: number;
  readonly inspect: 'stately' | undefined;
  readonly logLevel: LogLevel;
  /** What would be refused in production, to be said at the start: each begins with the variable's name. */
  readonly warnings: readonly string[];
}

interface ModelConfig {
  /** True when the embedded simulator answers: there is no key, and no other server than OpenAI's was named. */
  readonly isSimulated: boolean;
  /** Path of the simulator's scenario, relative to the working directory. Undefined: the built-in one. */
  readonly scenario: string | undefined;
  readonly url: string;
  readonly apiKey: string | undefined;
  readonly name: string;
  readonly dialect: 'ga' | 'beta';
}

interface TwilioConfig {
  readonly accountSid: string | undefined;
  readonly authToken: string | undefined;
  readonly phoneNumber: string | undefined;
  readonly apiUrl: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The process's environment, with `.env` of the working directory loaded
 * beneath it: a variable that is set already keeps its value. What Node and
 * others read of it themselves, they read as the settings do.
 *
 * @throws {EngineError} `CONFIG_INVALID` when `.env` is there and cannot be read.
 */
export function loadEnvironment(): Environment {
  const written = { ...readDotEnv(), ...process.env };
  Object.assign(process.env, normalised(written, isOurs));
  return process.env;
}

function readDotEnv(): Environment {
  try {
    return parseWritten(textOf(readFileSync('.env')));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    const why = cause instanceof EngineError ? 'is not UTF-8: save it as UTF-8' : 'cannot be read';
    throw new EngineError('CONFIG_INVALID', `.env: ${why}`, { cause });
  }
}

/** What Node reads of the environment, and the settings judge. */
const TLS_SWITCH = 'NODE_TLS_REJECT_UNAUTHORIZED';

const isOurs = (name: string) => name in SETTINGS || name === TLS_SWITCH || name.startsWith('TOOL_');

/**
 * Reads and checks every setting together.
 *
 * An empty variable counts as absent, so that a copy of `.env.example` works.
 *
 * @throws {EngineError} `CONFIG_INVALID`; its message has one line for each problem,
 *   which begins with the variable's name and never holds its value.
 */
export function readConfig(written: Environment): Config {
  const environment = normalised(written, isOurs);
  const { values, problems } = readValues(environment);
  const faults = productionFaults(values, environment[TLS_SWITCH]);
  const isProduction = values.NODE_ENV === 'production';
  problems.push(...contradictions(values, environment), ...(isProduction ? faults : []));
  if (problems.length > 0) {
    throw new EngineError('CONFIG_INVALID', problems.map((problem) => `\n  ${problem}`).join(''));
  }

  const { OPENAI_API_KEY: apiKey, OPENAI_REALTIME_MODEL: model } = values;
  const isSimulated =
    apiKey === undefined && values.OPENAI_REALTIME_URL === SETTINGS.OPENAI_REALTIME_URL.fallback;
  return {
    isProduction,
    host: sure(values.HOST),
    port: sure(values.PORT),
    publicUrl: values.PUBLIC_URL,
    typedPublicUrl: values.PUBLIC_URL === undefined ? undefined : environment['PUBLIC_URL'],
    adminToken: values.ADMIN_TOKEN,
    trustedProxies: values.TRUSTED_PROXIES ?? [],
    model: {
      isSimulated,
      scenario: values.SCENARIO,
      url: sure(values.OPENAI_REALTIME_URL),
      apiKey,
      name: sure(model),
      dialect: values.OPENAI_REALTIME_DIALECT ?? dialectOf(sure(model)),
    },
    twilio: {
      accountSid: values.TWILIO_ACCOUNT_SID,
      authToken: values.TWILIO_AUTH_TOKEN,
      phoneNumber: values.TWILIO_PHONE_NUMBER,
      apiUrl: sure(values.TWILIO_API_URL),
    },
    databaseFile: sure(values.DATABASE_URL),
    dataDir: values.DATA_DIR ?? folderOf(sure(values.DATABASE_URL)),
    retentionDays: values.RETENTION_DAYS,
    agentsDir: sure(values.AGENTS_DIR),
    toolsDir: values.TOOLS_DIR,
    toolsAllowHosts: values.TOOLS_ALLOW_HOSTS ?? [],
    toolSecrets: toolSecretsOf(environment),
    toolSecretHosts: values.TOOLS_SECRET_HOSTS ?? new Map<string, string[]>(),
    maxConcurrentCalls: sure(values.MAX_CONCURRENT_CALLS),
    admission: admissionOf(values, isSimulated),
    workers: sure(values.WORKERS),
    drainMs: sure(values.DRAIN_MS),
    inspect: values.INSPECT,
    logLevel: sure(values.LOG_LEVEL),
    warnings: faults,
  };
}

function admissionOf(values: Values, isSimulated: boolean): AdmissionSettings {
  return {
    callers: {
      atOnce: sure(values.MAX_CALLS_PER_CALLER),
      perHour: sure(values.MAX_CALLS_PER_CALLER_AND_HOUR),
    },
    day: {
      timezone: sure(values.DAY_TIMEZONE),
      calls: sure(values.MAX_CALLS_PER_DAY),
      minutes: sure(values.MAX_MINUTES_PER_DAY),
      cost: sure(values.MAX_COST_PER_DAY),
    },
    placed: {
      perMinute: sure(values.MAX_PLACED_CALLS_PER_MINUTE),
      perDay: sure(values.MAX_PLACED_CALLS_PER_DAY),
    },
    // The simulator counts tokens and sends no bill.
    rates: isSimulated ? FREE : sure(values.MODEL_RATES),
  };
}

/** The base URL in force once the server listens on `port`. */
export function publicUrlOf(config: Pick<Config, 'publicUrl'>, port: number): string {
  return config.publicUrl ?? `http://localhost:${String(port)}`;
}

/** What must never be printed: the logger scrubs these values from every line. */
export function secretsOf({ adminToken, model, twilio, toolSecrets }: Config): string[] {
  return [adminToken, model.apiKey, twilio.authToken, ...toolSecrets.values()].filter(
    (secret) => secret !== undefined,
  );
}

/** A profile can be written through the API, so what it may name is set apart: none of the engine's own secrets. */
function toolSecretsOf(environment: Environment): ReadonlyMap<string, string> {
  const secrets = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith('TOOL_') && value !== undefined && value !== '') secrets.set(name, value);
  }
  return secrets;
}

type Values = { [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']> | undefined };

function isSet(environment: Environment, name: string): boolean {
  return (environment[name] ?? '') !== '';
}

function readValues(environment: Environment): { values: Values; problems: string[] } {
  const problems: string[] = [];
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const [name, { schema, fallback }] of settingRows()) {
    const text = isSet(environment, name) ? environment[name] : fallback;
    if (text === undefined) continue;
    const blemish = blemishOf(text);
    if (blemish !== undefined) {
      problems.push(`${name}: ${blemish}`);
      continue;
    }
    const read = schema.safeParse(text);
    if (read.success) values[name] = read.data;
    else problems.push(...new Set(read.error.issues.map(({ message }) => `${name}: ${message}`)));
  }
  for (const [name, secret] of toolSecretsOf(environment)) {
    const blemish = blemishOf(secret, true);
    if (blemish !== undefined) problems.push(`${name}: ${blemish}`);
  }
  return { values: values as Values, problems };
}

/** The table's rows, each with its name. */
function settingRows() {
  return Object.entries(SETTINGS) as [SettingName, (typeof SETTINGS)[SettingName] & { fallback?: string }][];
}

/** A name or an address that the whole Internet has, as far as it can be told. */
const isPublicName = ({ hostname }: URL) =>
  /\.[a-z][a-z0-9-]+\.?$/.test(hostname) &&
  !/\.(?:local|localhost|internal|lan|test|example|invalid|arpa)\.?$/.test(hostname);

/** What single variables cannot know of each other. */
function contradictions(values: Values, environment: Environment): string[] {
  const problems: string[] = [];
  const isProduction = values.NODE_ENV === 'production';
  const isPublic = values.PUBLIC_URL !== undefined && !isLoopbackUrl(values.PUBLIC_URL);
  if (
    isPublic &&
    isPublicName(new URL(sure(values.PUBLIC_URL))) &&
    sure(values.PUBLIC_URL).startsWith('http:')
  ) {
    problems.push('PUBLIC_URL: must begin with https://: the carrier opens media sockets over TLS only');
  }
  const listensWide = values.HOST !== undefined && !isLoopbackName(values.HOST);

  if (isProduction && !isSet(environment, 'OPENAI_API_KEY')) {
    problems.push('OPENAI_API_KEY: must be set when NODE_ENV is production');
  }
  if ((isProduction || isPublic) && !isSet(environment, 'TWILIO_AUTH_TOKEN')) {
    const why = isProduction ? 'NODE_ENV is production' : 'PUBLIC_URL is not loopback';
    problems.push(`TWILIO_AUTH_TOKEN: must be set when ${why}: without it anybody could place calls here`);
  }
  if ((listensWide || isPublic) && !isSet(environment, 'ADMIN_TOKEN')) {
    const why = listensWide ? 'HOST is not loopback' : 'PUBLIC_URL is not loopback';
    problems.push(`ADMIN_TOKEN: must be set when ${why}: without it anybody could read and command calls`);
  }
  if (values.INSPECT !== undefined && (values.WORKERS ?? 1) > 1) {
    problems.push('INSPECT: shows the calls of one process; leave it out, or set WORKERS to 1');
  }
  return problems;
}

/** OpenAI names the models of the beta dialect `gpt-4o-realtime-preview` and the like. */
function dialectOf(model: string): 'ga' | 'beta' {
  return model.includes('-realtime-preview') ? 'beta' : 'ga';
}

const folderOf = (databaseFile: string) => (databaseFile === IN_MEMORY ? undefined : dirname(databaseFile));

/** A setting with a fallback is there once no problem was found. */
function sure<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new EngineError('INTERNAL', 'a setting lost its fallback');
  return value;
}
