/**
 * What an operator does about a failure: one table, by its code, and by what the far end or the network called it.
 * The command line, the API and the doctor tell it by this, so that they never differ.
 */

import type { ErrorCode, ErrorNote } from './errors.ts';
import { networkFault } from './network-faults.ts';

const KEY = 'check OPENAI_API_KEY: it is wrong or was revoked';
const MODEL = 'check OPENAI_REALTIME_MODEL and OPENAI_REALTIME_URL: the account has no such model there';
const CREDIT = "add credit, or raise the limit, on the account's billing page; until then every call fails";
const PATIENCE = "wait: the model's service fails; see its status page";

/** By the codes that model servers give, and by the status of an upgrade that they refuse. */
const BY_CAUSE: Readonly<Record<string, string>> = {
  http_401: KEY,
  invalid_api_key: KEY,
  http_403: "check the key's rights and project: it may not use the Realtime API, or not from this country",
  http_404: MODEL,
  model_not_found: MODEL,
  insufficient_quota: CREDIT,
  credit_balance_exhausted: CREDIT,
  billing_hard_limit_reached: CREDIT,
  account_deactivated: "contact the model's support: the account was closed",
  beta_api_shape_disabled: 'set OPENAI_REALTIME_DIALECT=ga, or leave it out',
  http_429: 'raise the rate limits of the account, or take fewer calls at once',
  rate_limit_exceeded: 'raise the rate limits of the account, or take fewer calls at once',
  http_500: PATIENCE,
  http_502: PATIENCE,
  http_503: PATIENCE,
  server_error: PATIENCE,
};

const DOCTOR = '`callchart doctor` checks all of it';

const BY_CODE: Readonly<Partial<Record<ErrorCode, string>>> = {
  MODEL_REFUSED: `check what was refused: the profile's voice, model or tools; ${DOCTOR}`,
  MODEL_FORMAT: "set the profile's audio to pcm16 or to pcmu: this model supports only one of them",
  MODEL_UNREACHABLE: `check OPENAI_REALTIME_URL and the network of this machine; ${DOCTOR}`,
  MODEL_NOT_READY: `check that OPENAI_REALTIME_URL is a Realtime API, and the status page of the model; ${DOCTOR}`,
  MODEL_LOST: `check the network of this machine, and the status page of the model; ${DOCTOR}`,
  RESPONSE_FAILED: "check the model's status page and the limits of its account",
  STREAM_LOST:
    'check the connection from the carrier: a proxy ended an idle connection, or the network failed',
  STREAM_NOT_STARTED: `check PUBLIC_URL and the proxy in front of the engine: the media stream did not reach the engine; ${DOCTOR}`,
  STORAGE_UNAVAILABLE: 'check that the disk of DATABASE_URL is not full, and that the engine may write to it',
  SIBLING_LOST: 'try again in a second; the log says why a worker was replaced',
  CALL_FAILED: "check the engine's log at that time: it names the exception",
};

/** What to do, as an imperative; undefined where nothing but the message can be said. */
export function remedyOf({ code, cause }: Pick<ErrorNote, 'code' | 'cause'>): string | undefined {
  const known = cause === undefined ? undefined : (BY_CAUSE[cause] ?? networkFault(cause)?.remedy);
  return known ?? BY_CODE[code];
}
