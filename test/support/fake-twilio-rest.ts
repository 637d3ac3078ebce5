import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AccountRules,
  type CallChange,
  type TakenCall,
  type TakenMessage,
  TwilioAccount,
} from './twilio-account.ts';

/**
 * Twilio's REST API as the engine uses it: Messages and Calls of one account,
 * on a real port. Form bodies in, JSON out, basic authentication, Twilio's own
 * codes in its errors. It misbehaves on request, one request at a time.
 *
 * A far end for tests alone, so it is no part of the simulated carrier that the
 * package has: whoever tries the engine without an account sends nothing.
 */
export interface FakeTwilioRest {
  readonly url: string;
  readonly accountSid: string;
  readonly authToken: string;
  /** Every request that reached it, in order. */
  readonly requests: readonly RestRequest[];
  /** The texts it has taken, newest first. */
  readonly messages: readonly TakenMessage[];
  /** The calls it has placed, newest first. */
  readonly calls: readonly TakenCall[];
  /** A call that somebody has made to the account is in progress; `update` is what one by REST does to it. */
  carry(callSid: string, update?: (change: CallChange) => void): void;
  /** A call is over: an update of it is refused with 21220. */
  callEnded(callSid: string): void;
  /** What happens to the next requests, in order; after those all goes well. */
  next(...fates: readonly Fate[]): void;
  /** The same for the requests about one number: several calls can be served at once. */
  nextFor(number: string, ...fates: readonly Fate[]): void;
  /** What is waited for at each step of every request: when it has arrived, and when it has had its effect. */
  hold: ((step: 'arrived' | 'done', request: RestRequest) => Promise<void> | void) | undefined;
  close(): Promise<void>;
}

export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly form: URLSearchParams;
  readonly contentType: string | undefined;
}

export type Fate =
  /** Refused or failed: a status, Twilio's code for it, and when to come back. `done` after the effect all the same. */
  | { readonly status: number; readonly code?: number; readonly retryAfter?: string; readonly done?: true }
  /** Done, and then the connection is cut before the answer. */
  | 'lost after accepting'
  /** Cut before anything was done. */
  | 'lost before accepting'
  /** Never answered. */
  | 'silence'
  /** Done, and never answered. */
  | 'silence after accepting'
  /** Done, and answered with something that is no JSON. */
  | 'garbage'
  /** Done, and answered by whoever asks for it. */
  | { readonly answer: (response: ServerResponse) => unknown }
  /** Sent elsewhere. */
  | 'redirect'
  | 'as usual';

const ACCOUNT = `AC${'0'.repeat(32)}`;
const TOKEN = 'secret-of-the-account';
const JSON_BODY = { 'content-type': 'application/json' };

export async function startFakeTwilioRest(port = 0, rules: AccountRules = {}): Promise<FakeTwilioRest> {
  const requests: RestRequest[] = [];
  const account = new TwilioAccount(ACCOUNT, rules);
  const fates: Fate[] = [];
  const fatesOf = new Map<string, Fate[]>();
  const authorization = `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}`;

  const server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: taken } = server.address() as AddressInfo;

  const fake: FakeTwilioRest = {
    url: `http://127.0.0.1:${String(taken)}`,
    accountSid: ACCOUNT,
    authToken: TOKEN,
    requests,
    messages: account.messages,
    calls: account.calls,
    hold: undefined,
    carry: (callSid, update) => {
      account.carry(callSid, update);
    },
    callEnded: (callSid) => {
      account.callEnded(callSid);
    },
    next: (...more) => {
      fates.push(...more);
    },
    nextFor: (number, ...more) => {
      fatesOf.set(number, [...(fatesOf.get(number) ?? []), ...more]);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  return fake;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url ?? '/', 'http://twilio.test');
    const form = request.method === 'POST' ? new URLSearchParams(body) : url.searchParams;
    const { pathname } = url;
    const method = request.method ?? '';
    const arrived = { method, path: pathname, form, contentType: request.headers['content-type'] };
    requests.push(arrived);
    if (request.headers.authorization !== authorization) {
      refuse(response, { status: 401, code: 20003 });
      return;
    }
    await fake.hold?.('arrived', arrived);

    const fate = fatesOf.get(form.get('To') ?? '')?.shift() ?? fates.shift();
    switch (fate) {
      case 'silence':
        return;
      case 'silence after accepting':
        account.serve(method, pathname, form);
        return;
      case 'lost before accepting':
        request.socket.destroy();
        return;
      case 'redirect':
        response.writeHead(307, { location: 'http://127.0.0.1:1/elsewhere' }).end();
        return;
      case 'lost after accepting':
        account.serve(method, pathname, form);
        request.socket.destroy();
        return;
      case 'garbage':
        account.serve(method, pathname, form);
        response.writeHead(201).end('<html>');
        return;
      case undefined:
      case 'as usual': {
        const served = account.serve(method, pathname, form);
        await fake.hold?.('done', arrived);
        if ('code' in served) refuse(response, served);
        else response.writeHead(served.status, JSON_BODY).end(JSON.stringify(served.json));
        return;
      }
      default:
        if ('answer' in fate) {
          account.serve(method, pathname, form);
          fate.answer(response);
          return;
        }
        if (fate.done === true) account.serve(method, pathname, form);
        refuse(response, fate);
    }
  }
}

/** As Twilio does it, the number in the sentence included. */
function refuse(
  response: ServerResponse,
  { status, code, retryAfter }: Extract<Fate, { status: number }>,
): void {
  const message = "The 'To' number +12025550123 is not what it should be";
  const json = code === undefined ? { status, message } : { code, status, message, more_info: 'https://…' };
  response
    .writeHead(status, {
      ...JSON_BODY,
      ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
    })
    .end(JSON.stringify(json));
}
