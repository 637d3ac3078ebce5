import { useEffect, useMemo, useRef, useState } from 'react';
import type { Travel } from '../call/time-travel.ts';
import type { Row } from '../timeline/row.ts';
import { RecordingPlayer } from './recording-player.ts';

/** How often the place on the page follows the ear. */
const FOLLOW_MS = 80;

export interface Playback {
  readonly isPlaying: boolean;
  /** In ms from the recording's beginning. */
  readonly placeMs: number;
  /** Where the ear was last, in ms from the recording's beginning; undefined where the place is a row of the log. */
  readonly heardMs: number | undefined;
  readonly toggle: () => void;
  readonly seek: (ms: number) => void;
}

interface PlaybackOptions {
  readonly path: string;
  readonly rows: readonly Row[];
  readonly travel: Travel;
  /** When the recording begins, ms since the Unix epoch. */
  readonly beganAt: number;
  readonly durationMs: number;
}

/**
 * Ties what is heard to the place in the log. While it plays, the log follows
 * the ear; whoever goes to another place in the log takes the ear along.
 */
export function usePlayback({ path, rows, travel, beganAt, durationMs }: PlaybackOptions): Playback {
  const { count, go } = travel;
  const [isPlaying, setPlaying] = useState(false);
  /** Where it was last put or heard, and the row that belongs to it. */
  const [heard, setHeard] = useState({ ms: 0, count: 0 });
  const player = useRef<RecordingPlayer>(undefined);
  const within = (ms: number) => Math.min(durationMs, Math.max(0, ms));
  const ofRow = within((rows[count - 1]?.at ?? beganAt) - beganAt);
  const isTaken = count !== heard.count;
  const placeMs = isTaken ? ofRow : heard.ms;

  const rowAt = useMemo(
    () => (ms: number) => {
      const next = rows.findIndex(({ at }) => at - beganAt > ms);
      return next === -1 ? rows.length : Math.max(1, next);
    },
    [rows, beganAt],
  );

  useEffect(() => {
    const made = new RecordingPlayer(path, () => {
      setPlaying(false);
    });
    player.current = made;
    return () => {
      made.close();
    };
  }, [path]);

  // Somebody went elsewhere in the log: the ear follows.
  useEffect(() => {
    if (isPlaying && isTaken) player.current?.play(ofRow, durationMs);
  }, [isPlaying, isTaken, ofRow, durationMs]);

  useEffect(() => {
    if (!isPlaying) return undefined;
    const timer = setInterval(() => {
      const ms = player.current?.placeMs ?? 0;
      const at = rowAt(ms);
      setHeard({ ms, count: at });
      go(at);
    }, FOLLOW_MS);
    return () => {
      clearInterval(timer);
    };
  }, [isPlaying, rowAt, go]);

  const put = (ms: number) => {
    const at = rowAt(ms);
    setHeard({ ms, count: at });
    go(at);
  };
  return {
    isPlaying,
    placeMs,
    heardMs: isTaken ? undefined : heard.ms,
    toggle: () => {
      if (isPlaying) {
        player.current?.pause();
        setPlaying(false);
        return;
      }
      const from = placeMs >= durationMs ? 0 : placeMs;
      put(from);
      player.current?.play(from, durationMs);
      setPlaying(true);
    },
    seek: (ms) => {
      put(within(ms));
      if (isPlaying) player.current?.play(within(ms), durationMs);
    },
  };
}
