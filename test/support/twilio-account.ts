import { randomUUID } from 'node:crypto';
import type { CarrierConduct } from '../../src/simulator/carrier/carrier-conduct.ts';

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

/** What an update by REST does to a call in progress: it ends, or what is at a URL goes on with it. */
export type CallChange = { readonly status: 'completed' } | { readonly url: string };

/** A refusal by Twilio's code for it. Source: Twilio docs, "Error and Warning Dictionary". */
export interface RestRefusal {
  readonly status: number;
  readonly code: number;
}

/** What of the carrier's conduct is an account's, and the time that it goes by. */
export interface AccountRules extends Partial<Pick<CarrierConduct, 'updatesPerSecond'>> {
  /** In ms. Default: the system's. */
  readonly now?: () => number;
  /** Called with each call that it was asked to place: a carrier may ring somebody. */
  readonly placed?: (call: CallToPlace) => void;
}

export interface CallToPlace {
  readonly sid: string;
  readonly to: string;
  readonly from: string;
  readonly url: string;
  readonly statusCallback: string;
  readonly fallbackUrl: string;
}

type Served = { readonly status: number; readonly json: object } | RestRefusal;

const E164 = /^\+[1-9]\d{6,14}$/;
const MAX_BODY_CHARACTERS = 1600;
const DEFAULT_PAGE = 50;
const NOT_FOUND: RestRefusal = { status: 404, code: 20_404 };
const invalid = (code: number): RestRefusal => ({ status: 400, code });

/** One account as Twilio's REST API has it, version 2010-04-01: its texts and its calls, and what it refuses of both. */
export class TwilioAccount {
  /** The texts it has taken, newest first. */
  readonly messages: TakenMessage[] = [];
  /** The calls it has placed, newest first. */
  readonly calls: TakenCall[] = [];
  /** Calls that are in progress, and how each takes an update. */
  readonly #live = new Map<string, (change: CallChange) => void>();
  readonly #over = new Set<string>();
  readonly #base: string;
  readonly #rules: AccountRules;
  /** When updates were taken that count against the limit, in ms. */
  #updatedAt: number[] = [];

  constructor(accountSid: string, rules: AccountRules = {}) {
    this.#base = `/2010-04-01/Accounts/${accountSid}/`;
    this.#rules = rules;
  }

  /** A call that somebody has made to the account is in progress. `update` is what one by REST does to it. */
  carry(callSid: string, update: (change: CallChange) => void = () => undefined): void {
    this.#live.set(callSid, update);
  }

  /** A call is over. */
  callEnded(callSid: string): void {
    if (this.#live.delete(callSid)) this.#over.add(callSid);
  }

  serve(method: string, path: string, form: URLSearchParams): Served {
    if (!path.startsWith(this.#base)) return NOT_FOUND;
    const resource = path.slice(this.#base.length);
    if (method === 'POST') {
      if (resource === 'Messages.json') return this.#takeMessage(form);
      if (resource === 'Calls.json') return this.#placeCall(form);
      const [, sid] = /^Calls\/(CA[\da-f]{32})\.json$/.exec(resource) ?? [];
      return sid === undefined ? NOT_FOUND : this.#updateCall(sid, form);
    }
    if (method === 'GET' && resource === 'Messages.json')
      return { status: 200, json: { messages: pageOf(this.messages, form) } };
    if (method === 'GET' && resource === 'Calls.json')
      return { status: 200, json: { calls: pageOf(this.calls, form) } };
    return NOT_FOUND;
  }

  #takeMessage(form: URLSearchParams): Served {
    const [to, from, body] = ['To', 'From', 'Body'].map((name) => form.get(name) ?? '') as [
      string,
      string,
      string,
    ];
    if (to === '') return invalid(21_604);
    if (from === '') return invalid(21_603);
    if (body === '') return invalid(21_602);
    if (!E164.test(to)) return invalid(21_211);
    if (body.length > MAX_BODY_CHARACTERS) return invalid(21_617);
    const message = {
      sid: sidOf('SM'),
      to,
      from,
      body,
      status: 'queued',
      date_created: new Date().toUTCString(),
    };
    this.messages.unshift(message);
    return { status: 201, json: message };
  }

  #placeCall(form: URLSearchParams): Served {
    const [to, from] = ['To', 'From'].map((name) => form.get(name) ?? '') as [string, string];
    if (to === '') return invalid(21_201);
    if (from === '') return invalid(21_213);
    if (!E164.test(to)) return invalid(21_211);
    if (!URL.canParse(form.get('Url') ?? '')) return invalid(21_205);
    const call = { sid: sidOf('CA'), to, from, status: 'queued', date_created: new Date().toUTCString() };
    this.calls.unshift(call);
    this.carry(call.sid);
    const [url = '', statusCallback = '', fallbackUrl = ''] = ['Url', 'StatusCallback', 'FallbackUrl'].map(
      (name) => form.get(name) ?? '',
    );
    this.#rules.placed?.({ sid: call.sid, to, from, url, statusCallback, fallbackUrl });
    return { status: 201, json: call };
  }

  /** The engine ends calls, and leads them to a URL; nothing else is known. */
  #updateCall(sid: string, form: URLSearchParams): Served {
    if (this.#over.has(sid)) return invalid(21_220);
    const update = this.#live.get(sid);
    if (update === undefined) return NOT_FOUND;
    if (this.#isTooFast()) return { status: 429, code: 20_429 };
    const url = form.get('Url');
    if (url !== null) {
      if (!URL.canParse(url)) return invalid(21_205);
      update({ url });
      return { status: 200, json: { sid, status: 'in-progress' } };
    }
    if (form.get('Status') !== 'completed') return invalid(21_218);
    this.callEnded(sid);
    update({ status: 'completed' });
    return { status: 200, json: { sid, status: 'completed' } };
  }

  #isTooFast(): boolean {
    const { updatesPerSecond, now = () => Date.now() } = this.#rules;
    if (updatesPerSecond === undefined) return false;
    const at = now();
    this.#updatedAt = this.#updatedAt.filter((updatedAt) => updatedAt > at - 1000);
    if (this.#updatedAt.length >= updatesPerSecond) return true;
    this.#updatedAt.push(at);
    return false;
  }
}

/** The newest of those to and from the numbers asked for. */
function pageOf<Taken extends { readonly to: string; readonly from: string }>(
  taken: readonly Taken[],
  query: URLSearchParams,
): readonly Taken[] {
  const [to, from] = [query.get('To'), query.get('From')];
  return taken
    .filter((one) => (to === null || one.to === to) && (from === null || one.from === from))
    .slice(0, Number(query.get('PageSize') ?? DEFAULT_PAGE));
}

/** Unlike any other, as Twilio's are. */
const sidOf = (prefix: 'SM' | 'CA') => `${prefix}${randomUUID().replaceAll('-', '')}`;
