import type { WebSocket } from 'ws';

/** Everything that a socket tells from now on, in order; texts as what they are when they are told. */
export function tellAll(socket: WebSocket): unknown[] {
  const told: unknown[] = [];
  socket.on('message', (data: Buffer, isBinary) => told.push({ text: data.toString('latin1'), isBinary }));
  socket.on('ping', (data: Buffer) => told.push(`ping ${data.toString()}`));
  socket.on('close', (code) => told.push(`close ${String(code)}`));
  socket.on('error', ({ message }) => told.push(`error ${message}`));
  return told;
}

/** What has arrived has been told when this resolves. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));
