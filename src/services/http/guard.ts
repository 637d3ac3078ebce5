import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../clock.ts';
import { EngineError } from '../../errors.ts';
import { isForwarded, isLoopbackAddress, isLoopbackUrl } from '../../loopback.ts';
import type { FormFields } from '../../protocol/form-fields.ts';
import { checkedAgainst, type DoorRefusal, type TellRefusal } from '../sockets/refusal.ts';
import type { CarrierProof } from './carrier-proof.port.ts';
import { RequestProblem } from './problems.ts';
import { RateLimit } from './rate-limit.ts';

/** What a webhook's signature covers, beside the base URL that the verifier knows. */
interface SignedRequest {
  /** Path and query, exactly as they were sent. */
  readonly target: string;
  readonly form: FormFields;
  /** As the carrier's header has it; empty when the request has none. */
  readonly signature: string;
}

export type VerifyWebhook = (request: SignedRequest) => boolean;

export interface GuardRules {
  readonly publicUrl: string;
  readonly adminToken: string | undefined;
  readonly carrier: CarrierProof;
  /** Undefined while the carrier's secret is not set: then only this machine may speak as the carrier. */
  readonly verifyWebhook: VerifyWebhook | undefined;
  /** Where a request really comes from. Default: the peer of its socket. */
  readonly addressOf?: AddressOf;
  /** Called for each request with a valid credential, or from this machine where that is enough. */
  readonly onTrusted?: (request: IncomingMessage) => void;
  /** Called for each refused client. */
  readonly onRefused?: TellRefusal;
  readonly clock: Clock;
}

/** The address of a request's client, for what is counted and written down; what is let in does not go by it. */
export type AddressOf = (request: IncomingMessage) => string;

/** The client's address where no proxy is trusted. */
export const socketAddress: AddressOf = ({ socket }) => socket.remoteAddress ?? '';

/** By what somebody was let in to the API: the token, or being on this machine while there is none. */
export type Credential = 'token' | 'loopback';

/** Who may ask what. Each check returns, or throws what is answered instead. */
export interface Guard {
  /**
   * For `/api`, `/metrics` and the live feed.
   * @throws {EngineError} `UNAUTHORIZED`, `FORBIDDEN` or `RATE_LIMITED`.
   */
  admin(request: IncomingMessage): Credential;
  /**
   * For the console's own files and the upgrade of its live feed, which hold no data: they are what asks for
   * the token, so with a token set they are for everybody.
   * @throws {EngineError} `FORBIDDEN` when no token is set and the client is not this machine.
   */
  page(request: IncomingMessage): void;
  /**
   * For the upgrade of a live feed, which {@link Guard.page} has let in: the token is not in a header of its own,
   * because a browser cannot set one there.
   * @throws {EngineError} `UNAUTHORIZED` or `RATE_LIMITED`.
   */
  token(request: IncomingMessage, token: string | undefined): void;
  /**
   * For what is the carrier's.
   * @throws {EngineError} `SIGNATURE_INVALID`, or `FORBIDDEN` when its secret is not set and the client is not this machine.
   */
  webhook(request: IncomingMessage, target: string, form: FormFields): void;
}

/** Wrong tokens from one address that are answered as such, in one minute. */
const MAX_GUESSES = 10;
const MINUTE_MS = 60_000;

export function createGuard(rules: GuardRules): Guard {
  return new RequestGuard(rules);
}

class RequestGuard implements Guard {
  readonly #rules: GuardRules;
  readonly #addressOf: AddressOf;
  /** The token's digest; undefined while none is set. */
  readonly #expected: Buffer | undefined;
  readonly #guesses: RateLimit;

  constructor(rules: GuardRules) {
    const { adminToken, addressOf = socketAddress, clock } = rules;
    this.#rules = rules;
    this.#addressOf = addressOf;
    this.#expected = adminToken === undefined ? undefined : digest(adminToken);
    this.#guesses = new RateLimit({ max: MAX_GUESSES, windowMs: MINUTE_MS, clock });
  }

  admin(request: IncomingMessage): Credential {
    if (this.#expected === undefined) {
      this.#near('api', request, 'ADMIN_TOKEN');
      this.#rules.onTrusted?.(request);
      return 'loopback';
    }
    this.#check('api', request, bearerOf(request), this.#expected);
    return 'token';
  }

