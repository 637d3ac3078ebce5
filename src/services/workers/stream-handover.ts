import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { EngineError, noteOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { TextSocket } from '../sockets/text-socket.ts';
import { upgradeRequestOf, UpgradeRequest } from '../sockets/upgrade-request.ts';
import type { UpgradeRouter } from '../sockets/upgrade-router.ts';
import { proved } from './question.ts';
import type { Siblings } from './siblings.port.ts';

const PURPOSE = 'stream';

const GivenStream = z.object({
  upgrade: UpgradeRequest,
  /** Everything that came since the upgrade, as base64: not every channel carries bytes. */
  bytes: z.base64(),
});

/**
 * Media streams of calls of other workers. Whose stream it is is said on it, after the upgrade: so the connection goes
 * to the worker that has the call with every byte that came since then, and is read there from the beginning.
 */
export class StreamHandover {
  readonly #siblings: Siblings;
  readonly #log: Pick<Log, 'error'>;

  constructor(siblings: Siblings, log: Pick<Log, 'error'>) {
    this.#siblings = siblings;
    this.#log = log;
  }

  /** Streams that are given here come in by this door, as any that knocks at it. */
  receive(door: Pick<UpgradeRouter, 'resume'>): void {
    this.#siblings.onGiven(PURPOSE, (args, connection) => {
      try {
        const { upgrade, bytes } = proved(GivenStream, args, 'a stream that was given');
        door.resume(upgrade, connection, Buffer.from(bytes, 'base64'));
      } catch (thrown) {
        connection.destroy();
        this.#log.error(noteOf(thrown, 'INTERNAL'), 'stream of another worker not taken');
      }
    });
  }

  /**
   * Gives a stream to the worker that its call lives in. False: it lives in no other.
   *
   * @throws {EngineError} `STREAM_LOST` when the connection cannot be given away; `SIBLING_LOST` when that worker is
   *   gone, and the connection with it.
   */
  async give(callSid: string, socket: TextSocket, request: IncomingMessage): Promise<boolean> {
    const worker = await this.#siblings.ownerOf(callSid);
    if (worker === undefined || worker === this.#siblings.own) return false;
    const left = socket.leave();
    if (left === undefined)
      throw new EngineError('STREAM_LOST', 'it cannot go to the worker that has its call');
    const args = { upgrade: upgradeRequestOf(request), bytes: left.bytes.toString('base64') };
    try {
      if (await this.#siblings.give(worker, PURPOSE, args, left.connection)) return true;
    } finally {
      socket.terminate();
    }
    throw new EngineError('SIBLING_LOST', 'the stream was on its way there');
  }
}
