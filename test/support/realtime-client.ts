import { Agent } from 'node:http';
import { connect, type NetConnectOpts } from 'node:net';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import type { RealtimeClientEvent, RealtimeServerEvent } from 'openai/resources/realtime/realtime';

type EventOf<Type extends RealtimeServerEvent['type']> = Extract<RealtimeServerEvent, { type: Type }>;

/** The official client always asks for TLS; loopback has none, so this agent connects without it. */
class PlainAgent extends Agent {
  readonly protocol = 'https:';

  override createConnection(options: NetConnectOpts) {
    return connect(options);
  }
}

/** The official client, as the far end that says whether the simulator speaks its language. */
export class RealtimeClient {
  readonly events: RealtimeServerEvent[] = [];
  readonly #client: OpenAIRealtimeWS;
  readonly #looks = new Set<() => void>();
  /** Settles with the close code. */
  readonly closed: Promise<number>;

  /** @param url - as `startRealtimeSimulator` tells it. */
  constructor(url: string, { model = 'gpt-realtime-2.1', headers = {} } = {}) {
    const baseURL = url.replace('ws://', 'http://').replace(/\/realtime$/, '');
    const openai = new OpenAI({ apiKey: 'sk-simulated', baseURL });
    this.#client = new OpenAIRealtimeWS({ model, options: { agent: new PlainAgent(), headers } }, openai);
    this.#client.on('error', () => undefined); // `error` events are in `events` too.
    this.#client.on('event', (event) => {
      this.events.push(event);
      for (const look of this.#looks) look();
    });
    this.closed = new Promise((resolve) => {
      this.#client.socket.on('close', resolve);
    });
  }

  /** How many events have come: where `next` may start. */
  get now(): number {
    return this.events.length;
  }

  send(event: RealtimeClientEvent): void {
    this.#client.send(event);
  }

  /** Sends what the types of the client do not allow. */
  sendRaw(text: string): void {
    this.#client.socket.send(text);
  }

  close(): void {
    this.#client.close();
  }

  /** The first event of a type among those from `from` on; waits for it. */
  next<Type extends RealtimeServerEvent['type']>(type: Type, from = 0): Promise<EventOf<Type>> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.events.slice(from).find((event): event is EventOf<Type> => event.type === type);
        if (found === undefined) return;
        this.#looks.delete(look);
        resolve(found);
      };
      this.#looks.add(look);
      look();
    });
  }

  all<Type extends RealtimeServerEvent['type']>(type: Type, from = 0): EventOf<Type>[] {
    return this.events.slice(from).filter((event): event is EventOf<Type> => event.type === type);
  }

  /** Types of the events from `from` on, repeats of one type in a row told once. */
  order(from = 0): string[] {
    return this.events
      .slice(from)
      .map(({ type }) => type as string)
      .filter((type, i, types) => type !== types[i - 1]);
  }

  /** The agent's audio from `from` on. */
  audio(from = 0): Buffer {
    return Buffer.concat(
      this.all('response.output_audio.delta', from).map(({ delta }) => Buffer.from(delta, 'base64')),
    );
  }

  /** Creates a response and waits for its end. */
  async respond(response: Extract<RealtimeClientEvent, { type: 'response.create' }>['response'] = {}) {
    const from = this.now;
    this.send({ type: 'response.create', response });
    return this.next('response.done', from);
  }

  /** Puts words of the caller into the conversation, typed. */
  type(text: string): void {
    this.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
    });
  }
}
