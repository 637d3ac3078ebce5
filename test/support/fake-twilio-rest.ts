import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Twilio's REST API as the engine uses it: Messages and Calls of one account,
 * on a real port. Form bodies in, JSON out, basic authentication, Twilio's own
 * codes in its errors. It misbehaves on request, one request at a time.
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

export interface TakenMessage {
  readonly sid: string;
  readonly to: string;
  readonly from: string;
  readonly body: string;
  readonly status: string;
  readonly date_created: string;
}

export interface TakenCall {
  readonly sid: string;
  readonly to: string;
  readonly from: string;
  readonly status: string;
  readonly date_created: string;
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

export async function startFakeTwilioRest(port = 0): Promise<FakeTwilioRest> {
  const requests: RestRequest[] = [];
  const messages: TakenMessage[] = [];
  const calls: TakenCall[] = [];
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
    messages,
    calls,
    hold: undefined,
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
        serve(method, pathname, form);
        return;
      case 'lost before accepting':
        request.socket.destroy();
        return;
      case 'redirect':
        response.writeHead(307, { location: 'http://127.0.0.1:1/elsewhere' }).end();
        return;
      case 'lost after accepting':
        serve(method, pathname, form);
        request.socket.destroy();
        return;
      case 'garbage':
        serve(method, pathname, form);
        response.writeHead(201).end('<html>');
        return;
      case undefined:
      case 'as usual': {
        const { status, json } = serve(method, pathname, form);
        await fake.hold?.('done', arrived);
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
        return;
      }
      default:
        if ('answer' in fate) {
          serve(method, pathname, form);
          fate.answer(response);
          return;
        }
        if (fate.done === true) serve(method, pathname, form);
        refuse(response, fate);
    }
  }

  function serve(method: string, path: string, form: URLSearchParams): { status: number; json: object } {
    const base = `/2010-04-01/Accounts/${ACCOUNT}/`;
    if (method === 'POST' && path === `${base}Messages.json`) {
      const message = {
        sid: sidOf('SM'),
        to: form.get('To') ?? '',
        from: form.get('From') ?? '',
        body: form.get('Body') ?? '',
        status: 'queued',
        date_created: new Date().toUTCString(),
      };
      messages.unshift(message);
      return { status: 201, json: message };
    }
    if (method === 'GET' && path === `${base}Messages.json`) {
      const found = messages.filter(({ to, from }) => to === form.get('To') && from === form.get('From'));
      return { status: 200, json: { messages: found } };
    }
    if (method === 'POST' && path === `${base}Calls.json`) {
      const call = {
        sid: sidOf('CA'),
        to: form.get('To') ?? '',
        from: form.get('From') ?? '',
        status: 'queued',
        date_created: new Date().toUTCString(),
      };
      calls.unshift(call);
      return { status: 201, json: call };
    }
    if (method === 'GET' && path === `${base}Calls.json`) {
      const found = calls.filter(({ to, from }) => to === form.get('To') && from === form.get('From'));
      return { status: 200, json: { calls: found } };
    }
    if (method === 'POST' && path.startsWith(`${base}Calls/`)) {
      return { status: 200, json: { status: form.get('Status') } };
    }
    return { status: 404, json: { code: 20404, status: 404, message: 'not found' } };
  }
}

/** Unlike any other, as Twilio's are. */
const sidOf = (prefix: 'SM' | 'CA') => `${prefix}${randomUUID().replaceAll('-', '')}`;

/** As Twilio does it, the number in the sentence included. */
function refuse(
  response: ServerResponse,
  { status, code, retryAfter }: Extract<Fate, { status: number }>,
): void {
  const message = "The 'To' number +12025550123 is not what it should be";
  const json = code === undefined ? { status, message } : { code, status, message, more_info: 'https://…' };
  response
    .writeHead(status, {
      'content-type': 'application/json',
      ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
    })
    .end(JSON.stringify(json));
}
