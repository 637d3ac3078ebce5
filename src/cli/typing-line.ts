import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline';
import type { Terminal, TerminalInput } from './terminal.ts';

/** What is typed line by line, and a terminal that prints above the line that is being typed. */
export interface TypingLine {
  readonly reader: Interface;
  readonly terminal: Terminal;
  /** Somebody types; a pipe does not. */
  readonly isTyped: boolean;
}

export function openTypingLine(terminal: Terminal, input: TerminalInput): TypingLine {
  if (input.isTTY !== true) {
    return { reader: createInterface({ input, crlfDelay: Infinity }), terminal, isTyped: false };
  }
  const screen = terminal.screen;
  const reader = createInterface({ input, output: screen, terminal: true, prompt: '> ' });
  const above = (print: (line: string) => void) => (line: string) => {
    if (screen !== undefined) {
      clearLine(screen, 0);
      cursorTo(screen, 0);
    }
    print(line);
    reader.prompt(true);
  };
  return {
    reader,
    isTyped: true,
    terminal: {
      ...terminal,
      print: above((line) => {
        terminal.print(line);
      }),
      complain: above((line) => {
        terminal.complain(line);
      }),
    },
  };
}
