import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline';
import { endOfLine } from './screen-line.ts';
import type { Terminal, TerminalInput } from './terminal.ts';

/** What is typed line by line, and a terminal that prints above the line that is being typed. */
export interface TypingLine {
  readonly reader: Interface;
  readonly terminal: Terminal;
  /** True when a person types, and not a pipe. */
  readonly isTyped: boolean;
}

const PROMPT = '> ';
/** The columns of a screen that does not tell. */
const NARROW = 80;

export function openTypingLine(terminal: Terminal, input: TerminalInput): TypingLine {
  if (input.isTTY !== true) {
    return { reader: createInterface({ input, crlfDelay: Infinity }), terminal, isTyped: false };
  }
  const screen = terminal.screen;
  const reader = createInterface({ input, output: screen, terminal: true, prompt: PROMPT });
  // What is shown is a part of the prompt: it stays above what is being typed, and readline redraws both.
  const show = (line: string) => {
    reader.setPrompt(line === '' ? PROMPT : `${endOfLine(line, screen?.columns ?? NARROW)}\n${PROMPT}`);
    reader.prompt(true);
  };
  const above = (print: (line: string) => void) => (line: string) => {
    if (reader.getPrompt() !== PROMPT) show('');
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
      show,
      print: above((line) => {
        terminal.print(line);
      }),
      complain: above((line) => {
        terminal.complain(line);
      }),
    },
  };
}
