import { useEffect, useRef } from 'react';
import { nextLevel } from './level.ts';
import type { LineFrame, Softphone } from './softphone.ts';

/** How often the value for screen readers changes, in frames of 20 ms. */
const FRAMES_PER_READING = 25;

interface LevelMeterProps {
  readonly phone: Softphone;
  readonly who: 'caller' | 'agent';
  readonly label: string;
}

/** Shows how loud one side is. It changes the page without React, which is too slow for 50 times a second. */
export function LevelMeter({ phone, who, label }: LevelMeterProps) {
  const meter = useRef<HTMLDivElement>(null);
  const bar = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let level = 0;
    let frames = 0;
    return phone.watch((frame: LineFrame) => {
      level = nextLevel(level, who === 'caller' ? frame.callerLevel : frame.agentLevel);
      if (bar.current !== null) bar.current.style.transform = `scaleX(${level.toFixed(3)})`;
      if (frames++ % FRAMES_PER_READING === 0) {
        meter.current?.setAttribute('aria-valuenow', String(Math.round(level * 100)));
      }
    });
  }, [phone, who]);

  return (
    <div className="meter-row">
      <span className="label" aria-hidden="true">
        {label}
      </span>
      <div
        ref={meter}
        className="meter"
        data-who={who}
        role="meter"
        aria-label={`Loudness, ${label.toLowerCase()}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={0}
      >
        <div ref={bar} className="meter-bar" />
      </div>
    </div>
  );
}
