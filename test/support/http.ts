import { PlacingRefused } from '../../src/services/desk/placing-refused.ts';
import { once } from 'node:events';
import { type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { Act, BegunAct } from '../../src/services/audit/audit-trail.ts';
import { AgentDrafts } from '../../src/services/agents/agent-drafts.ts';
import { Erasures } from '../../src/services/erasing/erasures.ts';
import { loadCharts } from '../../src/charts/drawn-charts.ts';
import { type HttpDeps, createHttp } from '../../src/services/http/app.ts';
import type { DeskCommand, CommandAnswer, Desk, NextStep } from '../../src/services/desk/desk.ts';
import { createGuard, type GuardRules, socketAddress } from '../../src/services/http/guard.ts';
import { Connections } from '../../src/services/http/connections.ts';
import { createHttpServer } from '../../src/services/http/http-server.ts';
import { TWILIO_PROOF, TWILIO_ROUTES } from '../../src/services/twilio/webhooks/twilio-routes.ts';
import type { Journal, Queries, Transactions } from '../../src/services/storage/journal.port.ts';
import type { JournalTrouble } from '../../src/protocol/journal-troubles.ts';
import { DescribedApi } from './described-api.ts';

export const CALL_SID = `CA${'0'.repeat(31)}1`;
export const ADMIN_TOKEN = 'an-admin-token-of-tests';

const described = new DescribedApi();

/** A desk that writes down what it is asked, and answers what it is told to. */
class FakeDesk implements Desk {
  isDraining = false;
  next: NextStep = { kind: 'stream', token: 'v1.token' };
  answerToCommand: CommandAnswer = 'accepted';
  live: Awaited<ReturnType<Desk['liveCall']>>;
  /** Thrown by everything that is asked, when set. */
  trouble: Error | undefined;
  readonly asked: { what: string; with: unknown }[] = [];

  #note(what: string, value: unknown): void {
    this.asked.push({ what, with: value });
    if (this.trouble !== undefined) throw this.trouble;
  }

  answer(call: unknown) {
    return this.#next('answer', call);
  }
  afterStream(question: unknown) {
    return this.#next('afterStream', question);
  }
  dialResult(result: unknown) {
    return this.#next('dialResult', result);
  }
  async status(status: unknown) {
    await Promise.resolve();
    this.#note('status', status);
  }
  async recording(recording: unknown) {
    await Promise.resolve();
    this.#note('recording', recording);
  }
  async command(callSid: string, command: DeskCommand) {
    await Promise.resolve();
    this.#note('command', { callSid, ...command });
    return this.answerToCommand;
  }

  liveCall() {
    return Promise.resolve(this.live);
  }

  async #next(what: string, value: unknown) {
    await Promise.resolve();
    this.#note(what, value);
    return this.next;
  }
}

/** A journal that answers queries from what it is given; what it is not given is not there. */
class FakeJournal implements Journal {
  trouble: JournalTrouble | undefined;
  /** Of whatever is asked. */
  failure: Error | undefined;
  /** What the disk does when it is tried. */
  tried: () => Promise<void> = () => Promise.resolve();
  answers: { [Name in keyof Queries]?: Awaited<ReturnType<Queries[Name]>> } = {};
  readonly asked: { query: string; args: unknown }[] = [];

