/** What a text to a caller may say. Its words come from a model that a caller talks to: they are the caller's. */

import { isIP } from 'node:net';
import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import { isTopLevelDomain } from './top-level-domains.ts';

/** Three segments of GSM-7 (160 characters each). */
export const MAX_TEXT_CHARACTERS = 480;

/**
 * What a phone may make into a link: a scheme, an address of numbers, or a name of labels with dots between them, which
 * is one if it has a top-level domain. The ideographic and full-width dots are dots to a browser too.
 */
const LINK =
  /(?<![\p{L}\d+-])\p{L}[\p{L}\d+-]*:\/\/\S*|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|(?<![\p{L}\p{N}-])[\p{L}\p{N}-]+(?:[.\u3002\uFF0E\uFF61][\p{L}\p{N}-]+)+/giu;
const DOT = /[.\u3002\uFF0E\uFF61]/u;

/** Schemes that work without slashes: they call, text, write to or run something. */
const SCHEME =
  /(?<![\p{L}\d])(?:callto|data|facetime(?:-audio)?|file|geo|intent|javascript|mailto|maps|market|mms(?:to)?|sips?|skype|sms(?:to)?|tel|viber|wa|whatsapp)\s*:/iu;

/** A dot that is written so that a program does not see it and a person does: `evil[.]com`, `evil(dot)com`. */
const HIDDEN_DOT = /\s?[[({<]\s?(?:[.\u3002]|dot)\s?[\])}>]\s?/giu;

/** What a phone offers to call: seven digits and more, with what is written between them. */
const NUMBER = /\+?\p{Nd}(?:[\s().\-/\u2010-\u2015]{0,3}\p{Nd}){6,}/gu;
/** Digits that are no number to a phone: `2026-03-10`, `10.03.2026`, `March 10, 2026`. */
const DATE =
  /(?<!\d)(?:\d{4}-\d{2}-\d{2}|\d{1,2}([./])\d{1,2}\1\d{2,4}|(?<=\p{L}\.? )\d{1,2}(?:st|nd|rd|th)?,? 20\d{2})(?!\d)/giu;

/** Invisible characters, and those that turn the direction of writing: they hide a link, or what it says. */
const INVISIBLE = /\p{Cf}/gu;
const CONTROL = /(?!\n)\p{Cc}/gu;

/** The text as it is sent: line ends as `\n`, no control characters, no spaces around it. */
export function plainText(body: string): string {
  return body
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(CONTROL, '')
    .replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, '')
    .trim();
}

/**
 * True when the text links to anything but a host or a number that the business itself names in its profile
 * (description, hours or address; its own numbers), or holds a number other than those of the call.
 *
 * @param callNumbers - the caller's and the one that was called, E.164.
 */
export function hasForeignLink(body: string, profile: AgentProfile, callNumbers: readonly string[]): boolean {
  const { business, phoneNumbers, escalation, contacts } = profile;
  const own = [
    business.description,
    business.address,
    typeof business.hours === 'string' ? business.hours : '',
  ].map(visibleOf);
  const visible = visibleOf(body);
  // A scheme is nothing that a person says: whose it is does not matter, except before a number that may be said.
  if (SCHEME.test(visible.replace(/\btel\s*:/gi, ''))) return true;
  const ownHosts = new Set(own.flatMap(hostsOf));
  if (hostsOf(visible).some((host) => !ownHosts.has(host))) return true;
  const named = [...phoneNumbers, ...callNumbers, ...Object.values(contacts), escalation?.phoneNumber ?? ''];
  const ownNumbers = [...named.map(digitsOf), ...own.flatMap(numbersOf)];
  return numbersOf(visible).some((number) => !ownNumbers.some((known) => isSame(known, number)));
}

const visibleOf = (text: string): string =>
  text.replaceAll(INVISIBLE, '').normalize('NFKC').replaceAll(HIDDEN_DOT, '.');

const hostsOf = (visible: string): string[] =>
  (visible.match(LINK) ?? []).flatMap((found) => {
    const link = found.includes('://') || isIP(found) !== 0 ? found : domainIn(found);
    return link === undefined ? [] : [hostOf(link)];
  });

/** The name up to its last top-level domain: in `evil.com.Then` a phone links `evil.com`. Undefined: it has none. */
function domainIn(name: string): string | undefined {
  const labels = name.split(DOT);
  const last = labels.findLastIndex((label, index) => index > 0 && isTopLevelDomain(label));
  return last < 0 ? undefined : labels.slice(0, last + 1).join('.');
}

/** The digits of each number, without the zero that is dialled at home. */
const numbersOf = (visible: string): string[] =>
  (visible.replaceAll(DATE, ' , ').match(NUMBER) ?? []).map((number) =>
    digitsOf(number.replaceAll('(0)', '')),
  );

const digitsOf = (number: string): string => number.replaceAll(/[^\p{Nd}]/gu, '').replace(/^0+/, '');

/** A number with its country, and as it is written at home. */
const isSame = (one: string, other: string): boolean =>
  one.length >= 7 && other.length >= 7 && (one.endsWith(other) || other.endsWith(one));

/** The host of a link, in lower case and without `www.`; an empty text for a link that is not of the web. */
function hostOf(link: string): string {
  const address = link.includes('://') ? link : `https://${link}`;
  if (!URL.canParse(address)) return '';
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? hostname.replace(/^www\./, '') : '';
}
