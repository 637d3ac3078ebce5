import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PlaybackLedger } from '../../../src/media/playback-ledger.ts';
import { RoundTrip } from '../../../src/media/round-trip.ts';
import { holds } from '../../support/properties.ts';

const TAG = { responseId: 'r1', itemId: 'i1', contentIndex: 0 };

/**
 * A ledger between two networks: what it says at `now`, of an item that was sent
 * in one piece at 0, of which the mark has come back where it can have.
 */
function speaking(ms: number, toCarrierMs: number, toEngineMs: number) {
  const ledger = new PlaybackLedger();
  const mediaMs = (now: number) => Math.floor((now - toEngineMs) / 20) * 20;
  const send = (pieceMs: number, now: number) => {
    ledger.receive(TAG, pieceMs * 8);
    ledger.send(TAG, pieceMs * 8, 0, mediaMs(now), now);
    return ledger.nextMark(TAG);
  };
  return { ledger, mediaMs, send, firstMark: send(ms, 0), backAt: ms + toCarrierMs + toEngineMs };
}

describe('the round trip', () => {
  test('the round trip is the least of the last eight times, and nothing before the first', () => {
    const roundTrip = new RoundTrip();
    expect(roundTrip.ms).toBe(0);
    for (const ms of [80, 60, 90, 70]) roundTrip.add(ms);
    expect(roundTrip.ms).toBe(60);
    for (let i = 0; i < 7; i++) roundTrip.add(100);
    expect(roundTrip.ms).toBe(70);
  });

  test('the round trip is never below nothing, and never the pause of a process that slept', () => {
    const roundTrip = new RoundTrip();
    roundTrip.add(7000);
    expect(roundTrip.ms).toBe(1000);
    roundTrip.add(-5);
    expect(roundTrip.ms).toBe(0);
  });
});

describe('the playback ledger between two networks', () => {
  test('the playback ledger between two networks says what will have been heard when the clear arrives', () => {
    const { ledger, mediaMs, send, firstMark = '', backAt } = speaking(400, 60, 40);
    send(2000, 10);
    ledger.settle(firstMark, mediaMs(backAt), backAt);
    // Heard from 60 on, and until 760.
    const [item] = ledger.clear(mediaMs(700));
    expect(item?.heardMs).toBe(700);
  });

  test('the playback ledger between two networks says what was heard when the carrier has stopped by itself', () => {
    const { ledger, mediaMs, send, firstMark = '', backAt } = speaking(400, 60, 40);
    send(2000, 10);
    ledger.settle(firstMark, mediaMs(backAt), backAt);
    // Told at 700, by a carrier that stopped at 660 and had begun at 60.
    const [item] = ledger.stop(mediaMs(700));
    expect(item?.heardMs).toBe(600);
  });

  test('the playback ledger learns the round trip from its first mark, though it runs dry before that returns', () => {
    const { ledger, mediaMs, send, firstMark = '', backAt } = speaking(40, 60, 40);
    send(4000, 90);
    ledger.settle(firstMark, mediaMs(backAt), backAt);
    // The second piece is heard from 150 on, and until 760.
    const [item] = ledger.clear(mediaMs(700));
    expect(Math.abs((item?.heardMs ?? 0) - 650)).toBeLessThanOrEqual(20);
  });

  test('the playback ledger starts the clock anew where the carrier will have run dry when the next piece comes', () => {
    const { ledger, mediaMs, send, firstMark = '', backAt } = speaking(400, 60, 40);
    ledger.settle(firstMark, mediaMs(backAt), backAt);
    send(200, backAt);
    // 600 ms are played by 760, and the next piece is there at 800: 40 ms of silence lie between.
    send(1000, 740);
    const [item] = ledger.clear(mediaMs(1040));
    expect(item?.heardMs).toBe(900);
  });

  test('the playback ledger between two networks is within a frame of the truth, whatever the networks', () => {
    holds(
      fc.property(
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 1500 }),
        (toCarrierMs, toEngineMs, frames, waitMs) => {
          const {
            ledger,
            mediaMs,
            send,
            firstMark = '',
            backAt,
          } = speaking(frames * 20, toCarrierMs, toEngineMs);
          send(4000, 0);
          ledger.settle(firstMark, mediaMs(backAt), backAt);
          const now = backAt + waitMs;
          const [item] = ledger.clear(mediaMs(now));
          const truth = Math.min(now, frames * 20 + 4000);
          expect(Math.abs((item?.heardMs ?? 0) - truth)).toBeLessThanOrEqual(20);
        },
      ),
    );
  });
});
