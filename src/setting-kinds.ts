/**
 * The kinds of text that a setting can be, as schemas. Each message completes the sentence "NAME: ...".
 */

import { z } from 'zod';
import { noteOf } from './errors.ts';
import { isProxyRange } from './services/http/client-address.ts';
import { databaseFileOf } from './database-url.ts';

export const wholeNumber = (min: number, max: number) => {
  const message = `must be a whole number from ${String(min)} to ${String(max)}`;
  return z
    .string()
    .regex(/^\d{1,10}$/, message)
    .transform(Number)
    .pipe(z.number(message).min(min, message).max(max, message));
};

/** Reads as null where there is no limit. */
export const limitFrom = (min: number) => {
  const limit = wholeNumber(min, 1_000_000_000);
  return z.union([z.literal('none').transform(() => null), limit], {
    error: `must be a whole number from ${String(min)} to 1000000000, or none`,
  });
};

export const url = (...protocols: string[]) => {
  const names = protocols.map((protocol) => `${protocol}://`).join(' or ');
  return z
    .string()
    .refine((text) => URL.canParse(text), `must be a URL that begins with ${names}`)
    .refine(
      (text) => !URL.canParse(text) || protocols.includes(new URL(text).protocol.slice(0, -1)),
      `must begin with ${names}`,
    )
    .refine(
      (text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).hash === ''),
      'must hold no user name and no fragment',
    );
};

/**
 * A base to which paths are appended, in the one way that it can be written: no query, the host in lower case and
 * without a dot at its end, no default port, no slash at the end.
 */
export const baseUrl = (...protocols: string[]) =>
  url(...protocols)
    .refine((text) => !text.includes('?'), 'must hold no query')
    .transform((text) => {
      const { protocol, hostname, port, pathname } = new URL(text);
      const host = hostname.replace(/\.$/, '') + (port === '' ? '' : `:${port}`);
      return `${protocol}//${host}${pathname.replace(/(?<!\/)\/+$/, '')}`;
    });

/** A host, with a port where only that one is meant: `crm.local`, `10.0.0.7:8443`, `[::1]:80`. */
const HOST_WITH_PORT = /^([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/;

export const hostList = z
  .string()
  .transform((text) => text.split(',').map((host) => host.trim().toLowerCase()))
  .pipe(z.array(z.string().regex(HOST_WITH_PORT, 'must be hosts, as in crm.local or 10.0.0.7:8443')));

export const proxyList = z
  .string()
  .transform((text) => text.split(',').map((range) => range.trim()))
  .pipe(
    z.array(z.string().refine(isProxyRange, 'must be addresses or networks, as in 10.0.0.7 or 10.0.0.0/8')),
  );
/** `TOOL_CRM_KEY=crm.example.com`: a variable, and where its value may go. `@program` is a program of a profile's file. */
const SECRET_PLACE = /^(TOOL_[A-Z0-9_]+)=([a-z0-9_.-]+(?::\d{1,5})?|\[[0-9a-f:.]+\](?::\d{1,5})?|@program)$/;

export const secretPlaces = z
  .string()
  .transform((text) =>
    text.split(',').map((pair) => pair.trim().replace(/=.*/, (host) => host.toLowerCase())),
  )
  .pipe(
    z.array(
      z
        .string()
        .regex(SECRET_PLACE, 'must be TOOL_ variables, each with a host, as in TOOL_CRM_KEY=crm.example.com'),
    ),
  )
  .transform((pairs) => {
    const places = new Map<string, string[]>();
    for (const pair of pairs) {
      const [, name = '', place = ''] = SECRET_PLACE.exec(pair) ?? [];
      places.set(name, [...(places.get(name) ?? []), place]);
    }
    return places;
  });

/** The journal's own reading of the URL, so that the two cannot differ. */
export const databaseUrl = z.string().transform((text, context) => {
  try {
    return databaseFileOf(text);
  } catch (thrown) {
    const { message } = noteOf(thrown, 'CONFIG_INVALID');
    context.addIssue({ code: 'custom', message: message.split('DATABASE_URL ').at(-1) ?? message });
    return z.NEVER;
  }
});

export const isTimezone = (zone: string) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};
