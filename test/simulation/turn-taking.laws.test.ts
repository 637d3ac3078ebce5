import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TurnTakingRoom } from '../support/turn-taking/room.ts';
import { anyConditions, anyScript, scriptCall } from '../support/turn-taking/script-call.ts';
import { Verdict } from '../support/turn-taking/verdict.ts';
import { patience } from '../support/night.ts';
import { holds } from '../support/properties.ts';

const PATIENCE_MS = patience(120_000);
/** The longest call of these limits, its goodbye and its apology. */
const END_WITHIN_MS = 180_000;
const RUNS = 60;

const held = (law: (room: TurnTakingRoom, more: Awaited<ReturnType<typeof scriptCall>>) => void) =>
  holds(
    fc.asyncProperty(anyScript, anyConditions, async (script, conditions) => {
      const call = await scriptCall(script, conditions, END_WITHIN_MS);
      law(call.room, call);
    }),
    { runs: RUNS },
  );

/** Everything that the phone leg has told of playback, in order. */
const reportsOf = ({ rows }: TurnTakingRoom) =>
  rows.flatMap((row) =>
    row.event === 'playback.finished' || row.event === 'playback.cleared' || row.event === 'phone.stopped'
      ? row.body.heard
      : [],
  );

test(
  'every item is heard as it was sent, and sent as it was received, once',
  () =>
    held((room) => {
      const reports = reportsOf(room);
      for (const { heardMs, itemId, receivedMs, sentMs } of reports) {
        expect(heardMs).toBeLessThanOrEqual(sentMs);
        expect(sentMs).toBeLessThanOrEqual(receivedMs);
        // What a clip says the model did not make.
        const made = room.model.memory.items.get(itemId)?.madeMs ?? Infinity;
        expect(receivedMs).toBeLessThanOrEqual(made + 5);
      }
      const items = reports.map(({ itemId }) => itemId);
      expect(new Set(items).size).toBe(items.length);
    }),
  PATIENCE_MS,
);

test(
  'the memory of the model and the transcript hold what the caller heard',
  () =>
    held((room, { paths }) => {
      expect(new Verdict(room, paths.tolerance).faults).toEqual([]);
    }),
  PATIENCE_MS,
);

test(
  'cleared audio is not sent again, unless playback was paused',
  () =>
    held((room) => {
      const cleared = new Set<string>();
      const recent = new Set<string>();
      const resumedAt = room.rows.filter(({ event }) => event === 'resumePlayback').map(({ at }) => at);
      for (const { atMs, event, itemId } of room.carrier.left) {
        if (event === 'clear') {
          for (const each of recent) cleared.add(each);
          recent.clear();
        }
        if (event !== 'media' || itemId === undefined) continue;
        if (cleared.has(itemId)) {
          const at = room.carrier.startedAt + atMs;
          expect(resumedAt.some((resumed) => resumed <= at)).toBe(true);
        }
        recent.add(itemId);
      }
    }),
  PATIENCE_MS,
);

test(
  'a call that is left alone ends',
  () =>
    held((room, { hasEnded }) => {
      expect(hasEnded, room.state).toBe(true);
    }),
  PATIENCE_MS,
);
