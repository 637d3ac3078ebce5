/**
 * Twilio signs what it sends: `X-Twilio-Signature` is the base64 HMAC-SHA1, by the
 * account's auth token, of the URL as the operator configured it and the form fields.
 * Source: Twilio docs, "Security - Validating Requests".
 *
 * The URL is built from `PUBLIC_URL` alone. What a request says about its host
 * (`Host`, `X-Forwarded-*`) is whatever the sender likes. The validator is Twilio's
 * own, from its one file: the whole SDK takes half a second to load.
 */

import webhooks from 'twilio/lib/webhooks/webhooks.js';
import type { FormFields } from '../../../protocol/form-fields.ts';
import type { VerifyWebhook } from '../../http/guard.ts';
import { ACTION_OVERRIDES, NUMBER_OVERRIDES } from './connection-overrides.ts';

/** Where it is, in lower case, and what it is verified with. */
export const SIGNATURE_HEADER = 'x-twilio-signature';
export const SECRET_SETTING = 'TWILIO_AUTH_TOKEN';

/** Where Media Streams are served. */
export const STREAM_PATH = '/twilio/media';

/**
 * What may follow the URL in what is signed. No request line has the overrides of its URL, and Twilio's docs do not say
 * whether they are signed: those that the engine writes itself are tried, too.
 */
const FRAGMENTS = ['', ACTION_OVERRIDES, NUMBER_OVERRIDES];

export interface SignedBy {
  /** `PUBLIC_URL`: the base that Twilio was told. */
  readonly publicUrl: string;
  /** The same in other letters: Twilio signs the URL of a number as it was typed there. */
  readonly typedPublicUrl?: string | undefined;
  readonly authToken: string;
}

/** Whether a request to a route of ours comes from Twilio, a media stream that lost its upgrade included. */
export const webhookVerifier =
  (by: SignedBy): VerifyWebhook =>
  ({ target, form, signature }) =>
    isSignedWebhook(by, signature, target, form) ||
    // An upgrade that a proxy made a plain request of still has its signature.
    (target === STREAM_PATH && isSignedUpgrade(by, signature, target));

/**
 * Whether a webhook comes from Twilio. Constant time in the signature.
 *
 * @param target - path and query as they are in the request line, unchanged.
 * @param fields - the form as it was sent; a field that came twice as a list.
 */
export function isSignedWebhook(
  by: SignedBy,
  signature: string | undefined,
  target: string,
  fields: FormFields,
): boolean {
  return [by.publicUrl, by.typedPublicUrl ?? by.publicUrl].some((publicUrl) => {
    const [url = ''] = (base(publicUrl) + target).split('#');
    return FRAGMENTS.some((fragment) => isSigned(by.authToken, signature, url + fragment, fields));
  });
}

/**
 * Whether the upgrade to a media stream comes from Twilio: the `<Stream url>` is
 * signed, in its `wss` form (`ws` where the public URL is `http`), without fields.
 * Twilio has been seen to sign it with a slash at the end, and its other SDKs take it with the default port.
 */
export function isSignedUpgrade(by: SignedBy, signature: string | undefined, path: string): boolean {
  const url = streamUrl(by.publicUrl, path);
  return [url, `${url}/`].some((signed) => isSigned(by.authToken, signature, withPortOfTls(signed), {}));
}

/**
 * `wss://host/path` as `wss://host:443/path`; what has a port, or no TLS, stays as it is. The validator tries without
 * the port by itself, but knows the default one of `https:` alone: to `wss:` it would add that of plain `ws:`.
 */
const withPortOfTls = (url: string) => url.replace(/^(wss:\/\/(?:\[[^\]/]*\]|[^/:[]+))(?=\/|$)/, '$1:443');

/** The URL of a media stream, exactly as TwiML has to say it and Twilio signs it. */
export function streamUrl(publicUrl: string, path: string): string {
  return base(publicUrl).replace(/^http/i, 'ws') + path;
}

const base = (publicUrl: string) => publicUrl.replace(/(?<!\/)\/+$/, '');

function isSigned(
  authToken: string,
  signature: string | undefined,
  url: string,
  fields: FormFields,
): boolean {
  if (signature === undefined || signature === '') return false;
  try {
    return webhooks.validateRequest(authToken, signature, url, fields);
  } catch {
    return false; // The request line cannot be part of a URL: Twilio did not send it.
  }
}
