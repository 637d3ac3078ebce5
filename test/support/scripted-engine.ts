import type { CarrierSocket } from '../../src/simulator/carrier/carrier-socket.ts';
import type { FormAnswer, PostForm } from '../../src/simulator/carrier/form-post.ts';

/** TwiML of a stream whose end is asked about, three times more where it has to be. */
export const STREAM = `<Response><Connect action="/twilio/after-stream#rc=3&amp;rp=ct,5xx"><Stream url="ws://engine.example/twilio/media" statusCallback="/twilio/status"><Parameter name="token" value="t1"/></Stream></Connect></Response>`;
export const HANGUP = '<Response><Hangup/></Response>';

/** What a webhook answers: TwiML, or a status; `ct`: there is no connection; `rt`: no answer in time. */
type ScriptedAnswer = string | number;

export interface AskedOfEngine {
  readonly path: string;
  readonly query: string;
  readonly form: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: { readonly connectMs: number; readonly readMs: number; readonly totalMs: number };
}

/** An engine of two scripts: what its webhooks answer, and its end of the sockets. */
export class ScriptedEngine {
  readonly asked: AskedOfEngine[] = [];
  readonly sockets: ScriptedSocket[] = [];
  /** Set: no media socket opens, for this reason. */
  refusal: Error | undefined;
  readonly #answers = new Map<string, ScriptedAnswer[]>();

  /** What a path answers, one after the other; then nothing but 200. */
  answer(path: string, ...answers: ScriptedAnswer[]): this {
    this.#answers.set(path, answers);
    return this;
  }

  readonly post: PostForm = async ({ url, headers, body, connectMs, readMs, totalMs }) => {
    const { pathname: path, search: query } = new URL(url);
    const form = Object.fromEntries(new URLSearchParams(body));
    this.asked.push({ path, query, form, headers, limits: { connectMs, readMs, totalMs } });
    const next = this.#answers.get(path)?.shift() ?? '';
    await Promise.resolve();
    return answerOf(next);
  };

  readonly openSocket = (url: string): Promise<CarrierSocket> => {
    if (this.refusal !== undefined) return Promise.reject(this.refusal);
    const socket = new ScriptedSocket(url);
    this.sockets.push(socket);
    return Promise.resolve(socket);
  };

  formsOf(path: string): Readonly<Record<string, string>>[] {
    return this.asked.filter((request) => request.path === path).map(({ form }) => form);
  }
}

function answerOf(answer: ScriptedAnswer): FormAnswer {
  if (typeof answer === 'number') return { status: answer, body: '' };
  if (answer === 'ct' || answer === 'rt') return { lost: answer };
  return { status: 200, body: answer };
}

/** The engine's end of a media socket. */
export class ScriptedSocket implements CarrierSocket {
  readonly url: string;
  readonly heard: { event: string; start?: { customParameters: unknown; streamSid: string } }[] = [];
  pings = 0;
  isTerminated = false;
  #onClose: (code: number) => void = () => undefined;
  #onMessage: (data: { toString(): string }, isBinary: boolean) => void = () => undefined;

  constructor(url: string) {
    this.url = url;
  }
  send(text: string): void {
    this.heard.push(JSON.parse(text) as { event: string });
  }
  close(): void {
    this.#onClose(1000);
  }
  terminate(): void {
    this.isTerminated = true;
    this.#onClose(1006);
  }
  ping(): void {
    this.pings++;
  }
  on(event: string, listener: (...args: never[]) => void): void {
    if (event === 'close') this.#onClose = listener as (code: number) => void;
    if (event === 'message') this.#onMessage = listener as (data: object, isBinary: boolean) => void;
  }
  closes(code = 1000): void {
    this.#onClose(code);
  }
  /** The agent says so many ms of audio. */
  plays(ms: number): void {
    const streamSid = this.heard.find(({ event }) => event === 'start')?.start?.streamSid;
    const payload = Buffer.alloc(ms * 8, 1).toString('base64');
    this.#onMessage(JSON.stringify({ event: 'media', streamSid, media: { payload } }), false);
  }
}
