/**
 * The door through which tools reach the world. A URL comes from a profile, and
 * a profile can be written through the API: so a request reaches public
 * addresses over https, or a host that the operator has named, and nothing else.
 *
 * The address is judged when the connection is made, and the connection goes to
 * the very address that was judged: a name that resolves anew to another one in
 * between gains nothing. Redirects are not followed: a 3xx is an answer.
 */

import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as requestHttp, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { EngineError } from '../../../errors.ts';
import { isPublicAddress } from './address-policy.ts';

/** An address that a name resolves to. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export interface OutwardParts {
  /** Hosts that may also be private and speak http; with a port where only that one is meant. In lower case. */
  readonly allowHosts: readonly string[];
  /** Every address of a name. By default the system's resolver. */
  readonly resolve?: (hostname: string) => Promise<readonly ResolvedAddress[]>;
}

export interface OutwardRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
}

export interface Outward {
  /** Why a URL is refused whatever it resolves to; undefined when it may be tried. */
  problemOf(url: URL): string | undefined;
  /**
   * Sends one request and resolves with the answer's head; the body is the reader's to take or to destroy.
   *
   * @throws {EngineError} `TOOL_ADDRESS` when the address is not allowed, `TOOL_UNREACHABLE` when no connection
   *   came about: in both cases nothing has left. Whatever the socket throws once it is connected; an answer that
   *   switches protocols is one, without a body.
   */
  request(url: URL, request: OutwardRequest): Promise<IncomingMessage>;
}

const systemResolve = (hostname: string) => lookup(hostname, { all: true });

export function createOutward({ allowHosts, resolve = systemResolve }: OutwardParts): Outward {
  const allowed = new Set(allowHosts);
  const isAllowed = (url: URL) => allowed.has(url.hostname) || allowed.has(`${url.hostname}:${portOf(url)}`);

  const problemOf = (url: URL): string | undefined => {
    if (isAllowed(url)) return undefined;
    if (url.protocol !== 'https:')
      return 'must begin with https://, or its host must be in TOOLS_ALLOW_HOSTS';
    const literal = addressOf(url);
    return isIP(literal) === 0 || isPublicAddress(literal)
      ? undefined
      : 'must not be a private address, or it must be in TOOLS_ALLOW_HOSTS';
  };

  /** Node asks this for every name it connects to; a literal address never gets here, and is judged before. */
  const judgedLookup: LookupFunction = (hostname, { all = false }, answer) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
          answer(new EngineError('TOOL_ADDRESS'), '');
        } else if (all) answer(null, [...addresses]);
        else answer(null, first.address, first.family);
      },
      (thrown: unknown) => {
        answer(thrown instanceof Error ? thrown : new Error('the name does not resolve'), '');
      },
    );
  };

  return {
    problemOf,
    request: (url, { method, headers, body, signal }) => {
      const problem = problemOf(url);
      if (problem !== undefined) return Promise.reject(new EngineError('TOOL_ADDRESS', problem));
      const options: RequestOptions = {
        method,
        headers: { ...headers, ...(body !== undefined && { 'Content-Length': Buffer.byteLength(body) }) },
        signal,
        // A connection of its own: a kept one that the far end has just closed would make a failure of nothing.
        agent: false,
        ...(!isAllowed(url) && { lookup: judgedLookup }),
      };
      const isSecure = url.protocol === 'https:';
      return new Promise((answered, failed) => {
        let isConnected = false;
        (isSecure ? requestHttps : requestHttp)(url, options, answered)
          .on('socket', (socket) => {
            socket.once(isSecure ? 'secureConnect' : 'connect', () => {
              isConnected = true;
            });
          })
          // Without a listener Node closes the socket, and tells nobody.
          .on('upgrade', (answer, socket) => {
            socket.destroy();
            answered(answer);
          })
          .on('error', (cause) => {
            const isTold = isConnected || cause instanceof EngineError;
            failed(isTold ? cause : new EngineError('TOOL_UNREACHABLE', undefined, { cause }));
          })
          // Whatever else ends it, whoever waits is told: once it is settled this changes nothing.
          .on('close', () => {
            failed(isConnected ? new Error('it was not answered') : new EngineError('TOOL_UNREACHABLE'));
          })
          .end(body);
      });
    },
  };
}

const portOf = ({ port, protocol }: URL): string =>
  port === '' ? (protocol === 'https:' ? '443' : '80') : port;

/** The host without the brackets of an IPv6 literal. */
const addressOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');
