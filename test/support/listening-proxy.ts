import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

/** What one session was sent: the caller's audio, decoded, in order. */
export interface OverheardSession {
  readonly audio: Buffer[];
}

/** Stands between the engine and a Realtime server, passes everything on unchanged, and writes down the caller's audio. */
export async function listeningProxy(upstreamUrl: string) {
  const sessions: OverheardSession[] = [];
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (engine, request) => {
    const session: OverheardSession = { audio: [] };
    sessions.push(session);
    const { search } = new URL(request.url ?? '/', 'http://proxy');
    const upstream = new WebSocket(upstreamUrl + search, {
      headers: { Authorization: request.headers.authorization ?? '' },
    });
    const early: Buffer[] = [];
    engine.on('message', (data: Buffer) => {
      const event = JSON.parse(data.toString()) as { type: string; audio?: string };
      if (event.type === 'input_audio_buffer.append' && event.audio !== undefined) {
        session.audio.push(Buffer.from(event.audio, 'base64'));
      }
      if (upstream.readyState === WebSocket.OPEN) upstream.send(data, { binary: false });
      else early.push(data);
    });
    upstream.on('open', () => {
      for (const data of early.splice(0)) upstream.send(data, { binary: false });
    });
    upstream.on('message', (data: Buffer) => {
      engine.send(data, { binary: false });
    });
    upstream.on('close', () => {
      engine.close();
    });
    engine.on('close', () => {
      upstream.close();
    });
    upstream.on('error', () => {
      engine.terminate();
    });
    engine.on('error', () => {
      upstream.terminate();
    });
  });
  return {
    url: `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}/v1/realtime`,
    sessions,
    close: () =>
      new Promise<void>((resolve) => {
        for (const client of server.clients) client.terminate();
        server.close(() => {
          resolve();
        });
      }),
  };
}
