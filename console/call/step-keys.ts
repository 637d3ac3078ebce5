import { useEffect } from 'react';

/** Steps through the log by ← and →, 10 rows with Shift, except in fields, dialogs and tabs. */
export function useStepKeys(step: (by: number) => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
      const { target } = event;
      if (
        target instanceof Element &&
        target.closest('input, textarea, select, [role="dialog"], [role="tablist"]') !== null
      )
        return;
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      event.preventDefault();
      step((event.key === 'ArrowLeft' ? -1 : 1) * (event.shiftKey ? 10 : 1));
    };
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
    };
  }, [step]);
}
