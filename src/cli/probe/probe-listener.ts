import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../../clock.ts';
import { mount, UpgradeRouter } from '../../services/sockets/upgrade-router.ts';
import { ProbeCall, type ProbeMoment, type ProbeScript } from './probe-call.ts';
import { ProbeStream } from './probe-stream.ts';
import { type SignedForm, signedFormOf } from './signed-form.ts';

/** Beneath it is all that the probe's own calls ask. */
const PREFIX = '/twilio/probe';
/** As an action of the engine's has them, but for the number of tries: told from the default of one. */
const OVERRIDES = '#rc=3&rp=ct,rt,5xx&ct=1500&rt=4000&tt=14000';
const MAX_FORM_BYTES = 65_536;
const MAX_MESSAGE_BYTES = 65_536;

export interface ProbeListenerOptions {
  readonly publicUrl: string;
  readonly authToken: string;
  readonly clock: Clock;
}

/** Answers the carrier in the engine's place: the calls that the probe places, and the number that they go to. */
export class ProbeListener {
  /** Requests whose signature fits no form of their URL. */
  strangers = 0;
  /** The last called number that was a number of the account: its leg ended here, too. */
  far: { readonly callSid: string; stream: ProbeStream | undefined } | undefined;
  readonly #options: ProbeListenerOptions;
  readonly #calls: ProbeCall[] = [];
  readonly #server: Server;
  readonly #door: UpgradeRouter;
  readonly #nonce = randomBytes(16).toString('hex');

  constructor(options: ProbeListenerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
    this.#door = new UpgradeRouter(options.clock, [
      mount({
        takes: (path) => path.startsWith(PREFIX),
        refusal: (request) => this.#refusalOf(request),
        opened: (socket, request) => {
          const call = this.#callAt(request);
          const stream = new ProbeStream(socket, {
            started: () => call?.note('start'),
            stopped: () => call?.note('stop'),
            closed: () => call?.note('close'),
            pinged: () => call?.note('ping'),
            ponged: () => call?.note('pong'),
          });
          if (call !== undefined) call.stream = stream;
          else if (this.far !== undefined) this.far.stream = stream;
        },
        options: { maxPayload: MAX_MESSAGE_BYTES },
      }),
    ]);
    this.#door.serve(this.#server);
  }

  /** @throws the network's error when it cannot listen there. */
  async listen(host: string, port: number): Promise<void> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
  }

  async close(): Promise<void> {
    this.#door.close();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** Whether the public URL leads to this listener. */
  async isReached(): Promise<boolean> {
    try {
      const answer = await fetch(`${this.#options.publicUrl}${PREFIX}/hello`, { redirect: 'manual' });
      return (await answer.text()) === this.#nonce;
    } catch {
      return false;
    }
  }

  /** Makes room for one more call. */
  expect(script: ProbeScript): ProbeCall {
    const call = new ProbeCall(this.#calls.length, script, this.#options.clock);
    this.#calls.push(call);
    this.far = undefined;
    return call;
  }

  /** Where the carrier asks about a call. */
  urlOf({ number }: ProbeCall, what: 'voice' | 'status' | 'action' | 'fallback' | 'hold'): string {
    return `${this.#options.publicUrl}${PREFIX}/${String(number)}/${what}`;
  }

  #callAt({ url = '' }: IncomingMessage): ProbeCall | undefined {
    const [, number] = new RegExp(`^${PREFIX}/(\\d{1,3})/`).exec(url) ?? [];
    return number === undefined ? undefined : this.#calls[Number(number)];
  }

  #refusalOf(request: IncomingMessage): number | undefined {
    const call = this.#callAt(request);
    const url = `${this.#options.publicUrl.replace(/^http/, 'ws')}${request.url ?? ''}`;
    const signedForm = this.#formOf(request, url, {});
    if (signedForm === undefined) return 403;
    call?.note('upgrade', { form: {}, signedForm });
    return call?.script.refusesStream === true ? 503 : undefined;
  }

  #formOf(
    { headers }: IncomingMessage,
    url: string,
    form: Readonly<Record<string, string>>,
  ): SignedForm | undefined {
    const signature = String(headers['x-twilio-signature'] ?? '');
    const signedForm = signedFormOf(this.#options.authToken, { url, form, signature });
    if (signedForm === undefined) this.strangers++;
    return signedForm;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: path = '' } = request;
    if (path === `${PREFIX}/hello`) {
      response.end(this.#nonce);
      return;
    }
    const form = await formOf(request);
    const what = path.split('/').at(-1) ?? '';
    const url = this.#options.publicUrl + path + (what === 'action' ? OVERRIDES : '');
    const signedForm = form === undefined ? undefined : this.#formOf(request, url, form);
    if (form === undefined || signedForm === undefined) {
      response.writeHead(403).end();
      return;
    }
    const call = this.#callAt(request);
    const twiml =
      call === undefined ? this.#farTwiml(path, form) : this.#twimlFor(call, what, form, signedForm);
    if (twiml === undefined) response.writeHead(503).end();
    else response.writeHead(200, { 'content-type': 'text/xml' }).end(`<Response>${twiml}</Response>`);
  }

  /** What the called number does, where it is one of the account that leads here: listens, until it is ended. */
  #farTwiml(path: string, { CallSid: callSid = '' }: Readonly<Record<string, string>>): string {
    if (!path.startsWith('/twilio/voice')) return '';
    this.far = { callSid, stream: undefined };
    return `<Connect>${this.#stream('far')}</Connect>`;
  }

  #twimlFor(
    call: ProbeCall,
    what: string,
    form: Readonly<Record<string, string>>,
    signedForm: SignedForm,
  ): string | undefined {
    const moment = momentOf(what, form);
    if (moment === undefined) return '';
    const times = call.all(moment).length;
    call.note(moment, { form, signedForm });
    if (moment === 'voice') return this.#connect(call);
    if (moment === 'action')
      return call.script.action === undefined ? '<Hangup/>' : call.script.action(times);
    if (moment === 'hold') return '<Pause length="30"/>';
    return moment === 'fallback' ? '<Hangup/>' : '';
  }

  #connect(call: ProbeCall): string {
    const action = `${this.urlOf(call, 'action')}${OVERRIDES}`.replaceAll('&', '&amp;');
    const stream = this.#stream(String(call.number), this.urlOf(call, 'status'));
    return `<Connect action="${action}" method="POST">${stream}</Connect>`;
  }

  #stream(name: string, statusCallback?: string): string {
    const url = `${this.#options.publicUrl.replace(/^http/, 'ws')}${PREFIX}/${name}/media`;
    const status = statusCallback === undefined ? '' : ` statusCallback="${statusCallback}"`;
    return `<Stream url="${url}"${status}/>`;
  }
}

/** What a request is, by its place and its fields; undefined for a status on the way to the last. */
function momentOf(what: string, form: Readonly<Record<string, string>>): ProbeMoment | undefined {
  if (what === 'voice' || what === 'action' || what === 'fallback' || what === 'hold') return what;
  const told = form['StreamEvent'] ?? form['CallStatus'];
  if (['busy', 'no-answer', 'failed', 'canceled'].includes(told ?? '')) return 'unanswered';
  return (['stream-started', 'stream-stopped', 'stream-error', 'completed'] as const).find(
    (one) => one === told,
  );
}

/** Undefined when it is too long, or breaks off. */
async function formOf(request: IncomingMessage): Promise<Record<string, string> | undefined> {
  let body = '';
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      body += part.toString();
      if (body.length > MAX_FORM_BYTES) return undefined;
    }
  } catch {
    return undefined;
  }
  return Object.fromEntries(new URLSearchParams(body));
}
