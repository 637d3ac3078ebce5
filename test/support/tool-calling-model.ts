import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { audioOf } from './model-leg.ts';
import { HALF_A_SECOND } from './speech-offsets.ts';

/** A function that the model calls; its name is also the id of the call unless there is one. */
export interface FunctionCall {
  readonly name: string;
  readonly args: unknown;
  readonly id?: string;
}

/** What the model was told of one function call. */
export interface ToldOutput {
  readonly callId: string;
  readonly output: string;
}

interface Sent {
  readonly type: string;
  readonly audio?: string;
  readonly session?: { readonly tools?: readonly { readonly name: string }[] };
  readonly item?: {
    readonly type: string;
    readonly call_id: string;
    readonly output: string;
    readonly content?: readonly { readonly text?: string }[];
  };
}

/** One conversation: says the same to whatever it is asked, and calls functions when the test says so. */
export class ToolCallingSession {
  /** The names of the tools that the session was configured with. */
  readonly tools: string[] = [];
  /** Every output that it was told, in order. */
  readonly outputs: ToldOutput[] = [];
  /** Every message that it was told, in order. */
  readonly messages: string[] = [];
  /** How often it was asked to say something. */
  asked = 0;
  /** What it says when it is asked to. */
  words = 'Hello.';
  /** How long it takes to say them, in ms. */
  audioMs = 200;
  /** Told of every piece of the caller's audio, base64, in the tick it came. */
  onAudio: (audio: string) => void = () => undefined;
  readonly #socket: WebSocket;
  #lastId = 0;
  /** Who waits for outputs, and to be asked to go on after the last of them. */
  #round: { readonly open: Set<string>; readonly resolve: () => void } | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      this.#take(JSON.parse(data.toString()) as Sent);
    });
    this.#says('session.created', { session: { id: 'sess_1' } });
  }

  /** The caller has said something, and the model calls functions side by side. */
  calls(...functions: readonly FunctionCall[]): void {
    const item_id = `user_${String(++this.#lastId)}`;
    this.#says('input_audio_buffer.speech_started', { item_id, ...HALF_A_SECOND });
    this.#says('input_audio_buffer.speech_stopped', { item_id, ...HALF_A_SECOND });
    this.#says('input_audio_buffer.committed', { item_id });
    this.#says('conversation.item.added', { item: { id: item_id, type: 'message', role: 'user' } });
    this.#responds((response_id) => {
      for (const { name, args, id = name } of functions) {
        const item = { id: `${id}_item`, type: 'function_call', call_id: id, status: 'completed' };
        this.#says('response.output_item.done', {
          response_id,
          item: { ...item, name, arguments: JSON.stringify(args) },
        });
      }
    });
  }

  /** The caller has said this, and the model speaks. */
  hears(transcript: string): void {
    const item_id = `user_${String(++this.#lastId)}`;
    this.#says('input_audio_buffer.speech_started', { item_id, ...HALF_A_SECOND });
    this.#says('input_audio_buffer.speech_stopped', { item_id, ...HALF_A_SECOND });
    this.#says('input_audio_buffer.committed', { item_id });
    this.#says('conversation.item.added', { item: { id: item_id, type: 'message', role: 'user' } });
    const said = { item_id, content_index: 0, transcript };
    this.#says('conversation.item.input_audio_transcription.completed', said);
    this.#responds((id) => {
      this.#speaks(id);
    });
  }

  /** As `calls`; resolves when each has been answered, and the model was then asked to go on. */
  callsAndHears(...functions: readonly FunctionCall[]): Promise<void> {
    return new Promise((resolve) => {
      this.#round = { open: new Set(functions.map(({ name, id = name }) => id)), resolve };
      this.calls(...functions);
    });
  }

  #take({ type, audio, session, item }: Sent): void {
    if (audio !== undefined) {
      this.onAudio(audio);
      return;
    }
    if (type === 'session.update') {
      if (session?.tools !== undefined)
        this.tools.splice(0, this.tools.length, ...session.tools.map(({ name }) => name));
      this.#says('session.updated', { session });
    }
    if (type === 'conversation.item.create' && item !== undefined) {
      if (item.type === 'function_call_output') {
        this.outputs.push({ callId: item.call_id, output: item.output });
        this.#round?.open.delete(item.call_id);
      }
      this.messages.push(...(item.content ?? []).flatMap(({ text }) => text ?? []));
      this.#says('conversation.item.added', { item });
    }
    if (type === 'response.create') {
      this.asked += 1;
      this.#responds((id) => {
        this.#speaks(id);
      });
      if (this.#round?.open.size === 0) {
        this.#round.resolve();
        this.#round = undefined;
      }
    }
  }

  #says(type: string, fields: object): void {
    this.#socket.send(JSON.stringify({ type, event_id: `event_${String(++this.#lastId)}`, ...fields }));
  }

  #responds(finish: (id: string) => void): void {
    const id = `resp_${String(++this.#lastId)}`;
    this.#says('response.created', { response: { id, status: 'in_progress' } });
    finish(id);
    const tokens = { text_tokens: 20, audio_tokens: 40 };
    const usage = { input_token_details: tokens, output_token_details: tokens };
    this.#says('response.done', { response: { id, status: 'completed', output: [], usage } });
  }

  #speaks(id: string): void {
    const place = { response_id: id, item_id: `${id}_item`, output_index: 0, content_index: 0 };
    this.#says('response.output_audio_transcript.delta', { ...place, delta: this.words });
    this.#says('response.output_audio.delta', { ...place, delta: audioOf(this.audioMs) });
    this.#says('response.output_item.done', {
      response_id: id,
      item: { id: place.item_id, type: 'message', status: 'completed' },
    });
  }
}

/** A Realtime server on a real port, with a session for each connection. */
export async function toolCallingModel() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const sessions: ToolCallingSession[] = [];
  const waiting: ((session: ToolCallingSession) => void)[] = [];
  server.on('connection', (engine) => {
    const session = new ToolCallingSession(engine);
    sessions.push(session);
    waiting.shift()?.(session);
  });

  return {
    url: `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    /** The sessions that were opened, in order. */
    sessions: sessions as readonly ToolCallingSession[],
    /** The next session that is opened. */
    nextSession: (): Promise<ToolCallingSession> =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    close: async () => {
      for (const client of server.clients) client.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}
