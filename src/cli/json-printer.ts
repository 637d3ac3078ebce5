import type { NewsPrinter } from './call-news.ts';
import type { Terminal } from './terminal.ts';
import { visibleJson } from './visible-text.ts';

/** The news of a call as JSON lines, for programs. */
export function jsonPrinter(terminal: Terminal): NewsPrinter {
  return (news) => {
    terminal.print(visibleJson(news));
  };
}
