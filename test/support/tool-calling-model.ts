import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { audioOf } from './model-leg.ts';

/** A function that the model calls. */
export interface FunctionCall {
  readonly name: string;
  readonly args: unknown;
}

interface Sent {
  readonly type: string;
  readonly session?: { readonly tools?: readonly { readonly name: string }[] };
  readonly item?: { readonly type: string; readonly call_id: string; readonly output: string };
}

/**
 * A Realtime server on a real port that says one word to whatever it is asked,
 * and calls functions when the test says so. Speaks to one engine.
 */
export async function toolCallingModel() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  let socket: WebSocket | undefined;
  let lastId = 0;
  const tools: string[] = [];
  const heard = new Map<string, string>();

  const says = (type: string, fields: object) => {
    socket?.send(JSON.stringify({ type, event_id: `event_${String(++lastId)}`, ...fields }));
  };
  const responds = (finish: (id: string) => void) => {
    const id = `resp_${String(++lastId)}`;
    says('response.created', { response: { id, status: 'in_progress' } });
    finish(id);
    says('response.done', { response: { id, status: 'completed', output: [] } });
  };
  const speaks = (id: string) => {
    const place = { response_id: id, item_id: `${id}_item`, output_index: 0, content_index: 0 };
    says('response.output_audio_transcript.delta', { ...place, delta: 'Hello.' });
    says('response.output_audio.delta', { ...place, delta: audioOf(200) });
    says('response.output_item.done', {
      response_id: id,
      item: { id: place.item_id, type: 'message', status: 'completed' },
    });
  };
  const take = ({ type, session, item }: Sent) => {
    if (type === 'session.update') {
      if (session?.tools !== undefined)
        tools.splice(0, tools.length, ...session.tools.map(({ name }) => name));
      says('session.updated', { session });
    }
    if (type === 'conversation.item.create' && item !== undefined) {
      if (item.type === 'function_call_output') heard.set(item.call_id, item.output);
      says('conversation.item.added', { item });
    }
    if (type === 'response.create') responds(speaks);
  };

  server.on('connection', (engine) => {
    socket = engine;
    engine.on('message', (data: Buffer) => {
      take(JSON.parse(data.toString()) as Sent);
    });
    says('session.created', { session: { id: 'sess_1' } });
  });

  return {
    url: `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    /** The names of the tools that the session was configured with. */
    tools: tools as readonly string[],
    /** What it was told of its function calls: the name of each, and the output. */
    heard: heard as ReadonlyMap<string, string>,
    /** The caller has said something, and the model calls functions side by side. */
    calls: (...functions: readonly FunctionCall[]) => {
      const item_id = `user_${String(++lastId)}`;
      says('input_audio_buffer.speech_started', { item_id, audio_start_ms: 0 });
      says('input_audio_buffer.speech_stopped', { item_id, audio_end_ms: 500 });
      says('input_audio_buffer.committed', { item_id });
      says('conversation.item.added', { item: { id: item_id, type: 'message', role: 'user' } });
      responds((response_id) => {
        for (const { name, args } of functions) {
          const item = { id: `${name}_item`, type: 'function_call', call_id: name, status: 'completed' };
          says('response.output_item.done', {
            response_id,
            item: { ...item, name, arguments: JSON.stringify(args) },
          });
        }
      });
    },
    close: async () => {
      for (const client of server.clients) client.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}
