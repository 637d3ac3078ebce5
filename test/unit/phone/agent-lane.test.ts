import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { AgentLane } from '../../../src/services/phone/agent-lane.ts';
import type { CarrierStream } from '../../../src/services/phone/carrier.port.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const TAG = { responseId: 'r1', itemId: 'i1', contentIndex: 0 };
const SECOND = Buffer.from(Buffer.alloc(8000, 0x55).toString('base64'));
const nothing = () => undefined;

/** A carrier that plays all and returns no mark; it keeps nothing of what it was sent. */
class FarEnd implements CarrierStream {
  readonly callSid = 'CA1';
  readonly streamSid = 'MZ1';
  readonly epoch = 1;
  readonly peer = 'carrier';
  readonly isOpen = true;
  readonly bufferedBytes = 0;
  readonly traffic = { bytesRead: 0, bytesWritten: 0 };
  readonly pieces: WeakRef<Buffer>[] = [];
  sendAudio = ({ buffer }: { buffer: Buffer }) => this.pieces.push(new WeakRef(buffer));
  listen = nothing;
  sendMark = nothing;
  sendClear = nothing;
  ping = nothing;
  close = nothing;
  terminate = nothing;
}

/** How many pieces of audio are still held of those that were sent, while nothing of them was heard. */
async function heldOfSent(mayPause: boolean): Promise<{ sent: number; held: number }> {
  const lane = new AgentLane(
    { started: nothing, finished: nothing },
    { mediaMs: () => 0, nowMs: () => 0, mayPause },
  );
  const carrier = new FarEnd();
  lane.attach(carrier);
  for (let second = 0; second < 5; second++) lane.agentAudio(TAG, SECOND, 0, SECOND.length);
  // What a weak reference has just been made of lives to the end of the task.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  const held = carrier.pieces.filter((piece) => piece.deref() !== undefined).length;
  return { sent: carrier.pieces.length, held: lane.isOpen ? held : Number.NaN };
}

test('audio that was sent is kept until it was heard where a pause may take it back, and else not', async () => {
  expect(await heldOfSent(true)).toEqual({ sent: 5, held: 5 });
  expect(await heldOfSent(false)).toEqual({ sent: 5, held: 0 });
});
