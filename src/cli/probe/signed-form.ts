import { timingSafeEqual } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';

/** How a URL reads in what the carrier has signed. */
export type SignedForm =
  'as written' | 'without its fragment' | 'with a slash' | 'with its port' | 'with both';

export interface SignedRequest {
  /** The URL that the carrier was given, its fragment with it. */
  readonly url: string;
  readonly form: Readonly<Record<string, string>>;
  readonly signature: string;
}

/** The form of the URL that a signature fits; undefined: it was not made with this token, or over no form that is known. */
export function signedFormOf(
  authToken: string,
  { url, form, signature }: SignedRequest,
): SignedForm | undefined {
  const [plain = ''] = url.split('#', 1);
  const withPort = plain.replace(/^(https|wss):\/\/([^/:]+)(?=\/)/, '$1://$2:443');
  const forms: readonly (readonly [SignedForm, string])[] = [
    ['as written', url],
    ['without its fragment', plain],
    ['with a slash', `${plain}/`],
    ['with its port', withPort],
    ['with both', `${withPort}/`],
  ];
  return forms.find(([, signed]) =>
    isEqual(getExpectedTwilioSignature(authToken, signed, form), signature),
  )?.[0];
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
