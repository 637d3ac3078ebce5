import { networkFault } from '../network-faults.ts';
import type { FarAnswer } from './far-answer.ts';
import { type LostHeader, proxyLines } from './proxy-lines.ts';

/** What is wrong and what to do, by a code of the network. */
export function networkWords(code: string): string {
  const fault = networkFault(code);
  return fault === undefined ? code : `${fault.text} (${code}): ${fault.remedy}`;
}

/** The headers that the engine says it missed; undefined when the answer is not the engine's. */
export function lostHeaders({ status, type, body }: FarAnswer): LostHeader[] | undefined {
  if (status !== 426 || type !== PROBLEM) return undefined;
  try {
    const { errors } = JSON.parse(body) as { errors?: { path?: unknown }[] };
    const paths = new Set(errors?.map(({ path }) => path));
    return LOST_HEADERS.filter((header) => paths.has(header));
  } catch {
    return undefined;
  }
}

const LOST_HEADERS: readonly LostHeader[] = ['version', 'Upgrade', 'Connection', 'Host'];

/** What is wrong, and the lines that put it right, each indented beneath it. */
export function withLines(text: string, lines: readonly string[]): string {
  return [text, ...lines].join('\n       ');
}

/**
 * What an answer says that is not the one that was asked for, and what to do.
 *
 * @param url - what was asked, as the carrier signs it.
 */
export function answerWords(url: string, answer: FarAnswer): string {
  const { status, leadsTo } = answer;
  const who = answer.server || 'what is there';
  if (isRedirect(status)) {
    const where = leadsTo === undefined ? 'elsewhere' : `to ${leadsTo}`;
    return `${who} redirects ${where} (${String(status)}), and Twilio does not follow: set PUBLIC_URL to that address, or remove the redirect`;
  }
  if (status >= 520 && status <= 530) {
    return `Cloudflare does not reach the engine (${String(status)}): check the engine's address and certificate in Cloudflare`;
  }
  switch (status) {
    case 426:
      return lostWords(answer);
    case 400:
      return badRequest(who, answer);
    case 401:
    case 407:
      return `${who} asks for a password (${String(status)}), and Twilio has none: allow /twilio without one`;
    case 403:
      if (answer.type === PROBLEM) {
        return 'the engine allows only its own machine: TWILIO_AUTH_TOKEN is not set there';
      }
      return isEngines(answer)
        ? `the engine refuses the signature: its TWILIO_AUTH_TOKEN or PUBLIC_URL differs from the one here; it checks against ${url}`
        : `${who} refuses the request (403) before the engine: check firewall rules and address lists`;
    case 404:
      return isEngines(answer)
        ? 'the engine got another path (404): the proxy must not change the path'
        : `${who} does not know the path (404): it must pass the path to the engine`;
    case 500:
      return `${who} failed (500): see its own log`;
    case 502:
    case 504:
      return `${who} does not reach the engine (${String(status)}): check that it runs, and the address and port it is passed on to`;
    case 503:
      return isEngines(answer)
        ? 'the engine is starting, or has too many streams waiting (503): try again'
        : `${who} does not reach the engine (503): check that it runs, and the address and port it is passed on to`;
    case 200:
      return `${who} answers with ${answer.type === 'text/html' ? 'a web page' : 'something else'} (200): that is not the engine`;
    default:
      return `${who} answers ${String(status)}: that is not the engine`;
  }
}

function lostWords(answer: FarAnswer): string {
  const lost = lostHeaders(answer);
  if (lost === undefined || lost.length === 0) {
    return `${answer.server || 'what is there'} does not pass upgrades (426): it must speak HTTP/1.1, and pass Upgrade and Connection`;
  }
  const names = lost.map((each) => (each === 'version' ? 'HTTP/1.1' : each)).join(', ');
  return withLines(
    `the proxy in front of the engine (${answer.server || 'it does not say which'}) drops ${names}; add there`,
    proxyLines(answer, lost),
  );
}

function badRequest(who: string, { body }: FarAnswer): string {
  if (/plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server/i.test(body)) {
    return `${who} speaks TLS at that port (400): PUBLIC_URL must begin with https://`;
  }
  return `${who} refuses the handshake (400): the proxy must pass Sec-WebSocket-Key and Sec-WebSocket-Version`;
}

const isRedirect = (status: number) => [301, 302, 303, 307, 308].includes(status);

const PROBLEM = 'application/problem+json';

/** The engine refuses in its own form, or without a word; whoever else refuses sends a page. */
const isEngines = ({ body, type }: FarAnswer) => type === PROBLEM || (body === '' && type === '');
