import type { Socket } from 'node:net';
import { type ServerOptions, WebSocket } from 'ws';

/** How `ws` gives a socket the connection that was upgraded. Not in its types. */
interface ServerEnd {
  readonly setSocket: (this: WebSocket, connection: Socket, head: Buffer, options: object) => void;
}

/**
 * A socket of a connection that was upgraded elsewhere, as `ws` makes one of each that it upgrades.
 *
 * @param options - as the server that it belongs to has completed them.
 * @param head - what came since the upgrade: read before what is still to come.
 */
export function resumedSocket<Kind extends typeof WebSocket>(
  options: ServerOptions<Kind>,
  connection: Socket,
  head: Buffer,
): InstanceType<Kind> {
  // With null for an address it is a server's end; that this takes options, too, is not in the types.
  const made = [null, undefined, options];
  const socket = Reflect.construct(options.WebSocket ?? WebSocket, made) as InstanceType<Kind>;
  const { setSocket } = socket as unknown as ServerEnd;
  setSocket.call(socket, connection, head, options);
  return socket;
}
