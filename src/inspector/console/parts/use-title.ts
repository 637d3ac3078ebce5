import { useEffect } from 'react';

const SITE = 'Callchart';

/** Names the tab after what is shown in it; undefined while that is not known. */
export function useTitle(name: string | undefined): void {
  useEffect(() => {
    document.title = name === undefined ? SITE : `${name} · ${SITE}`;
    return () => {
      document.title = SITE;
    };
  }, [name]);
}
