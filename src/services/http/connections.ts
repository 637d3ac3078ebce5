import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../clock.ts';
import { isLoopbackAddress } from '../../loopback.ts';
import { plainAddress } from './client-address.ts';

/** Connections that have shown no credential. A page opens six, a load balancer's check one. */
const MAX_STRANGERS = 200;
/** Of them, from one address that is neither this machine's nor a proxy's. */
const MAX_PER_ADDRESS = 50;
/** A connection is not let go before it has had this long to say who it is. A carrier needs one packet. */
const CHANCE_MS = 1000;
/** Below the 60 s for which load balancers keep theirs it would close under a request of theirs. */
const KEEP_TRUSTED_MS = 65_000;
/** A stranger asks for a page and its parts, at once. */
export const KEEP_STRANGER_MS = 5000;

export interface ConnectionRules {
  /** `MAX_CONCURRENT_CALLS`. So many may arrive in one moment, and have shown nothing yet. */
  readonly lines: number;
  /** True for the operator's own proxies: all their clients have one address. */
  readonly isProxy: (address: string) => boolean;
  /** Where a request really comes from. */
  readonly addressOf: (request: IncomingMessage) => string;
  readonly clock: Pick<Clock, 'steady'>;
  /** Of the carrier, in lower case. */
  readonly signatureHeader: string;
}

/** A connection that has shown no credential. */
interface Stranger {
  readonly socket: Socket;
  readonly since: number;
  readonly address: string;
}

/** Strangers in the order in which they came. */
interface InOrder {
  readonly size: number;
  values(): Iterable<Stranger>;
}

/**
 * Who holds the connections of the engine's port.
 *
 * A connection is a stranger's until a request on it carries a signature or a
 * token. Strangers have places of their own: when those are full, the one that
 * came first is let go, so that a newcomer is always let speak and nobody can
 * make the engine deaf by holding on. The carrier's and the operators'
 * connections are not counted, and need no place.
 */
export class Connections {
  readonly #rules: ConnectionRules;
  /** In the order in which they came. */
  readonly #strangers = new Map<Socket, Stranger>();
  readonly #byAddress = new Map<string, Set<Stranger>>();
  readonly #trusted = new WeakSet<Socket>();
  /** Requests through a proxy that are being answered, by their client. */
  readonly #asking = new Map<string, number>();

  constructor(rules: ConnectionRules) {
    this.#rules = rules;
  }

  /** Strangers that are connected now. */
  get strangers(): number {
    return this.#strangers.size;
  }

  /** Watches the connections of a server. To be called before it listens. */
  serve(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.#meet(socket);
    });
  }

  /** A request has shown a credential: its connection is no stranger's any more. */
  trust({ socket }: IncomingMessage): void {
    this.#trusted.add(socket);
    this.#forget(socket);
  }

  /** True for a request that carries a credential, right or wrong. */
  saysWho({ headers }: IncomingMessage): boolean {
    return headers.authorization !== undefined || headers[this.#rules.signatureHeader] !== undefined;
  }

  /**
   * False: the client has its share of requests through a proxy already. A proxy's connections cannot be told
   * apart before they carry a request, and carry those of many; it keeps slow clients away from the engine itself.
   * Who says who they are is let ask: the carrier may have hundreds of calls at once from one address.
   */
  admits(request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = request;
    response.once('finish', () => {
      if (this.#trusted.has(socket)) socket.setTimeout(KEEP_TRUSTED_MS);
    });
    if (!this.#rules.isProxy(peerOf(socket))) return true;
    const client = this.#rules.addressOf(request);
    const asking = this.#asking.get(client) ?? 0;
    if (asking >= MAX_PER_ADDRESS && !this.saysWho(request)) return false;
    this.#asking.set(client, asking + 1);
    response.once('close', () => {
      const left = (this.#asking.get(client) ?? 1) - 1;
      if (left === 0) this.#asking.delete(client);
      else this.#asking.set(client, left);
    });
    return true;
  }

  #meet(socket: Socket): void {
    // A connection whose request was not to be upgraded comes in once more.
    if (this.#strangers.has(socket) || this.#trusted.has(socket)) return;
    const address = peerOf(socket);
    const now = this.#rules.clock.steady();
    const own = this.#byAddress.get(address);
    const hasShare = !isLoopbackAddress(address) && !this.#rules.isProxy(address);
    if (hasShare && own !== undefined && !this.#letGo(own, MAX_PER_ADDRESS, now)) {
      socket.resetAndDestroy();
      return;
    }
    const atOnce = MAX_STRANGERS + Math.max(MAX_STRANGERS, this.#rules.lines);
    if (!this.#letGo(this.#strangers, MAX_STRANGERS, now) && this.#strangers.size >= atOnce) {
      socket.resetAndDestroy();
      return;
    }
    const stranger: Stranger = { socket, since: now, address };
    this.#strangers.set(socket, stranger);
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? new Set()).add(stranger));
    socket.once('close', () => {
      this.#forget(socket);
    });
  }

  /** Makes room for one more than `max` less one, by those who came first and had their chance. False: there is none. */
  #letGo(strangers: InOrder, max: number, now: number): boolean {
    const tooMany = strangers.size - max + 1;
    if (tooMany <= 0) return true;
    const first = [...strangers.values()].slice(0, tooMany);
    const late = first.filter(({ since }) => now - since >= CHANCE_MS);
    for (const { socket } of late) {
      this.#forget(socket);
      socket.resetAndDestroy();
    }
    return late.length === tooMany;
  }

  #forget(socket: Socket): void {
    const stranger = this.#strangers.get(socket);
    if (stranger === undefined) return;
    this.#strangers.delete(socket);
    const own = this.#byAddress.get(stranger.address);
    own?.delete(stranger);
    if (own?.size === 0) this.#byAddress.delete(stranger.address);
  }
}

const peerOf = ({ remoteAddress }: Socket) => plainAddress(remoteAddress ?? '');
