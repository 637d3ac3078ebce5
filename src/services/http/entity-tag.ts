import { createHash } from 'node:crypto';
import type { Answer } from './answer.ts';

/** A strong validator (RFC 9110, 8.8.3): the same bytes, the same tag. */
export const entityTag = (content: string | Uint8Array): string =>
  `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;

/** RFC 9110, 13.1.2: a list of validators, compared weakly, or `*`. */
export function isKnown(ifNoneMatch: string | string[] | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return String(ifNoneMatch)
    .split(',')
    .some((one) => ['*', etag, `W/${etag}`].includes(one.trim()));
}

/** A text that whoever has it already is not sent again: 304. Kept by whoever asked, and asked for anew each time. */
export function tagged(text: string, type: string, ifNoneMatch: string | string[] | undefined): Answer {
  const etag = entityTag(text);
  const headers = { ETag: etag, 'Cache-Control': 'private, no-cache' };
  return isKnown(ifNoneMatch, etag)
    ? { status: 304, type, text: '', headers }
    : { status: 200, type, text, headers };
}
