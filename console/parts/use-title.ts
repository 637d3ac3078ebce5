import { useEffect } from 'react';

const SITE = 'Callchart';

/** Sets the title of the browser tab; undefined while the name is not known. */
export function useTitle(name: string | undefined): void {
  useEffect(() => {
    document.title = name === undefined ? SITE : `${name} · ${SITE}`;
    return () => {
      document.title = SITE;
    };
  }, [name]);
}
