/**
 * Every environment variable: its type, default and meaning, in one table.
 * `config.ts` reads the environment by it; `.env.example` and
 * `docs/reference/config.md` are written from it, and a test keeps them equal.
 */

import { z } from 'zod';
import { readModelRates } from './services/admission/model-rates.ts';
import {
  wholeNumber,
  limitFrom,
  url,
  baseUrl,
  hostList,
  proxyList,
  secretPlaces,
  databaseUrl,
  isTimezone,
} from './setting-kinds.ts';

/** One environment variable. */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  /** Reads the text of the variable; its messages complete the sentence "NAME: ...". */
  readonly schema: Schema;
  /** What the text must be, in words. */
  readonly type: string;
  /** The text that stands in for an absent or empty variable. */
  readonly fallback?: string;
  /** How the reference page tells the default, where it is not one text. */
  readonly absent?: string;
  /** Never printed, and scrubbed from every log line. */
  readonly isSecret?: boolean;
  readonly meaning: string;
}

const setting = <Schema extends z.ZodType>(row: Setting<Schema>): Setting<Schema> => row;

const LogLevel = z.enum(
  ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
  'must be trace, debug, info, warn, error, fatal or silent',
);
export type LogLevel = z.infer<typeof LogLevel>;

const NonEmpty = z.string().min(1);

/** 2^31 - 1 ms is where a Node timer wraps to 1 ms; the exit is armed at `DRAIN_MS` + 5 s. */
const MAX_DRAIN_MS = 2 ** 31 - 1 - 5000;

/** As many cores as a machine for this has, and more. */
const MAX_WORKERS = 64;

/** A hundred years: whoever means for ever leaves it out. */
const MAX_RETENTION_DAYS = 36_500;