  page(request: IncomingMessage): void {
    if (this.#expected === undefined) this.#near('page', request, 'ADMIN_TOKEN');
  }

  token(request: IncomingMessage, token: string | undefined): void {
    if (this.#expected === undefined) this.#rules.onTrusted?.(request);
    else this.#check('live', request, token, this.#expected);
  }

  webhook(request: IncomingMessage, target: string, form: FormFields): void {
    const { carrier, onTrusted, publicUrl, verifyWebhook } = this.#rules;
    if (verifyWebhook === undefined) {
      this.#near('webhook', request, carrier.secretSetting);
      onTrusted?.(request);
      return;
    }
    const header = request.headers[carrier.signatureHeader];
    const signature = typeof header === 'string' ? header : '';
    // A request line with a whole URL would let the client choose what is signed.
    const isPath = target.startsWith('/');
    if (!isPath || signature === '' || !verifyWebhook({ target, form, signature })) {
      this.#tell('webhook', 'wrong_signature', request, checkedTarget(publicUrl, target, carrier));
      throw new EngineError('SIGNATURE_INVALID');
    }
    onTrusted?.(request);
  }

  /** Lets in who is on this machine, while nothing else is there to go by. */
  #near(door: DoorRefusal['door'], request: IncomingMessage, missing: string): void {
    if (isLoopbackUrl(this.#rules.publicUrl) && isDirectLoopback(request)) return;
    this.#tell(door, 'not_local', request);
    throw new EngineError(
      'FORBIDDEN',
      `${missing} is not set: only direct clients on this machine are allowed`,
    );
  }

  #check(
    door: DoorRefusal['door'],
    request: IncomingMessage,
    token: string | undefined,
    right: Buffer,
  ): void {
    if (token === undefined) {
      this.#tell(door, 'no_token', request);
      throw unauthorized('');
    }
    // Digests have one length, so the comparison tells nothing about where a guess went wrong.
    if (timingSafeEqual(digest(token), right)) {
      this.#rules.onTrusted?.(request);
      return;
    }
    this.#tell(door, 'wrong_token', request);
    // The right token is never locked out: behind a proxy all clients share one address, and 16
    // characters are not found by asking. The limit says to a script that its token is wrong for good.
    const waitMs = this.#guesses.take(this.#addressOf(request));
    if (waitMs > 0) throw tooMany(waitMs);
    throw unauthorized(', error="invalid_token"');
  }

  #tell(
    door: DoorRefusal['door'],
    reason: DoorRefusal['reason'],
    request: IncomingMessage,
    detail?: string,
  ): void {
    this.#rules.onRefused?.({
      door,
      reason,
      address: this.#addressOf(request),
      ...(detail !== undefined && { detail }),
    });
  }
}

/** What a stranger can make up of the URL, and what names an errand of the outbox, is left out. */
function checkedTarget(publicUrl: string, target: string, { secretSetting }: CarrierProof): string {
  const [path = ''] = target.split(/[?#]/);
  const ours = /^(?:\/[a-z]{1,20}){1,4}$/.test(path) ? path : '/…';
  return checkedAgainst(publicUrl + ours, secretSetting);
}

/** `RATE_LIMITED`, with the seconds to wait. */
export function tooMany(waitMs: number): RequestProblem {
  return new RequestProblem('RATE_LIMITED', {
    headers: { 'Retry-After': String(Math.ceil(waitMs / 1000)) },
  });
}

/** RFC 6750, 2.1: the scheme in any case, at least one space. A token in the query is none. */
function bearerOf({ headers }: IncomingMessage): string | undefined {
  return /^bearer +([\x21-\x7e]+)$/i.exec(headers.authorization ?? '')?.[1];
}

function unauthorized(error: string): RequestProblem {
  return new RequestProblem('UNAUTHORIZED', {
    headers: { 'WWW-Authenticate': `Bearer realm="callchart"${error}` },
  });
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Names by which a browser on this machine reaches us; any other is a name somebody pointed here (DNS rebinding). */
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/**
 * True when the client itself is on this machine and no web page of another
 * site asked it to ask.
 */
function isDirectLoopback({ socket, headers }: IncomingMessage): boolean {
  const { host = '', origin } = headers;
  const site = headers['sec-fetch-site'];
  return (
    isLoopbackAddress(socket.remoteAddress) &&
    LOCAL_HOST.test(host) &&
    !isForwarded(headers) &&
    (site === undefined || site === 'same-origin' || site === 'none') &&
    (origin === undefined || origin.toLowerCase() === `http://${host.toLowerCase()}`)
  );
}
