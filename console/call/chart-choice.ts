import { useCallback, useMemo, useState } from 'react';
import type { LineLook } from '../chart/chart-lines.tsx';

const CHOSEN: LineLook = { isChosen: true };

/** Holds what the viewer has chosen on a chart: a state by its path or a line by its index, never both. */
export function useChartChoice() {
  const [selected, select] = useState<string>();
  const [line, setLine] = useState<number>();
  const toggleState = useCallback((chosen: string) => {
    setLine(undefined);
    select((before) => (chosen === before ? undefined : chosen));
  }, []);
  const toggleLine = useCallback((chosen: number) => {
    select(undefined);
    setLine((before) => (chosen === before ? undefined : chosen));
  }, []);
  const lineLook = useCallback((index: number) => (index === line ? CHOSEN : undefined), [line]);
  const leaveState = useCallback(() => {
    select(undefined);
  }, []);
  const leaveLine = useCallback(() => {
    setLine(undefined);
  }, []);
  return useMemo(
    () => ({ selected, line, lineLook, toggleState, toggleLine, leaveState, leaveLine }),
    [selected, line, lineLook, toggleState, toggleLine, leaveState, leaveLine],
  );
}
