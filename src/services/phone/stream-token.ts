import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { EngineError } from '../../errors.ts';

const VERSION = 'v2';
/** Between the TwiML and the stream's `start` lie some seconds; a minute is ample (security model, 4.3). */
const LIFETIME_MS = 60_000;
/** 128 bits: cannot be guessed, and no two are equal. */
const NONCE_BYTES = 16;

/** Who may bring a token: the carrier, whose upgrade is signed, or a page of ours. */
const StreamPeer = z.enum(['carrier', 'page']);
export type StreamPeer = z.infer<typeof StreamPeer>;

const Ticket = z.strictObject({
  peer: StreamPeer,
  callSid: z.string().min(1),
  epoch: z.int().positive(),
  /** By the steady clock, in milliseconds since the Unix epoch. */
  expiresAt: z.int(),
  nonce: z.string().min(1),
});

/** Which stream of which call a token is to open, and who brings it. */
export type StreamOfCall = Pick<StreamTicket, 'callSid' | 'epoch' | 'peer'>;

/** What a token says: which stream of which call may start, until when, and once. */
export type StreamTicket = z.infer<typeof Ticket>;

/**
 * Mints and reads the tokens that let a stream in.
 *
 * A token is `v2.<ticket>.<mac>`: HMAC-SHA-256 with a key derived from the secret
 * for this purpose alone. Any process that has the secret can read it without
 * asking another one; that it is used only once is the journal's to say.
 *
 * Its life is told by the steady clock, which begins with the machine's: one who
 * sets that clock makes no token live longer, and refuses no call. Between two
 * processes it errs by what the clock was set by between their beginnings. A
 * token of before may then be refused, which costs the call in its first
 * second; or last longer, and still lets one stream of its own call in, once.
 */
export class StreamTokens {
  readonly #key: Buffer;
  readonly #clock: Clock;
  readonly #nonce: () => string;

  /** @param secret - the auth token, or a random key of at least 16 bytes kept beside the database. */
  constructor(
    secret: string | Buffer,
    clock: Clock,
    nonce: () => string = () => randomBytes(NONCE_BYTES).toString('base64url'),
  ) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', 'stream-token/v1', 32));
    this.#clock = clock;
    this.#nonce = nonce;
  }

  /** A token for one stream, good for a minute. Under 300 characters: it fits a `<Parameter>`. */
  mint({ callSid, epoch, peer }: StreamOfCall): string {
    const ticket: StreamTicket = {
      peer,
      callSid,
      epoch,
      expiresAt: this.#clock.steady() + LIFETIME_MS,
      nonce: this.#nonce(),
    };
    const body = `${VERSION}.${Buffer.from(JSON.stringify(ticket)).toString('base64url')}`;
    return `${body}.${this.#mac(body).toString('base64url')}`;
  }

  /**
   * Reads a token. Nothing in it is looked at before its MAC is right.
   * @throws {EngineError} `TOKEN_REJECTED` when it is not ours, or has expired.
   */
  read(token: string): StreamTicket {
    const at = token.lastIndexOf('.');
    const body = token.slice(0, Math.max(0, at));
    const mac = Buffer.from(token.slice(at + 1), 'base64url');
    const expected = this.#mac(body);
    if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) {
      throw new EngineError('TOKEN_REJECTED', 'wrong');
    }
    const json = Buffer.from(body.slice(VERSION.length + 1), 'base64url').toString();
    const ticket = Ticket.parse(JSON.parse(json));
    if (ticket.expiresAt <= this.#clock.steady()) throw new EngineError('TOKEN_REJECTED', 'expired');
    return ticket;
  }

  #mac(body: string): Buffer {
    return createHmac('sha256', this.#key).update(body).digest();
  }
}
