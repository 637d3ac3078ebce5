import { Command, CommanderError } from 'commander';
import { EngineError } from '../errors.ts';
import { packageVersion } from '../version.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, type Terminal, UsageError } from './terminal.ts';
import { visibleLines } from './visible-text.ts';

/** The commands of `callchart`. */
export function commandLine(terminal: Terminal): Command {
  const program = new Command('callchart')
    .description('A phone-call engine for voice agents.')
    .version(packageVersion(), '--version', 'print the version')
    // A default that says something stands in the description.
    .configureHelp({ optionDescription: ({ description }) => description })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        terminal.print(text.trimEnd());
      },
      writeErr: (text) => {
        terminal.complain(text.trimEnd());
      },
    });

  for (const add of COMMANDS) {
    add(program, terminal, (code) => {
      exitCodes.set(program, code);
    });
  }
  return program;
}

/** Runs what was typed and answers the exit code. Errors become one line. */
export async function runCommandLine(
  program: Command,
  argv: readonly string[],
  terminal: Terminal,
): Promise<number> {
  try {
    await program.parseAsync(argv);
    return exitCodes.get(program) ?? EXIT.ok;
  } catch (thrown) {
    // Commander has printed its message; asking for help is no mistake.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (thrown instanceof UsageError) {
      terminal.complain(`callchart: ${visibleLines(thrown.message)}`);
      return EXIT.usage;
    }
    if (!(thrown instanceof EngineError)) throw thrown;
    terminal.complain(`callchart: ${visibleLines(thrown.message)}`);
    return EXIT.failed;
  }
}

const exitCodes = new WeakMap<Command, number>();