  record(): void {
    throw new Error('HTTP records nothing');
  }
  transact<Name extends keyof Transactions>(name: Name): Promise<Awaited<ReturnType<Transactions[Name]>>> {
    if (name !== 'tryDisk') return Promise.reject(new Error('HTTP runs no transaction'));
    return this.tried().then(() => undefined as Awaited<ReturnType<Transactions[Name]>>);
  }
  keep(): Promise<void> {
    return Promise.reject(new Error('HTTP keeps nothing'));
  }
  query<Name extends keyof Queries>(
    name: Name,
    args: Parameters<Queries[Name]>[0],
  ): Promise<Awaited<ReturnType<Queries[Name]>>> {
    this.asked.push({ query: name, args });
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return Promise.resolve(this.answers[name] as Awaited<ReturnType<Queries[Name]>>);
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A clock that stands still until it is moved. */
class StillClock implements Clock {
  time = 1_700_000_000_000;
  now(): number {
    return this.time;
  }
  steady(): number {
    return this.time;
  }
  setTimeout(): undefined {
    return undefined; // It stands still: no time is ever up.
  }
  clearTimeout(): void {
    // Nothing was set.
  }
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** The HTTP side on a real port of this machine, with far ends that are told what to answer. */
export class HttpHouse {
  readonly desk = new FakeDesk();
  /** Whether the model refuses the engine. */
  readonly circuit = { isOpen: false };
  readonly journal = new FakeJournal();
  readonly clock = new StillClock();
  readonly faults: string[] = [];
  /** What operators did, and what came of it. */
  readonly acts: (Act & { status?: number })[] = [];
  readonly logged: { fields: object; sentence: string }[] = [];
  readonly #server: Server;

  constructor(changes: Partial<HttpDeps> & { rules?: Partial<GuardRules> } = {}) {
    const { rules, ...rest } = changes;
    const publicUrl = rules?.publicUrl ?? rest.publicUrl ?? 'http://localhost:3000';
    const note = (fields: object, sentence: string) => {
      this.logged.push({ fields, sentence });
    };
    const listener = createHttp({
      publicUrl,
      guard: createGuard({
        publicUrl,
        adminToken: ADMIN_TOKEN,
        carrier: TWILIO_PROOF,
        verifyWebhook: ({ signature }) => signature === 'valid',
        clock: this.clock,
        ...rules,
      }),
      carrier: TWILIO_ROUTES,
      desk: this.desk,
      circuit: this.circuit,
      outbound: {
        place: () => Promise.reject(new PlacingRefused('UNAVAILABLE', 'no account is configured')),
      },
      journal: this.journal,
      erasures: new Erasures({ journal: rest.journal ?? this.journal }),
      audit: { trail: { begin: (act) => this.#begin(act) } },
      agents: {
        list: () => [],
        stored: () => undefined,
        versions: () => Promise.resolve(undefined),
        check: () => ({ problems: [] }),
        put: () => Promise.resolve({ problems: [] }),
      },
      drafts: new AgentDrafts(this.clock),
      instructionsFor: ({ business }) => `You answer for ${business.name}.`,
      speak: () => Promise.resolve(Buffer.from([0x7f, 0xff])),
      charts: loadCharts(),
      placedPerMinute: 10,
      metrics: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'calls 1\n' }),
      countFault: (cause) => this.faults.push(cause),
      console: undefined,
      log: { debug: note, info: note, warn: note, error: note },
      clock: this.clock,
      ...rest,
    });
    this.#server = createHttpServer(
      listener,
      new Connections({
        lines: 10,
        isProxy: () => false,
        addressOf: socketAddress,
        clock: systemClock,
        signatureHeader: TWILIO_PROOF.signatureHeader,
      }),
    );
  }

  #begin(act: Act): BegunAct {
    const kept: Act & { status?: number } = { ...act };
    this.acts.push(kept);
    return {
      written: Promise.resolve(),
      conclude: (status, findings) => {
        Object.assign(kept, { status, ...findings });
      },
    };
  }

  async open(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Sends one request, path and headers exactly as given. */
  ask(path: string, { method = 'GET', headers = {}, body }: Question = {}): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const asking = request(
        { host: '127.0.0.1', port: this.port, path, method, headers, agent: false },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => (text += part));
          response.on('end', () => {
            const { statusCode: status = 0, headers: answered } = response;
            const contentType = answered['content-type'];
            // Every answer of every test is one that `/api/openapi.json` tells.
            const faults = described.faultsOf({ method, target: path, status, contentType, text });
            if (faults.length > 0) {
              reject(new Error(faults.join('\n')));
              return;
            }
            const isJson = contentType?.includes('json') === true && text !== '';
            resolve({
              status,
              headers: response.headers,
              text,
              json: isJson ? JSON.parse(text) : undefined,
            });
          });
        },
      );
      asking.on('error', reject);
      asking.end(body);
    });
  }

  /** Asks the API as an operator. */
  api(path: string, { headers = {}, ...rest }: Question = {}): Promise<Reply> {
    return this.ask(path, { ...rest, headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, ...headers } });
  }

  /** Asks the API as an operator, with JSON. */
  send(method: string, path: string, body: unknown): Promise<Reply> {
    return this.api(path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** Posts a form as Twilio. */
  post(path: string, form: Readonly<Record<string, string>> | string, headers = {}): Promise<Reply> {
    return this.ask(path, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
        'X-Twilio-Signature': 'valid',
        ...headers,
      },
      body: new URLSearchParams(form).toString(),
    });
  }
}
