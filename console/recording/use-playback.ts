import { useEffect, useMemo, useRef, useState } from 'react';
import type { Travel } from '../call/time-travel.ts';
import type { Row } from '../timeline/row.ts';
import { RecordingPlayer } from './recording-player.ts';

/** How often the page follows what is playing, in ms. */
const FOLLOW_MS = 80;

export interface RecordingPlayback {
  readonly isPlaying: boolean;
  /** The place, in ms from the beginning of the recording. */
  readonly placeMs: number;
  /** The last moment that was played or chosen, in ms from the beginning; undefined when the place is a row of the log. */
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
 * Plays a recording in step with the log. While it plays, the log follows; when
 * the viewer goes to another row of the log, the recording plays from there.
 */
export function usePlayback({ path, rows, travel, beganAt, durationMs }: PlaybackOptions): RecordingPlayback {
  const { count, go } = travel;
  const [isPlaying, setPlaying] = useState(false);
  /** The last moment that was chosen or played, and the number of rows up to it. */
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

  // The viewer went to another row: it plays from there.
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
