import { type Command, InvalidArgumentError, Option } from 'commander';
import type { BackupFlags } from './backup.ts';
import { ANSWERS } from './called-person.ts';
import type { CallFlags } from './call.ts';
import { holdsWords } from './caller-lines.ts';
import type { ChartsFlags } from './charts.ts';
import type { DoctorFlags } from './doctor.ts';
import type { ExportFlags } from './export-call.ts';
import type { InspectFlags } from './inspect.ts';
import type { ReplayFlags } from './replay.ts';
import type { Terminal } from './terminal.ts';
import type { ToolTryFlags } from './tool-try.ts';

/**
 * Adds one command to the program. It tells its exit code when it is over.
 *
 * What a command does is loaded with it, and not before: no other one waits for it, nor holds it in memory.
 */
type AddCommand = (program: Command, terminal: Terminal, ended: (code: number) => void) => void;

const addInit: AddCommand = (program, terminal, ended) => {
  program
    .command('init')
    .description('write a first agent, settings, a tool and a scenario into this folder')
    .action(async () => {
      const { init } = await import('./init.ts');
      ended(await init(terminal));
    });
};

const addServe: AddCommand = (program, terminal, ended) => {
  program
    .command('serve')
    .description('answer calls')
    .action(async () => {
      const { serve } = await import('./serve.ts');
      ended(await serve(terminal));
    });
};

const addRestart: AddCommand = (program, terminal, ended) => {
  program
    .command('restart')
    .description('replace the workers of the engine that runs here, one after the other')
    .action(async () => {
      const { restart } = await import('./restart.ts');
      ended(await restart(terminal));
    });
};

const addCall: AddCommand = (program, terminal, ended) => {
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
      const { call } = await import('./call.ts');
      ended(await call(flags, terminal));
    });
};

const addInspect: AddCommand = (program, terminal, ended) => {
  program
    .command('inspect')
    .description('open the console at one call')
    .argument('<callSid>', 'the call’s SID')
    .option('--url <url>', 'where the engine listens', httpUrl)
    .action(async (callSid: string, flags: InspectFlags) => {
      const { inspect } = await import('./inspect.ts');
      ended(await inspect(callSid, flags, terminal));
    });
};

const addExport: AddCommand = (program, terminal, ended) => {
  program
    .command('export')
    .description('print one call as one file, which any console opens')
    .argument('<callSid>', 'the call’s SID')
    .option('--full', 'with everything that was said, keyed and dialled', false)
    .option('--url <url>', 'where the engine listens', httpUrl)
    .action(async (callSid: string, flags: ExportFlags) => {
      const { exportCall } = await import('./export-call.ts');
      ended(await exportCall(callSid, flags, terminal));
    });
};

const addCharts: AddCommand = (program, terminal, ended) => {
  program
    .command('charts')
    .description('name the charts, or print them for another tool')
    .argument('[name]', 'one chart')
    .option('--json', 'as configurations of XState 5, which Stately’s editor takes one at a time', false)
    .action(async (name: string | undefined, flags: ChartsFlags) => {
      const { charts } = await import('./charts.ts');
      ended(charts(name, flags, terminal));
    });
};

const addReplay: AddCommand = (program, terminal, ended) => {
  program
    .command('replay')
    .description('walk today’s chart through a recorded call, and print the first difference')
    .argument('<call>', 'the call’s SID, or a file that `export` wrote')
    .option('--url <url>', 'where the engine listens', httpUrl)
    .action(async (which: string, flags: ReplayFlags) => {
      const { replay } = await import('./replay.ts');
      ended(await replay(which, flags, terminal));
    });
};

const addTool: AddCommand = (program, terminal, ended) => {
  const tool = program.command('tool').description('try the tools of an agent');
  tool
    .command('try')
    .description('run one tool as a call would, and print what the model would be given')
    .argument('<name>', 'the tool, as the profile names it')
    .argument('[arguments]', 'JSON, such as {"date":"2027-03-01"}', '')
    .option('--agent <id>', 'whose tool it is', 'default')
    .option('--from <number>', 'the caller’s number, E.164', phoneNumber, '+12025550123')
    .action(async (name: string, written: string, flags: ToolTryFlags) => {
      const { tryTool } = await import('./tool-try.ts');
      ended(await tryTool(name, written, flags, terminal));
    });
};

const addDoctor: AddCommand = (program, terminal, ended) => {
  program
    .command('doctor')
    .description('check the settings and the agent profiles, and say what to set on the Twilio number')
    .option('--json-schema', 'only print the JSON Schema of agent profiles, for editors', false)
    .option(
      '--probe',
      'only find out, by calls that it places, what Twilio does where its docs are silent',
      false,
    )
    .option(
      '--to <number>',
      'with --probe: the number called, E.164; best another number of the account',
      phoneNumber,
    )
    .option('--yes', 'with --probe: place the calls without asking', false)
    .action(async ({ jsonSchema, ...flags }: { jsonSchema: boolean } & DoctorFlags) => {
      if (jsonSchema) {
        const { printProfileSchema } = await import('./profile-schema.ts');
        ended(printProfileSchema(terminal));
      } else {
        const { doctor } = await import('./doctor.ts');
        ended(await doctor(flags, terminal));
      }
    });
};

const addBackup: AddCommand = (program, terminal, ended) => {
  program
    .command('backup')
    .description('copy what the engine keeps into a new folder, while it runs')
    .argument('<folder>', 'a name that is not there yet; with --verify or --restore, a backup')
    .option('--no-recordings', 'leave the recordings out')
    .option('--verify', 'read a backup, and say whether it is sound', false)
    .option('--restore', 'put a backup where the settings say, where no database is', false)
    .option('--erased-in <database>', 'with --restore: erase again what was erased from this one')
    .action(async (folder: string, flags: BackupFlags) => {
      const { backup } = await import('./backup.ts');
      ended(await backup(folder, flags, terminal));
    });
};

/** In the order in which they are shown to who asks for help. */
export const COMMANDS: readonly AddCommand[] = [
  addInit,
  addServe,
  addRestart,
  addCall,
  addInspect,
  addExport,
  addCharts,
  addReplay,
  addTool,
  addDoctor,
  addBackup,
];

function collectWords(value: string, before: readonly string[]): string[] {
  if (holdsWords(value)) return [...before, value];
  throw new InvalidArgumentError('It must hold words.');
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
