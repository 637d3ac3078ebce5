import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { backup, type BackupFlags } from './backup.ts';
import { ANSWERS } from './called-person.ts';
import { call, type CallFlags } from './call.ts';
import { holdsWords } from './caller-lines.ts';
import { charts, type ChartsFlags } from './charts.ts';
import { doctor } from './doctor.ts';
import { exportCall, type ExportFlags } from './export-call.ts';
import { init } from './init.ts';
import { inspect, type InspectFlags } from './inspect.ts';
import { printProfileSchema } from './profile-schema.ts';
import { replay, type ReplayFlags } from './replay.ts';
import { serve } from './serve.ts';
import { EXIT, type Terminal, UsageError } from './terminal.ts';
import { type ToolTryFlags, tryTool } from './tool-try.ts';
import { visibleLines } from './visible-text.ts';

/** The commands of `callchart`. Each says how it ended through `report`. */
export function commandLine(terminal: Terminal): Command {
  const program = new Command('callchart')
    .description('A phone-call engine for voice agents.')
    .version(version(), '--version', 'print the version')
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

  program
    .command('init')
    .description('write a first agent, settings, a tool and a scenario into this folder')
    .action(async () => {
      setExitCode(program, await init(terminal));
    });

  program
    .command('serve')
    .description('answer calls')
    .action(async () => {
      setExitCode(program, await serve(terminal));
    });

  program
    .command('call')
    .description('place a call from here: into the engine that runs, or into one started for it')
    .option('--say <text>', 'a sentence that the caller says; may be repeated', collectWords, [])
    .option('--wav <file>', 'a recording that the caller plays after the greeting: WAV, or raw .ulaw')
    .option(
      '--script <file>',
      'sentences and orders, one a line: !press 12#, !wait 500, !barge-in TEXT, !hang-up',
    )
    .option('--barge-in', 'the caller speaks while the greeting is still heard', false)
    .addOption(
      new Option(
        '--answer <how>',
        'what the person does whom a transfer calls: yes, no (unless told otherwise) or busy',
      ).choices(ANSWERS),
    )
    .option('-i, --interactive', 'type what the caller says, line by line; /help tells the rest', false)
    .option('--record <file>', 'write both sides to a two-channel WAV file')
    .option('--json', 'print JSON lines', false)
    .option('--to <number>', 'the number called, E.164', phoneNumber)
    .option('--from <number>', 'the caller’s number, E.164', phoneNumber)
    .option('--url <url>', 'where the engine listens', httpUrl)
    .action(async (flags: CallFlags) => {
      setExitCode(program, await call(flags, terminal));
    });

  program
    .command('inspect')
    .description('open the console at one call')
    .argument('<callSid>', 'the call’s SID')
    .option('--url <url>', 'where the engine listens', httpUrl)
    .action(async (callSid: string, flags: InspectFlags) => {
      setExitCode(program, await inspect(callSid, flags, terminal));
    });

  program
    .command('export')
    .description('print one call as one file, which any console opens')
    .argument('<callSid>', 'the call’s SID')
    .option('--full', 'with everything that was said, keyed and dialled', false)
    .option('--url <url>', 'where the engine listens', httpUrl)
    .action(async (callSid: string, flags: ExportFlags) => {
      setExitCode(program, await exportCall(callSid, flags, terminal));
    });

  program
    .command('charts')
    .description('name the charts, or print them for another tool')
    .argument('[name]', 'one chart')
    .option('--json', 'as configurations of XState 5, which Stately’s editor takes one at a time', false)
    .action((name: string | undefined, flags: ChartsFlags) => {
      setExitCode(program, charts(name, flags, terminal));
    });

  program
    .command('replay')
    .description('walk today’s chart through a recorded call, and print the first difference')
    .argument('<call>', 'the call’s SID, or a file that `export` wrote')
    .option('--url <url>', 'where the engine listens', httpUrl)
    .action(async (which: string, flags: ReplayFlags) => {
      setExitCode(program, await replay(which, flags, terminal));
    });

  const tool = program.command('tool').description('try the tools of an agent');
  tool
    .command('try')
    .description('run one tool as a call would, and print what the model would be given')
    .argument('<name>', 'the tool, as the profile names it')
    .argument('[arguments]', 'JSON, such as {"date":"2027-03-01"}', '')
    .option('--agent <id>', 'whose tool it is', 'default')
    .option('--from <number>', 'the caller’s number, E.164', phoneNumber, '+12025550123')
    .action(async (name: string, written: string, flags: ToolTryFlags) => {
      setExitCode(program, await tryTool(name, written, flags, terminal));
    });

  program
    .command('doctor')
    .description('check the settings and the agent profiles, and say what to set on the Twilio number')
    .option('--json-schema', 'only print the JSON Schema of agent profiles, for editors', false)
    .action(async ({ jsonSchema }: { jsonSchema: boolean }) => {
      setExitCode(program, jsonSchema ? printProfileSchema(terminal) : await doctor(terminal));
    });

  program
    .command('backup')
    .description('copy what the engine keeps into a new folder, while it runs')
    .argument('<folder>', 'a name that is not there yet; with --verify or --restore, a backup')
    .option('--no-recordings', 'leave the recordings out')
    .option('--verify', 'read a backup, and say whether it is sound', false)
    .option('--restore', 'put a backup where the settings say, where no database is', false)
    .option('--erased-in <database>', 'with --restore: erase again what was erased from this one')
    .action(async (folder: string, flags: BackupFlags) => {
      setExitCode(program, await backup(folder, flags, terminal));
    });

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

function setExitCode(program: Command, code: number): void {
  exitCodes.set(program, code);
}

function collectWords(value: string, before: readonly string[]): string[] {
  if (holdsWords(value)) return [...before, value];
  throw new InvalidArgumentError('It must hold words.');
}

/** Of the package that this file is in; the same from `src` and from `dist`. */
function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
}

function phoneNumber(value: string): string {
  if (/^\+[1-9]\d{7,14}$/.test(value)) return value;
  throw new InvalidArgumentError('It must be E.164, for example +12025550100.');
}

function httpUrl(value: string): string {
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol))
    return value.replace(/(?<!\/)\/+$/, '');
  throw new InvalidArgumentError('It must begin with http:// or https://.');
}
