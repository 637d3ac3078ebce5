import type { IncomingHttpHeaders } from 'node:http';

/** How something at a URL answered, as far as it tells what stands there. */
export interface FarAnswer {
  readonly status: number;
  /** What it calls itself: its `Server`, such as `nginx/1.22.1`; or `ngrok` with the error that it names. Empty when it does not say. */
  readonly server: string;
  /** The media type, without its parameters; empty when there is none. */
  readonly type: string;
  /** Where a redirect leads: scheme and host. */
  readonly leadsTo: string | undefined;
  /** The beginning of the body. */
  readonly body: string;
}

/** What is looked at of a body; a page may have any length. */
const MAX_BODY_BYTES = 16_384;

interface Arrived {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** Reads what came instead of what was asked for. Never fails: half a body is one. */
export async function farAnswerOf(
  { status = 0, headers, body }: Arrived,
  askedUrl: string,
): Promise<FarAnswer> {
  return {
    status,
    server: serverOf(headers),
    type: (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
    leadsTo: originOf(headers.location, askedUrl),
    body: await beginningOf(body),
  };
}

/** A tunnel that is closed names itself in a header of its own. */
function serverOf({ server, ...headers }: IncomingHttpHeaders): string {
  const ngrok = headers['ngrok-error-code'];
  const name = typeof ngrok === 'string' ? `ngrok (${ngrok})` : String(server ?? '');
  return name.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 60);
}

async function beginningOf(body: Arrived['body']): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of body ?? []) {
      parts.push(part);
      bytes += part.length;
      if (bytes >= MAX_BODY_BYTES) break;
    }
  } catch {
    // It was cut off: what came is looked at.
  }
  return Buffer.concat(parts).toString('utf8', 0, MAX_BODY_BYTES);
}

function originOf(location: string | undefined, askedUrl: string): string | undefined {
  if (location === undefined || !URL.canParse(location, askedUrl)) return undefined;
  return new URL(location, askedUrl).origin.replace(/^ws/, 'http'); // What PUBLIC_URL would be.
}
