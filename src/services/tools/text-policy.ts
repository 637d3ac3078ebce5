/** What a text to a caller may say. Its words come from a model that a caller talks to: they are the caller's. */

import type { AgentProfile } from '../../protocol/agent-profile.ts';

/** Three segments of GSM-7 (160 characters each). */
export const MAX_TEXT_CHARACTERS = 480;

/**
 * What a phone makes into a link: a scheme, or a name with a dot before at least
 * two letters. The ideographic and full-width dots are dots to a browser too.
 */
const LINK = /\p{L}[\p{L}\d+-]*:\/\/\S*|(?:[\p{L}\p{N}-]+[.\u3002\uFF0E\uFF61])+\p{L}{2,}/giu;

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
 * True when the text links to anything but a host that the business itself
 * names in its profile (description, hours or address).
 */
export function hasForeignLink(body: string, { business }: AgentProfile): boolean {
  const own = [
    business.description,
    business.address,
    typeof business.hours === 'string' ? business.hours : '',
  ];
  const ownHosts = new Set(own.flatMap(hostsOf));
  return hostsOf(body).some((host) => !ownHosts.has(host));
}

function hostsOf(text: string): string[] {
  const visible = text.replaceAll(INVISIBLE, '').normalize('NFKC');
  return (visible.match(LINK) ?? []).map(hostOf);
}

/** The host of a link, in lower case and without `www.`; an empty text for a link that is not of the web. */
function hostOf(link: string): string {
  const address = link.includes('://') ? link : `https://${link}`;
  if (!URL.canParse(address)) return '';
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? hostname.replace(/^www\./, '') : '';
}
