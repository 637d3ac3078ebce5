import { endOfLine } from './screen-line.ts';

/** `isTTY`: somebody types, and sees at once what comes of it. */
export type TerminalInput = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** Where a command speaks to its user. Lines go in without their ends. */
export interface Terminal {
  /** What the command is for: goes to stdout. */
  print(line: string): void;
  /** What went wrong: goes to stderr. */
  complain(line: string): void;
  /** What is typed, or piped in. */
  readonly input?: TerminalInput;
  /** Where the line that is being typed is drawn. */
  readonly screen?: NodeJS.WritableStream & { readonly columns?: number };
  /** Shows a line that the next one, of either kind, takes the place of. Absent where stdout is no screen. */
  readonly show?: ((line: string) => void) | undefined;
  /** True when stdout is a terminal that shows colours. */
  readonly hasColours: boolean;
}

/** To the beginning of the line, and what is in it away (ECMA-48: EL). */
const WIPE = '\r\u001b[2K';
let isShowing = false;
const wipe = () => {
  if (isShowing) process.stdout.write(WIPE);
  isShowing = false;
};

export const terminal: Terminal = {
  print: (line) => {
    wipe();
    process.stdout.write(`${line}\n`);
  },
  complain: (line) => {
    wipe();
    process.stderr.write(`${line}\n`);
  },
  get input() {
    return process.stdin; // Opened by whoever reads it: a command that does not must not wait for its end.
  },
  screen: process.stdout,
  show: process.stdout.isTTY
    ? (line) => {
        wipe();
        if (line === '') return;
        process.stdout.write(endOfLine(line, process.stdout.columns));
        isShowing = true;
      }
    : undefined,
  hasColours: process.stdout.isTTY && process.stdout.hasColors(),
};

/** What a command's exit code says. */
export const EXIT = {
  ok: 0,
  /** The command failed. */
  failed: 1,
  /** The command was used wrongly: flags, files. */
  usage: 2,
  /** Something was thrown that nobody caught: EX_SOFTWARE of sysexits.h. */
  crashed: 70,
} as const;

/** A mistake of the user's that one line explains; the command ends with `EXIT.usage`. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