export const SETTINGS = {
  NODE_ENV: setting({
    // Written in no other way, here or in what we depend on: "Production" would be a trial that strangers call.
    schema: z.enum(['production', 'development', 'test'], 'must be production, development or test, just so'),
    type: '`production`, `development` or `test`',
    absent: 'none',
    meaning:
      '`production` makes missing and weak secrets, and far ends that are spoken to in the clear, an error instead of a warning',
  }),
  PORT: setting({
    schema: wholeNumber(0, 65_535),
    type: 'port',
    fallback: '3000',
    meaning: 'where the server listens; 0 takes a free port, told by the first line on stdout',
  }),
  HOST: setting({
    schema: z.string().regex(/^[\w.:-]+$/, 'must be a host name or an address, without a port or brackets'),
    type: 'host name or address',
    fallback: '127.0.0.1',
    meaning: 'the interface on which the server listens; `0.0.0.0` is all of them and needs ADMIN_TOKEN',
  }),
  PUBLIC_URL: setting({
    schema: baseUrl('https', 'http').refine(
      (text) => !/\/twilio(?:\/|$)/i.test(text),
      'is a base: leave /twilio and what follows out',
    ),
    type: 'https:// or http:// URL',
    absent: '`http://localhost:PORT`',
    meaning:
      'base URL at which Twilio reaches the server: used in TwiML, in callbacks and to check signatures',
  }),
  OPENAI_API_KEY: setting({
    schema: z.string().regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
    type: 'secret',
    absent: 'none: the embedded simulator answers',
    isSecret: true,
    meaning: 'key for the Realtime API; with NODE_ENV=production it must be set',
  }),
  OPENAI_REALTIME_URL: setting({
    schema: url('wss', 'ws'),
    type: 'wss:// or ws:// URL',
    fallback: 'wss://api.openai.com/v1/realtime',
    meaning:
      'where the Realtime WebSocket is opened; `?model=` is appended. Another server than this one may do without a key',
  }),
  OPENAI_REALTIME_MODEL: setting({
    schema: z.string().regex(/^[\w.:/-]{1,200}$/, 'must be the name of a model'),
    type: 'model name',
    fallback: 'gpt-realtime-2.1',
    meaning: 'the Realtime model that answers calls',
  }),
  OPENAI_REALTIME_DIALECT: setting({
    schema: z.enum(['ga', 'beta'], 'must be ga or beta'),
    type: '`ga` or `beta`',
    absent: '`beta` for `*-realtime-preview*` models, else `ga`',
    meaning: 'which Realtime dialect the far end speaks; `beta` is for look-alike servers only',
  }),
  SCENARIO: setting({
    schema: NonEmpty,
    type: 'path',
    absent: 'the built-in one',
    meaning: 'what the embedded simulator understands and answers: a scenario file, JSON',
  }),
  TWILIO_ACCOUNT_SID: setting({
    schema: z.string().regex(/^AC\w+$/, 'must be an account SID, which begins with AC'),
    type: 'account SID',
    absent: 'none',
    meaning: 'the Twilio account for texts, transfers and outbound calls',
  }),
  TWILIO_AUTH_TOKEN: setting({
    schema: z
      .string()
      .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
      .regex(/^(?!AC[0-9a-f]{32}$)/i, 'is an account SID; take the auth token beside it'),
    type: 'secret',
    absent: 'none: only direct loopback clients may use /twilio',
    isSecret: true,
    meaning:
      'checks X-Twilio-Signature; must be set with NODE_ENV=production or when PUBLIC_URL is not loopback',
  }),
  TWILIO_PHONE_NUMBER: setting({
    schema: z.string().regex(/^\+[1-9]\d{7,14}$/, 'must be E.164, for example +12025550100'),
    type: 'E.164 number',
    absent: 'none',
    meaning: 'the number that texts and outbound calls come from',
  }),
  TWILIO_API_URL: setting({
    schema: baseUrl('https', 'http'),
    type: 'https:// or http:// URL',
    fallback: 'https://api.twilio.com',
    meaning: 'base of the Twilio REST API',
  }),
  DATABASE_URL: setting({
    schema: databaseUrl,
    type: '`file:` and a path',
    fallback: 'file:data/calls.sqlite',
    meaning: 'the SQLite file that holds the journal',
  }),
  DATA_DIR: setting({
    schema: NonEmpty,
    type: 'path',
    absent: "the database's folder",
    meaning: 'folder for what is kept beside the database: recordings, clips, keys',
  }),
  RETENTION_DAYS: setting({
    schema: wholeNumber(1, MAX_RETENTION_DAYS),
    type: 'days',
    absent: 'none: for ever',
    meaning:
      'calls that ended longer ago are erased with everything that was said in them, their recordings and texts; leads and appointments stay',
  }),
  AGENTS_DIR: setting({
    schema: NonEmpty,
    type: 'path',
    fallback: 'agents',
    meaning: 'folder of agent profiles, one JSON file each; `default.json` must be there',
  }),
  TRUSTED_PROXIES: setting({
    schema: proxyList,
    type: 'addresses and networks, comma-separated',
    absent: 'none: the client is who connects',
    meaning:
      'proxies of your own in front of the engine, as in 10.0.0.0/8: the last other address in their X-Forwarded-For is the client, for shares of connections and in what is written down. It lets nobody in',
  }),
  ADMIN_TOKEN: setting({
    schema: z
      .string()
      .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces')
      .min(16, 'must have at least 16 characters'),
    type: 'secret, at least 16 characters',
    absent: 'none: only direct loopback clients may use /api, /metrics and the console',
    isSecret: true,
    meaning:
      'bearer token for /api, /metrics and the console; must be set when HOST or PUBLIC_URL is not loopback',
  }),
  MAX_CONCURRENT_CALLS: setting({
    schema: wholeNumber(0, 100_000),
    type: 'whole number',
    fallback: '400',
    meaning: 'live calls per worker; past it a new call hears the busy message. 0 takes none',
  }),
  MAX_CALLS_PER_CALLER: setting({
    schema: limitFrom(1),
    type: 'whole number or `none`',
    fallback: '3',
    meaning:
      'calls of one number at once; past it a new one hears the busy message. Callers who withhold theirs have a quarter of the lines together',
  }),
  MAX_CALLS_PER_CALLER_AND_HOUR: setting({
    schema: limitFrom(1),
    type: 'whole number or `none`',
    fallback: '20',
    meaning: 'calls of one number within an hour; those that were refused are not counted',
  }),
  MAX_CALLS_PER_DAY: setting({
    schema: limitFrom(0),
    type: 'whole number or `none`',
    fallback: '5000',
    meaning: 'calls of all callers and placed calls on one day; past it a new call hears the busy message',
  }),
  MAX_MINUTES_PER_DAY: setting({
    schema: limitFrom(0),
    type: 'whole number or `none`',
    fallback: '5000',
    meaning:
      'minutes on one day that sessions of the model are open; past it no new call is taken, and at twice that the calls in progress end',
  }),
  MAX_COST_PER_DAY: setting({
    schema: limitFrom(0),
    type: 'whole number or `none`',
    fallback: '500',
    meaning:
      'what the model may cost on one day, in the currency of MODEL_RATES, as estimated by them; past it as with the minutes',
  }),
  MODEL_RATES: setting({
    schema: z.string().transform((text, context) => {
      const rates = readModelRates(text);
      if (rates !== undefined) return rates;
      context.addIssue({
        code: 'custom',
        message: 'must name text-in, audio-in, cached, text-out, audio-out and transcribed-minute once each',
      });
      return z.NEVER;
    }),
    type: 'names and numbers',
    fallback: 'text-in=4,audio-in=32,cached=0.4,text-out=24,audio-out=64,transcribed-minute=0.017',
    meaning:
      'what the model costs: a million tokens of each kind, and a minute of transcription. For the estimate only; the carrier is not in it',
  }),
  DAY_TIMEZONE: setting({
    schema: z.string().refine(isTimezone, 'must be an IANA time zone, for example America/New_York'),
    type: 'IANA time zone',
    fallback: 'UTC',
    meaning: 'the zone in which the days of these limits begin and end',
  }),
  MAX_PLACED_CALLS_PER_MINUTE: setting({
    schema: limitFrom(1),
    type: 'whole number or `none`',
    fallback: '10',
    meaning: 'calls that can be asked for with `POST /api/calls` in a minute',
  }),
  MAX_PLACED_CALLS_PER_DAY: setting({
    schema: limitFrom(0),
    type: 'whole number or `none`',
    fallback: '100',
    meaning: 'the same on one day',
  }),
  WORKERS: setting({
    schema: wholeNumber(1, MAX_WORKERS),
    type: 'whole number',
    fallback: '1',
    meaning:
      'processes that share the port; with 2 or more another one watches over them, and one that ends or stands still is replaced. `callchart restart` replaces all, one after the other',
  }),
  DRAIN_MS: setting({
    schema: wholeNumber(0, MAX_DRAIN_MS),
    type: 'milliseconds',
    fallback: '40000',
    meaning: 'how long SIGTERM lets calls reach a quiet point before they are handed over',
  }),
  TOOLS_DIR: setting({
    schema: NonEmpty,
    type: 'path',
    absent: 'none',
    meaning: "folder with a business's own tools, one file each",
  }),
  TOOLS_ALLOW_HOSTS: setting({
    schema: hostList,
    type: 'hosts with or without a port, comma-separated',
    absent: 'none: tools reach public addresses over https only',
    meaning:
      'hosts of your own network that webhooks and MCP servers of a profile may be at, also with http and a private address',
  }),
  TOOLS_SECRET_HOSTS: setting({
    schema: secretPlaces,
    type: '`TOOL_…=host`, with or without a port, comma-separated',
    absent: 'none: no secret of a tool goes anywhere',
    meaning:
      'where the secrets of tools may go, each named with one host; a name may come again. `@program` is a program that the file of a profile starts',
  }),
  INSPECT: setting({
    schema: z.enum(['stately'], 'must be stately'),
    type: '`stately`',
    absent: 'none',
    meaning: "calls are also sent to Stately's inspector",
  }),
  LOG_LEVEL: setting({
    schema: LogLevel,
    type: '`trace` to `fatal`, or `silent`',
    fallback: 'info',
    meaning: 'JSON lines on stdout, or pretty on a terminal',
  }),
} as const;

export type SettingName = keyof typeof SETTINGS;
