import type { NewsPrinter } from './call-news.ts';
import type { Terminal } from './terminal.ts';
import { visibleJson } from './visible-text.ts';

/** The news of a call as JSON lines, for programs. Words come as whole lines: programs do not read along. */
export function jsonPrinter(terminal: Terminal): NewsPrinter {
  return (news) => {
    if (news.type !== 'speaking') terminal.print(visibleJson(news));
  };
}
