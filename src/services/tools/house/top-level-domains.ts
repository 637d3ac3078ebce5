/** The last labels of names that lead somewhere: what tells `evil.com` from "on Tuesday.See you". */

import { readFileSync } from 'node:fs';
import { domainToUnicode } from 'node:url';

/** IANA's root zone, in lower case and Unicode. Written by `scripts/write-top-level-domains.ts`. */
const DELEGATED = JSON.parse(
  readFileSync(new URL('../../../../assets/top-level-domains.json', import.meta.url), 'utf8'),
) as readonly string[];

/** Names for special use (RFC 6761, 6762, 7686, 9476; `internal` by ICANN): some networks and programs resolve them. */
const SPECIAL = ['alt', 'example', 'internal', 'invalid', 'local', 'localhost', 'onion', 'test'];

const TOP_LEVEL = new Set([...DELEGATED, ...SPECIAL]);

/** @param label - in any case, Unicode or Punycode (`xn--…`). */
export const isTopLevelDomain = (label: string): boolean =>
  TOP_LEVEL.has(domainToUnicode(label).toLowerCase());
